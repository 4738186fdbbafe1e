//! The five-command life of a voucher, as a stream of commands that is a function of numbers alone.

use resit_command_handler::Request;
use resit_domain::{
    Command, DefineExam, EntitlementId, ExamFacts, ExamResult, Issue, OrderLine, PublishOffer, RecordResult,
    Schedule, Timestamp, VoucherRef,
};

/// How many commands one life has.
pub const LIFE: u64 = 5;

/// The start of the world.
pub fn day_one() -> Timestamp {
    "2019-09-02T10:00Z".parse().expect("it is written as instants are")
}

/// The `step`th command that `worker` sends: five for each voucher, one voucher after the other.
pub fn command(worker: u64, step: u64) -> Request {
    let (voucher, stage) = (step / LIFE, step % LIFE);
    let number = format!("w{worker}-v{voucher}");
    let order = OrderLine { shop: id("load"), number: id(&number), line: 1 };
    let unit = VoucherRef::Id { entitlement: EntitlementId::of_order(&order, 1), unit: 1 };
    let hour = |hours: i64| day_one().plus_millis(hours * 3_600_000);
    let schedule = |booked_at, sit_at| Schedule {
        voucher: unit.clone(),
        candidate: id(&number),
        exam: id("EX-1"),
        sit_at,
        booked_at: Some(booked_at),
        delivery: Some(id("online")),
        provider: None,
        channel: None,
        region: None,
        branch: None,
    };
    let result = |result| RecordResult { voucher: unit.clone(), result, sat_at: None };
    let command: Command = match stage {
        0 => Issue {
            order,
            offer: id("exam-replay"),
            quantity: 1,
            pieces: None,
            purchased_at: Some(day_one()),
            paid: true,
            channel: None,
            region: None,
            agreement: None,
            buyer: Vec::new(),
            combined_with: Vec::new(),
            holder: None,
            exam: None,
            tier: None,
        }
        .into(),
        1 => schedule(hour(1), hour(48)).into(),
        2 => result(ExamResult::Fail).into(),
        3 => schedule(hour(72), hour(96)).into(),
        _ => result(ExamResult::Pass).into(),
    };
    Request { id: id(&format!("w{worker}-{step}")), actor: id("load"), command }
}

/// When every command is judged: all that they tell lies in the past.
pub fn judged_at() -> Timestamp {
    day_one().plus_millis(100 * 24 * 3_600_000)
}

/// What a ledger needs before the first order.
pub fn setting() -> Vec<Request> {
    let offer = include_str!("../../../deploy/offers/exam-replay.toml").to_owned();
    let facts = ExamFacts { categories: vec![id("role-based")], ..ExamFacts::default() };
    vec![
        Request { id: id("set-offer"), actor: id("load"), command: PublishOffer { source: offer }.into() },
        Request {
            id: id("set-exam"),
            actor: id("load"),
            command: DefineExam { exam: id("EX-1"), facts }.into(),
        },
    ]
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("it is written as ids are")
}

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

/// The `step`th command that `worker` sends, of lives that begin on day one.
pub fn command(worker: u64, step: u64) -> Request {
    Lives { day_one: day_one() }.command(worker, step)
}

/// When every command is judged: all that they tell lies in the past.
pub fn judged_at() -> Timestamp {
    Lives { day_one: day_one() }.judged_at()
}

/// Lives of vouchers that were all bought at one instant.
#[derive(Debug, Clone, Copy)]
pub struct Lives {
    /// When they were bought.
    pub day_one: Timestamp,
}

/// How many days all of a life takes, so that it can be told afterwards.
const DAYS: i64 = 100;
const HOUR_MS: i64 = 3_600_000;

impl Lives {
    /// Lives that are over by `now`, whose retakes are not.
    pub fn before(now: Timestamp) -> Self {
        Self { day_one: now.plus_millis(-DAYS * 24 * HOUR_MS) }
    }

    /// When every command is judged: all that they tell lies in the past.
    pub fn judged_at(self) -> Timestamp {
        self.day_one.plus_millis(DAYS * 24 * HOUR_MS)
    }

    /// The `step`th command that `worker` sends: five for each voucher, one voucher after the other.
    pub fn command(self, worker: u64, step: u64) -> Request {
        let (voucher, stage) = (step / LIFE, step % LIFE);
        let number = format!("w{worker}-v{voucher}");
        let order = OrderLine { shop: id("load"), number: id(&number), line: 1 };
        let unit = VoucherRef::Id { entitlement: EntitlementId::of_order(&order, 1), unit: 1 };
        let command: Command = match stage {
            0 => self.issue(order).into(),
            1 => self.schedule(unit, &number, 1, 48).into(),
            2 => result(unit, ExamResult::Fail).into(),
            3 => self.schedule(unit, &number, 72, 96).into(),
            _ => result(unit, ExamResult::Pass).into(),
        };
        Request { id: id(&format!("w{worker}-{step}")), actor: id("load"), command, confirm: false }
    }

    fn hour(self, hours: i64) -> Timestamp {
        self.day_one.plus_millis(hours * HOUR_MS)
    }

    fn issue(self, order: OrderLine) -> Issue {
        Issue {
            order,
            offer: id("exam-replay"),
            quantity: 1,
            pieces: None,
            purchased_at: Some(self.day_one),
            paid: true,
            channel: None,
            region: None,
            agreement: None,
            buyer: Vec::new(),
            combined_with: Vec::new(),
            holder: None,
            exam: None,
            tier: None,
            contact: None,
            mode: None,
            valid_until: None,
        }
    }

    fn schedule(self, voucher: VoucherRef, candidate: &str, booked: i64, sit: i64) -> Schedule {
        Schedule {
            voucher,
            candidate: id(candidate),
            exam: id("EX-1"),
            sit_at: self.hour(sit),
            booked_at: Some(self.hour(booked)),
            delivery: Some(id("online")),
            provider: None,
            channel: None,
            region: None,
            branch: None,
            paid: None,
        }
    }
}

fn result(voucher: VoucherRef, result: ExamResult) -> RecordResult {
    RecordResult { voucher, result, sat_at: None }
}

/// What a ledger needs before the first order.
pub fn setting() -> Vec<Request> {
    let offer = include_str!("../../../deploy/offers/exam-replay.toml").to_owned();
    let facts = ExamFacts { categories: vec![id("role-based")], ..ExamFacts::default() };
    let commands: [(&str, Command); 2] = [
        ("set-offer", PublishOffer { source: offer }.into()),
        ("set-exam", DefineExam { exam: id("EX-1"), facts }.into()),
    ];
    commands
        .map(|(name, command)| Request { id: id(name), actor: id("load"), command, confirm: false })
        .into()
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("it is written as ids are")
}

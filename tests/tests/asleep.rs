//! The expiry scheduler is down for three days in which most rights end, and commands go on meanwhile.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Reply, Request, Seen};
use resit_derived_store::DerivedStore;
use resit_domain::{
    ApproveGoodwill, Command, EntitlementId, ExamResult, Extend, Gift, Issue, OrderLine, RecordResult,
    ReplaceCode, Rule, Schedule, Stream, Timestamp, VoucherRef,
};
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, Position};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_tests::life;

/// How many vouchers are bought on each of three days; in all of them, 100,000 with the optimizer's help.
const A_DAY: u32 = if cfg!(debug_assertions) { 6_000 } else { 34_000 };
const DAYS: [u32; 3] = [1, 2, 3];
/// How many vouchers of each day get each kind of command while the scheduler sleeps.
const ASKED: u32 = 20;
const HOUR_MS: i64 = 3_600_000;

/// A ledger on disk.
struct Ledger {
    log: Arc<dyn EventLog>,
    handler: Arc<CommandHandler>,
}

impl Ledger {
    /// A ledger on which vouchers were bought on three days.
    async fn sold(folder: &Path) -> Self {
        let (log, _) = EmbeddedLog::open(folder, &Config::default()).unwrap();
        let resit_tests::Ledger { log, handler } = resit_tests::Ledger::over(Arc::new(log)).await;
        let ledger = Self { log, handler };
        for day in DAYS {
            ledger.yes(&format!("order-{day}"), order(day).into(), bought_at(day)).await;
        }
        ledger
    }

    /// A scheduler that keeps its agenda in a folder.
    fn scheduler(&self, agenda: &Path) -> ExpiryScheduler {
        ExpiryScheduler::new(self.handler.clone(), self.log.clone(), Agenda::open(agenda).unwrap())
    }

    async fn give(&self, id: &str, command: Command, at: Timestamp) -> Reply {
        let request =
            Request { id: id.parse().unwrap(), actor: "desk".parse().unwrap(), command, confirm: false };
        self.handler.handle(request, at).await.unwrap()
    }

    async fn yes(&self, id: &str, command: Command, at: Timestamp) {
        let reply = self.give(id, command, at).await;
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{id}: {:?}", reply.outcome);
    }

    async fn approved_by_another(&self, id: &str, entitlement: EntitlementId, at: Timestamp) {
        let command = ApproveGoodwill { voucher: voucher(entitlement), proposal: 1 }.into();
        let request =
            Request { id: id.parse().unwrap(), actor: "chief".parse().unwrap(), command, confirm: true };
        let reply = self.handler.handle(request, at).await.unwrap();
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{id}: {:?}", reply.outcome);
    }

    async fn no(&self, id: &str, command: Command, at: Timestamp, why: (Rule, &str)) {
        let reply = self.give(id, command, at).await;
        let Outcome::Refused(refusal) = reply.outcome else { panic!("{id} was done at {at}") };
        assert_eq!((refusal.rule, refusal.clause.as_str()), why, "{id}");
    }

    /// The ends on record: when each was, by stream. None is there twice.
    async fn ends(&self) -> BTreeMap<String, Timestamp> {
        let (mut ends, mut after) = (BTreeMap::new(), Position::START);
        loop {
            let records = self.log.read(after, 10_000).await.unwrap();
            let Some(last) = records.last() else { return ends };
            after = last.position;
            for record in records {
                for event in record.events.iter().filter(|event| &*event.kind == "Expired") {
                    let before = ends.insert(record.stream.to_string(), event.happened_at);
                    assert_eq!(before, None, "{} ended once", record.stream);
                }
            }
        }
    }
}

fn bought_at(day: u32) -> Timestamp {
    life::day_one().plus_millis(24 * HOUR_MS * i64::from(day - 1))
}

/// The first instant at which what was bought on a day is gone.
fn end(day: u32) -> Timestamp {
    format!("2020-09-0{}T00:00:00Z", day + 2).parse().unwrap()
}

fn line(day: u32) -> OrderLine {
    OrderLine { shop: "web".parse().unwrap(), number: "W-1".parse().unwrap(), line: day }
}

fn order(day: u32) -> Issue {
    let Command::Issue(one) = life::command(0, 0).command else { unreachable!("a life begins so") };
    Issue { order: line(day), quantity: A_DAY.try_into().unwrap(), purchased_at: None, ..one }
}

/// The `n`th of those that get a kind of command.
fn entitlement(day: u32, kind: u32, n: u32) -> EntitlementId {
    EntitlementId::of_order(&line(day), (1 + kind * ASKED + n).try_into().unwrap())
}

fn voucher(entitlement: EntitlementId) -> VoucherRef {
    VoucherRef::Id { entitlement, unit: 1 }
}

fn book(entitlement: EntitlementId, sit_at: Timestamp) -> Command {
    let Command::Schedule(one) = life::command(0, 1).command else { unreachable!("its second command") };
    let candidate = entitlement.to_string().to_lowercase().parse().unwrap();
    Schedule { voucher: voucher(entitlement), candidate, sit_at, booked_at: None, ..one }.into()
}

fn goodwill(entitlement: EntitlementId) -> Command {
    Extend {
        voucher: voucher(entitlement),
        gift: Gift::LongerTerm { last_day: "2020-12-31".parse().unwrap() },
        reason: "illness".to_owned(),
        approver: None,
        dispute: None,
    }
    .into()
}

/// What happens around the end of what was bought on a day, while nobody puts ends on record.
async fn around_the_end(ledger: &Ledger, models: &Projector, day: u32) {
    let (before, at, later) = (end(day).plus_millis(-1), end(day), end(day).plus_millis(HOUR_MS));
    let asked = |kind: u32| (0..ASKED).map(move |n| (n, entitlement(day, kind, n)));
    for (n, booked) in asked(0) {
        ledger.yes(&format!("in-time-{day}-{n}"), book(booked, before), before).await;
    }
    for ((n, late), (_, lost)) in asked(1).zip(asked(3)) {
        ledger.no(&format!("late-{day}-{n}"), book(late, later), at, (Rule::RegisterBy, "S0-6")).await;
        let replace = ReplaceCode { voucher: voucher(lost) };
        ledger.no(&format!("lost-{day}-{n}"), replace.into(), at, (Rule::ReissueAllowed, "R11")).await;
    }
    for ((n, booked), (_, ill)) in asked(0).zip(asked(2)) {
        let passed = RecordResult { voucher: voucher(booked), result: ExamResult::Pass, sat_at: None };
        ledger.yes(&format!("passed-{day}-{n}"), passed.into(), later).await;
        ledger.yes(&format!("ill-{day}-{n}"), goodwill(ill), later).await;
        ledger.approved_by_another(&format!("approved-{day}-{n}"), ill, later).await;
    }
    for (kind, stands) in [(0, "used"), (1, "ended"), (2, "unused"), (3, "ended")] {
        for (_, id) in asked(kind) {
            let view = ledger.handler.view(id, Seen::default()).await.unwrap().unwrap();
            assert_eq!(view.units[0].stands(later), stands);
            let history = ledger.handler.history(id, Seen::default()).await.unwrap();
            assert!(history.iter().all(|entry| entry.event.kind() != "Expired"), "nobody put it there");
        }
    }
    models.catch_up(|_| ()).await.unwrap();
    for (kind, stands) in [(0, "used"), (1, "ended"), (2, "unused"), (3, "ended"), (4, "ended")] {
        let row = models.entitlement(entitlement(day, kind, 0)).unwrap().unwrap();
        assert_eq!(row.units[0].stands(later), stands, "looked up on day {day}, kind {kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_days_asleep_change_no_answer_and_each_end_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let agenda = folder.path().join("agenda");
    let ledger = Ledger::sold(&folder.path().join("ledger")).await;
    let models = Projector::new(ledger.log.clone(), DerivedStore::temporary().unwrap());
    ledger.scheduler(&agenda).tick(end(1).plus_millis(-2)).await.unwrap();

    for day in DAYS {
        around_the_end(&ledger, &models, day).await;
    }
    assert_eq!(ledger.ends().await, BTreeMap::new(), "the scheduler was down");

    // It is back; meanwhile somebody asks for what has ended, and gets the same answer as before.
    let wakes = end(3).plus_millis(24 * HOUR_MS);
    let scheduler = ledger.scheduler(&agenda);
    let late = async {
        for n in 0..ASKED {
            let refused = (Rule::RegisterBy, "S0-6");
            ledger
                .no(
                    &format!("meanwhile-{n}"),
                    book(entitlement(2, 5, n), wakes.plus_millis(HOUR_MS)),
                    wakes,
                    refused,
                )
                .await;
        }
    };
    let (woken, ()) = tokio::join!(scheduler.tick(wakes), late);
    let days = u32::try_from(DAYS.len()).unwrap();
    let passed_or_longer = 2 * ASKED * days;
    let all = usize::try_from(A_DAY * days - passed_or_longer).unwrap();
    assert_eq!(woken.unwrap().len(), all);
    let ends = ledger.ends().await;
    assert_eq!(ends.len(), all);
    for day in DAYS {
        for piece in 1..=A_DAY {
            let id = EntitlementId::of_order(&line(day), piece.try_into().unwrap());
            let ended = (piece <= ASKED || (2 * ASKED < piece && piece <= 3 * ASKED)).then_some(()).is_none();
            let stream = Stream::Entitlement(id).to_string();
            assert_eq!(ends.get(&stream).copied(), ended.then(|| end(day)), "piece {piece} of day {day}");
        }
    }
    assert!(scheduler.tick(wakes).await.unwrap().is_empty(), "nothing is left");
    let anew = ExpiryScheduler::new(ledger.handler.clone(), ledger.log.clone(), Agenda::in_memory().unwrap());
    assert!(anew.tick(wakes).await.unwrap().is_empty(), "nor for one that begins anew");

    let longer_ends = "2021-01-01T00:00:00Z".parse().unwrap();
    scheduler.tick(longer_ends).await.unwrap();
    let longer = usize::try_from(ASKED * days).unwrap();
    assert_eq!(
        ledger.ends().await.values().filter(|at| **at == longer_ends).count(),
        longer,
        "goodwill lasts as promised"
    );
}

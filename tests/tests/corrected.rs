//! A ledger that ran by a wrong clock and was corrected lists what one lists that ran by the right clock.

use std::num::NonZeroU64;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use resit_command_handler::{CommandHandler, Outcome, Reply, Request, Seen};
use resit_derived_store::DerivedStore;
use resit_domain::correction::{FLIPS_LISTED_MAX, FlipCounts, Turn, Voided};
use resit_domain::event::TimeCorrected;
use resit_domain::{
    Assign, Command, CorrectTime, DefineExam, EntitlementId, EntitlementView, Event, ExamFacts, Issue,
    OrderLine, Schedule, Timestamp, VoucherRef,
};
use resit_embedded_log::{Config as LogConfig, EmbeddedLog};
use resit_event_log::{EventLog, MemoryLog, Position};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_states::CorrectedLog;
use resit_tests::{handler, life};
use tokio::runtime::Builder;

const DAY_MS: i64 = 86_400_000;
const YEARS_10_MS: i64 = 3_652 * DAY_MS;

/// What somebody does.
#[derive(Debug, Clone, Copy)]
enum Deed {
    /// Orders a voucher; the day of purchase is what the clock shows.
    Buy,
    /// Reports an order of the day before.
    BuyBefore,
    /// Says something of an exam.
    Define,
    /// Means one of the vouchers for somebody. The right must be alive.
    Assign(u8),
    /// Books with one of the vouchers. The clock must be right.
    Book(u8),
}

/// Deeds, each so many milliseconds after the one before.
#[derive(Debug, Clone)]
struct Plan {
    deeds: Vec<(i64, Deed)>,
    /// The deeds that are done by the wrong clock.
    from: usize,
    until: usize,
    ahead_ms: i64,
}

fn plans() -> impl Strategy<Value = Plan> {
    let deed = prop_oneof![
        3 => Just(Deed::Buy),
        2 => Just(Deed::BuyBefore),
        1 => Just(Deed::Define),
        2 => any::<u8>().prop_map(Deed::Assign),
        2 => any::<u8>().prop_map(Deed::Book),
    ];
    let ahead = prop_oneof![3_600_000..300 * DAY_MS, Just(YEARS_10_MS)];
    (vec((1_i64..600_000, deed), 2..16), any::<(prop::sample::Index, prop::sample::Index)>(), ahead).prop_map(
        |(deeds, (a, b), ahead_ms)| {
            let (a, b) = (a.index(deeds.len()), b.index(deeds.len()));
            Plan { from: a.min(b), until: a.max(b) + 1, deeds, ahead_ms }
        },
    )
}

fn order(number: usize) -> OrderLine {
    OrderLine { shop: "web".parse().unwrap(), number: format!("W-{number}").parse().unwrap(), line: 1 }
}

fn piece(number: usize) -> EntitlementId {
    EntitlementId::of_order(&order(number), 1)
}

fn request(id: &str, command: impl Into<Command>) -> Request {
    Request { id: id.parse().unwrap(), actor: "desk".parse().unwrap(), command: command.into() }
}

fn buy(number: usize, purchased_at: Option<Timestamp>) -> Issue {
    let Command::Issue(issue) = life::command(1, 0).command else {
        unreachable!("a life begins with an order")
    };
    Issue { order: order(number), purchased_at, ..issue }
}

fn book(voucher: EntitlementId, sit_at: Timestamp) -> Schedule {
    let Command::Schedule(schedule) = life::command(1, 1).command else {
        unreachable!("and goes on with a booking")
    };
    let voucher = VoucherRef::Id { entitlement: voucher, unit: 1 };
    Schedule { voucher, candidate: "anna".parse().unwrap(), sit_at, booked_at: None, ..schedule }
}

/// The log as everybody reads it who starts now, and a handler over it.
struct Started {
    log: Arc<dyn EventLog>,
    handler: Arc<CommandHandler>,
}

impl Started {
    async fn over(stored: &Arc<dyn EventLog>) -> Self {
        let log: Arc<dyn EventLog> = Arc::new(CorrectedLog::open(stored.clone()).await.unwrap());
        Self { handler: handler(&log), log }
    }

    async fn give(&self, request: Request, at: Timestamp) -> Reply {
        self.handler.handle(request, at).await.unwrap()
    }

    async fn tick(&self, at: Timestamp) -> usize {
        let agenda = Agenda::in_memory().unwrap();
        ExpiryScheduler::new(self.handler.clone(), self.log.clone(), agenda).tick(at).await.unwrap().len()
    }

    async fn view(&self, number: usize) -> EntitlementView {
        self.handler.view(piece(number), Seen::default()).await.unwrap().unwrap()
    }

    /// What happened to an entitlement, and when that was and was recorded.
    async fn history(&self, number: usize) -> Vec<(Timestamp, Timestamp, Event)> {
        let entries = self.handler.history(piece(number), Seen::default()).await.unwrap();
        entries.into_iter().map(|entry| (entry.happened_at, entry.recorded_at, entry.event)).collect()
    }

    async fn correct(&self, id: &str, first: u64, last: Option<u64>, ahead_ms: i64, at: Timestamp) -> Reply {
        let ahead_ms = NonZeroU64::new(u64::try_from(ahead_ms).unwrap()).unwrap();
        let command = CorrectTime { first, last, ahead_ms, reason: "the clock was wrong".to_owned() };
        self.give(request(id, command), at).await
    }

    /// Rows of read models that were made before equal rows that are made now.
    async fn check_read_models(&self, before: DerivedStore) {
        let live = Projector::new(self.log.clone(), before);
        let fresh = Projector::new(self.log.clone(), DerivedStore::temporary().unwrap());
        assert_eq!(live.gone().await.unwrap(), None, "nothing is gone because times are corrected");
        live.catch_up(|_| ()).await.unwrap();
        fresh.catch_up(|_| ()).await.unwrap();
        assert_eq!(live.differences(&fresh, 10).unwrap(), Vec::<Vec<u8>>::new());
    }
}

fn corrected(reply: &Reply) -> &TimeCorrected {
    let Outcome::Accepted { events, .. } = &reply.outcome else { panic!("{:?}", reply.outcome) };
    match &events[0].event {
        Event::TimeCorrected(corrected) => corrected,
        other => panic!("{other:?}"),
    }
}

/// Does a deed, unless the clock decides what becomes of it. Returns whether it bought something on the day that the clock shows.
async fn done(
    ledger: &Started,
    n: usize,
    deed: Deed,
    at: Timestamp,
    bought: &mut Vec<usize>,
    plan: &Plan,
) -> bool {
    let is_wrong = (plan.from..plan.until).contains(&n);
    let one_of = |of: u8, bought: &[usize]| bought.get(usize::from(of) % bought.len().max(1)).copied();
    let command: Command = match deed {
        Deed::Buy => buy(n, None).into(),
        Deed::BuyBefore => buy(n, Some(life::day_one())).into(),
        Deed::Define => {
            let exam = format!("EX-{}", n + 10).parse().unwrap();
            DefineExam { exam, facts: ExamFacts::default() }.into()
        }
        Deed::Assign(of) => {
            let Some(number) = one_of(of, bought).filter(|_| !is_wrong || plan.ahead_ms < 300 * DAY_MS)
            else {
                return false;
            };
            let voucher = VoucherRef::Id { entitlement: piece(number), unit: 1 };
            Assign { voucher, candidate: format!("c-{n}").parse().unwrap(), branch: None }.into()
        }
        Deed::Book(of) => match one_of(of, bought).filter(|_| !is_wrong) {
            Some(number) => book(piece(number), life::day_one().plus_millis(30 * DAY_MS)).into(),
            None => return false,
        },
    };
    let buys = matches!(deed, Deed::Buy | Deed::BuyBefore);
    let reply = ledger.give(request(&format!("deed-{n}"), command), at).await;
    if buys {
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{:?}", reply.outcome);
        bought.push(n);
    }
    is_wrong && matches!(deed, Deed::Buy)
}

/// Plays a plan on a log, by the right clock or by one that is wrong for a while and then corrected. Returns what everybody sees.
async fn played(
    stored: Arc<dyn EventLog>,
    plan: &Plan,
    is_right: bool,
) -> Vec<(EntitlementView, Vec<(Timestamp, Timestamp, Event)>)> {
    let mut ledger = Started::over(&stored).await;
    for request in life::setting() {
        ledger.give(request, life::day_one()).await;
    }
    let (mut now, mut bought, mut first) = (life::day_one().plus_millis(DAY_MS), Vec::new(), 0);
    let (mut on_the_day, store) = (0, tempfile::tempdir().unwrap());
    let store = store.path().join("read-models");
    for (n, (gap_ms, deed)) in plan.deeds.iter().copied().enumerate() {
        now = now.plus_millis(gap_ms);
        let is_wrong = !is_right && (plan.from..plan.until).contains(&n);
        if is_wrong && n == plan.from {
            first = stored.head().await.unwrap().0 + 1;
        }
        let shows = if is_wrong { now.plus_millis(plan.ahead_ms) } else { now };
        on_the_day += u64::from(done(&ledger, n, deed, shows, &mut bought, plan).await);
        ledger.tick(shows).await;
        if !is_right && n + 1 == plan.until && stored.head().await.unwrap().0 >= first {
            let models = Projector::new(ledger.log.clone(), DerivedStore::open(&store).unwrap().0);
            models.catch_up(|_| ()).await.unwrap();
            drop(models);
            let reply =
                Started::over(&stored).await.correct("correct", first, None, plan.ahead_ms, now).await;
            let turned = corrected(&reply).turned;
            assert_eq!((turned.replaced, turned.stand, turned.stay_refused), (on_the_day, 0, 0));
            assert_eq!(reply.recorded_at, now);
            ledger = Started::over(&stored).await;
            ledger.check_read_models(DerivedStore::open(&store).unwrap().0).await;
        }
    }
    // All that is left ends by the right clock, once.
    ledger.tick(life::day_one().plus_millis(500 * DAY_MS)).await;
    assert_eq!(ledger.tick(life::day_one().plus_millis(501 * DAY_MS)).await, 0);
    let mut seen = Vec::new();
    for number in bought {
        seen.push((ledger.view(number).await, ledger.history(number).await));
    }
    seen
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A log in a folder that goes with it.
fn embedded() -> (tempfile::TempDir, Arc<dyn EventLog>) {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = EmbeddedLog::open(&folder.path().join("ledger"), &LogConfig::default()).unwrap();
    (folder, Arc::new(log))
}

fn tried(cases: u32, log: impl Fn() -> (Option<tempfile::TempDir>, Arc<dyn EventLog>)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&plans(), |plan| {
        let right = wait(played(Arc::new(MemoryLog::new()), &plan, true));
        let (_folder, log) = log();
        let wrong = wait(played(log, &plan, false));
        if right == wrong { Ok(()) } else { Err(TestCaseError::fail(format!("{right:#?}\n{wrong:#?}"))) }
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_corrected_ledger_in_memory_lists_what_one_with_the_right_clock_does() {
    tried(60, || (None, Arc::new(MemoryLog::new())));
}

#[test]
fn a_corrected_ledger_in_a_folder_lists_what_one_with_the_right_clock_does() {
    tried(10, || {
        let (folder, log) = embedded();
        (Some(folder), log)
    });
}

/// A ledger whose clock was ten years ahead when two vouchers of three had been sold, and everything ended.
async fn ended_early(stored: &Arc<dyn EventLog>) -> (Started, u64, Timestamp) {
    let ledger = Started::over(stored).await;
    for request in life::setting() {
        ledger.give(request, life::day_one()).await;
    }
    let now = life::day_one().plus_millis(DAY_MS);
    for number in [1, 2] {
        ledger.give(request(&format!("buy-{number}"), buy(number, None)), now).await;
    }
    let (first, wrong) = (stored.head().await.unwrap().0 + 1, now.plus_millis(YEARS_10_MS));
    assert_eq!(ledger.tick(wrong).await, 2);
    let sit_at = now.plus_millis(30 * DAY_MS);
    let refused = ledger.give(request("book-1", book(piece(1), sit_at)), wrong).await;
    assert!(matches!(refused.outcome, Outcome::Refused(_)));
    ledger.give(request("buy-3", buy(3, None)), wrong).await;
    (ledger, first, now.plus_millis(1_000))
}

async fn is_given_back(stored: Arc<dyn EventLog>) {
    let (_, first, now) = ended_early(&stored).await;
    let stopped = Started::over(&stored).await;
    let head = stored.head().await.unwrap();
    // A dry run records nothing.
    let ahead_ms = NonZeroU64::new(YEARS_10_MS.unsigned_abs()).unwrap();
    let command = CorrectTime { first, last: None, ahead_ms, reason: "the clock was wrong".to_owned() };
    let judged = stopped.handler.judge(&request("dry", command), now).await.unwrap();
    assert_eq!(stored.head().await.unwrap(), head);

    let reply = stopped.correct("correct", first, None, YEARS_10_MS, now).await;
    let Outcome::Accepted { events, .. } = judged.outcome else { panic!("it can be corrected") };
    assert_eq!(events[0].event, Event::from(corrected(&reply).clone()), "the dry run shows the same");
    assert_eq!(corrected(&reply).voided.expired, 2);
    let turns: Vec<_> =
        corrected(&reply).flips.iter().map(|flip| (flip.command.as_str(), flip.turn)).collect();
    assert_eq!(turns, [("book-1", Turn::StaysRefused), ("buy-3", Turn::Replaced)]);

    let ledger = Started::over(&stored).await;
    let again = ledger.correct("correct", first, None, YEARS_10_MS, now).await;
    assert!(again.replayed);
    assert_eq!((again.position, &again.outcome), (reply.position, &reply.outcome));
    let explained = ledger.handler.why(&"correct".parse().unwrap()).await.unwrap();
    assert!(explained.agrees, "{explained:?}");

    for number in [1, 2, 3] {
        let kinds: Vec<_> =
            ledger.history(number).await.into_iter().map(|(_, _, event)| event.kind()).collect();
        assert!(!kinds.contains(&"Expired"), "{kinds:?}");
    }
    assert_eq!(ledger.view(3).await.purchased_at, now.plus_millis(-1_000), "by the right clock");
    // What was refused stays so, and is taken with a new id.
    let sit_at = now.plus_millis(30 * DAY_MS - 1_000);
    let booking = book(piece(1), sit_at);
    let stays = ledger.give(request("book-1", booking.clone()), now.plus_millis(5)).await;
    assert!(stays.replayed && matches!(stays.outcome, Outcome::Refused(_)));
    let taken = ledger.give(request("book-2", booking), now.plus_millis(5)).await;
    assert!(matches!(taken.outcome, Outcome::Accepted { .. }), "{:?}", taken.outcome);
    assert_eq!(taken.recorded_at, now.plus_millis(5));
    let stored_at = stored.read(Position(taken.position.0 - 1), 1).await.unwrap()[0].recorded_at;
    assert!(stored_at > now.plus_millis(YEARS_10_MS - DAY_MS), "what is stored never runs back");

    // The real end comes, once.
    let end = now.plus_millis(500 * DAY_MS);
    assert_eq!(ledger.tick(end.plus_millis(-400 * DAY_MS)).await, 0);
    ledger.tick(end).await;
    for number in [2, 3] {
        let ends = ledger.history(number).await.into_iter().filter(|(_, _, event)| event.kind() == "Expired");
        let ends: Vec<_> = ends.map(|(_, recorded_at, _)| recorded_at).collect();
        assert_eq!(ends, [end], "voucher {number}");
    }
    assert_eq!(ledger.tick(end.plus_millis(DAY_MS)).await, 0);
}

#[test]
fn every_right_that_ended_early_is_back_and_ends_once_in_time() {
    wait(is_given_back(Arc::new(MemoryLog::new())));
    let (_folder, log) = embedded();
    wait(is_given_back(log));
}

#[test]
fn a_span_can_be_corrected_in_two_parts() {
    wait(async {
        let (whole, parts): (Arc<dyn EventLog>, Arc<dyn EventLog>) =
            (Arc::new(MemoryLog::new()), Arc::new(MemoryLog::new()));
        let (_, first, now) = ended_early(&whole).await;
        ended_early(&parts).await;
        Started::over(&whole).await.correct("whole", first, None, YEARS_10_MS, now).await;
        // Its last command has two records, and half of it is no part.
        let half = parts.head().await.unwrap().0 - 1;
        let refused = Started::over(&parts).await.correct("half", first, Some(half), YEARS_10_MS, now).await;
        let Outcome::Refused(refusal) = refused.outcome else { panic!("half a command can't be corrected") };
        assert_eq!(refusal.rule.to_string(), "span-on-record");
        let one = Started::over(&parts).await.correct("one", first, Some(first), YEARS_10_MS, now).await;
        assert_eq!(corrected(&one).voided.expired, 1);
        // Nothing else is judged in between: the latest time on record is still wrong.
        let between = Started::over(&parts).await;
        assert!(between.handler.not_before(now).await.unwrap() <= now.plus_millis(YEARS_10_MS));
        let two = between.correct("two", first + 1, None, YEARS_10_MS, now).await;
        assert_eq!(corrected(&two).voided.expired, 1);
        let (whole, parts) = (Started::over(&whole).await, Started::over(&parts).await);
        for number in [1, 2, 3] {
            assert_eq!(whole.view(number).await, parts.view(number).await);
            assert_eq!(whole.history(number).await, parts.history(number).await);
        }
        parts.check_read_models(DerivedStore::temporary().unwrap()).await;
    });
}

#[test]
fn a_correction_that_restores_nothing_is_recorded_and_turns_nothing() {
    wait(async {
        let stored: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let ledger = Started::over(&stored).await;
        for request in life::setting() {
            ledger.give(request, life::day_one()).await;
        }
        let right = life::day_one().plus_millis(DAY_MS);
        let first = stored.head().await.unwrap().0 + 1;
        let bought = buy(1, Some(life::day_one()));
        ledger.give(request("buy-1", bought), right.plus_millis(3_600_000)).await;
        let (before, seen) = (ledger.view(1).await, ledger.history(1).await);
        let stopped = Started::over(&stored).await;
        let reply = stopped.correct("correct", first, None, 3_600_000, right).await;
        assert_eq!(
            (corrected(&reply).voided, corrected(&reply).turned),
            (Voided::default(), FlipCounts::default())
        );
        let ledger = Started::over(&stored).await;
        assert_eq!(ledger.view(1).await.units, before.units);
        assert_eq!(ledger.history(1).await.len(), seen.len());
    });
}

#[test]
fn what_turns_is_listed_up_to_a_bound_and_counted_beyond_it() {
    wait(async {
        let stored: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let (ledger, first, now) = ended_early(&stored).await;
        let (wrong, sit_at) = (now.plus_millis(YEARS_10_MS), now.plus_millis(30 * DAY_MS));
        for n in 0..FLIPS_LISTED_MAX {
            ledger.give(request(&format!("again-{n}"), book(piece(1), sit_at)), wrong).await;
        }
        let now = now.plus_millis(1_000);
        let reply = Started::over(&stored).await.correct("correct", first, None, YEARS_10_MS, now).await;
        let corrected = corrected(&reply);
        assert_eq!(corrected.flips.len(), FLIPS_LISTED_MAX);
        assert_eq!(corrected.turned.stay_refused, FLIPS_LISTED_MAX as u64 + 1);
    });
}

#[test]
fn a_span_that_replaces_too_much_is_refused_with_the_last_position_that_fits() {
    wait(async {
        let stored: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let (ledger, first, now) = ended_early(&stored).await;
        let wrong = now.plus_millis(YEARS_10_MS);
        for n in 10..1_200 {
            ledger.give(request(&format!("buy-{n}"), buy(n, None)), wrong).await;
        }
        let now = now.plus_millis(1_000);
        let stopped = Started::over(&stored).await;
        let refused = stopped.correct("whole", first, None, YEARS_10_MS, now).await;
        let Outcome::Refused(refusal) = refused.outcome else { panic!("it is too much") };
        assert_eq!(refusal.rule.to_string(), "span-fits");
        let last = refusal.remedy.split("to ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
        let last: u64 = last.parse().unwrap_or_else(|_| panic!("{}", refusal.remedy));
        let one = stopped.correct("one", first, Some(last), YEARS_10_MS, now).await;
        assert!(corrected(&one).turned.replaced > 100);
        let mut next = last + 1;
        for n in 0..20 {
            let stopped = Started::over(&stored).await;
            let reply = stopped.correct(&format!("rest-{n}"), next, None, YEARS_10_MS, now).await;
            let Outcome::Refused(refusal) = reply.outcome else { break };
            let last = refusal.remedy.split("to ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
            let last: u64 = last.parse().unwrap();
            stopped.correct(&format!("part-{n}"), next, Some(last), YEARS_10_MS, now).await;
            next = last + 1;
        }
        let ledger = Started::over(&stored).await;
        for number in [10, 600, 1_199] {
            assert_eq!(ledger.view(number).await.purchased_at, now.plus_millis(-1_000), "{number}");
        }
    });
}

//! Commands that race each other: one effect, right answers.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Failure, Happened, Outcome, Reply, Request};
use resit_domain::{
    Command, CommandId, DefineExam, EntitlementId, Event, ExamFacts, OrderLine, Rule, Timestamp,
};
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, MemoryLog, Position, Record};
use resit_tests::{handler, life};
use tokio::task::JoinSet;

struct Ledger {
    log: Arc<dyn EventLog>,
    handlers: Vec<Arc<CommandHandler>>,
    _folder: tempfile::TempDir,
}

/// A ledger with three handlers, each with a cache of its own, as three processes would have.
async fn ledger(log: MakeLog) -> Ledger {
    let folder = tempfile::tempdir().unwrap();
    let resit_tests::Ledger { log, handler: first } = resit_tests::Ledger::over(log(folder.path())).await;
    Ledger { handlers: vec![first, handler(&log), handler(&log)], log, _folder: folder }
}

/// Makes a log in a folder.
type MakeLog = fn(&std::path::Path) -> Arc<dyn EventLog>;

fn logs() -> [MakeLog; 2] {
    [
        |_| Arc::new(MemoryLog::default()),
        |folder| Arc::new(EmbeddedLog::open(folder, &Config::default()).unwrap().0),
    ]
}

/// All requests at once, by turns to each handler. Whoever lost too many races says it again, as every sender does.
async fn race(ledger: &Ledger, requests: Vec<(Request, Timestamp)>) -> Vec<Result<Reply, Failure>> {
    let mut racers = JoinSet::new();
    for (number, (request, at)) in requests.into_iter().enumerate() {
        let handler = ledger.handlers[number % ledger.handlers.len()].clone();
        racers.spawn(async move {
            loop {
                let reply = handler.handle(request.clone(), at).await;
                if !matches!(reply, Err(Failure::Busy { .. })) {
                    return reply;
                }
            }
        });
    }
    racers.join_all().await
}

async fn records(ledger: &Ledger) -> Vec<Record> {
    ledger.log.read(Position::START, 100_000).await.unwrap()
}

fn named(mut request: Request, id: &str) -> Request {
    request.id = id.parse::<CommandId>().unwrap();
    request
}

fn count(records: &[Record], kind: &str) -> usize {
    records.iter().flat_map(|record| &record.events).filter(|event| event.kind == kind).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identical_orders_that_race_issue_one_entitlement_with_the_same_codes() {
    for log in logs() {
        let ledger = ledger(log).await;
        let order = life::command(1, 0);
        let racers = (0..50).map(|n| (named(order.clone(), &format!("sent-{n}")), life::judged_at()));
        let replies = race(&ledger, racers.collect()).await;
        let codes: Vec<String> =
            replies.iter().map(|reply| reply.as_ref().unwrap().codes[0].code.expose().to_string()).collect();
        assert!(codes.iter().all(|code| *code == codes[0]), "every sender gets the same code");
        assert_eq!(count(&records(&ledger).await, "VoucherIssued"), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_order_a_year_later_is_the_same_entitlement() {
    for log in logs() {
        let ledger = ledger(log).await;
        let first = ledger.handlers[0].handle(life::command(1, 0), life::judged_at()).await.unwrap();
        let year_later = life::day_one().plus_millis(366 * 86_400_000);
        let again =
            ledger.handlers[1].handle(named(life::command(1, 0), "a-year-later"), year_later).await.unwrap();
        assert_eq!(again.entitlements[0].id, first.entitlements[0].id);
        assert_eq!(again.codes[0].code.expose().to_string(), first.codes[0].code.expose().to_string());
        assert_eq!(count(&records(&ledger).await, "VoucherIssued"), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_schedules_of_one_voucher_one_wins() {
    for log in logs() {
        let ledger = ledger(log).await;
        ledger.handlers[0].handle(life::command(1, 0), life::judged_at()).await.unwrap();
        let racers = (0..100).map(|n| (named(life::command(1, 1), &format!("book-{n}")), life::judged_at()));
        let replies = race(&ledger, racers.collect()).await;
        let accepted = replies
            .iter()
            .filter(|reply| matches!(reply.as_ref().unwrap().outcome, Outcome::Accepted { .. }))
            .count();
        assert_eq!(accepted, 1);
        let refused_by = |reply: &Result<Reply, Failure>| match &reply.as_ref().unwrap().outcome {
            Outcome::Refused(refusal) => Some(refusal.rule),
            Outcome::Accepted { .. } => None,
        };
        assert!(
            replies.iter().filter_map(refused_by).all(|rule| rule == Rule::RetakeNeedsFail),
            "a second sitting needs a fail"
        );
        let records = records(&ledger).await;
        assert_eq!(count(&records, "ExamScheduled"), 1);
        assert_eq!(count(&records, "CommandRefused"), 99, "each refusal is on record");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_command_id_has_one_effect_and_no_second_body() {
    for log in logs() {
        let ledger = ledger(log).await;
        let same = (0..20).map(|_| (named(life::command(1, 0), "one-id"), life::judged_at()));
        let replies = race(&ledger, same.collect()).await;
        let positions: Vec<_> = replies.iter().map(|reply| reply.as_ref().unwrap().position).collect();
        assert!(positions.iter().all(|position| *position == positions[0]), "one answer for all");
        assert_eq!(
            replies.iter().filter(|reply| !reply.as_ref().unwrap().replayed).count(),
            1,
            "it is new once"
        );

        let before = records(&ledger).await.len();
        let other = ledger.handlers[2].handle(named(life::command(2, 0), "one-id"), life::judged_at()).await;
        assert!(matches!(other, Err(Failure::IdReused { .. })), "{other:?}");
        assert_eq!(records(&ledger).await.len(), before, "nothing was written for it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_bodies_that_race_under_one_id_one_is_done_and_one_is_told_apart() {
    for log in logs() {
        let ledger = ledger(log).await;
        let bodies = (1..=2).map(|worker| (named(life::command(worker, 0), "shared"), life::judged_at()));
        let replies = race(&ledger, bodies.collect()).await;
        assert_eq!(replies.iter().filter(|reply| reply.is_ok()).count(), 1);
        assert_eq!(replies.iter().filter(|reply| matches!(reply, Err(Failure::IdReused { .. }))).count(), 1);
        assert_eq!(count(&records(&ledger).await, "VoucherIssued"), 1);
    }
}

#[test]
fn the_pieces_of_an_order_line_have_ids_of_their_own() {
    let line = OrderLine { shop: "shop".parse().unwrap(), number: "W-1".parse().unwrap(), line: 1 };
    let ids: std::collections::BTreeSet<_> =
        (1..=500).map(|piece| EntitlementId::of_order(&line, piece)).collect();
    assert_eq!(ids.len(), 500);
}

/// The exam in another category.
fn recategorised(category: &str) -> Request {
    let facts = ExamFacts { categories: vec![category.parse().unwrap()], ..ExamFacts::default() };
    Request {
        id: format!("to-{category}").parse().unwrap(),
        actor: "load".parse().unwrap(),
        command: DefineExam { exam: "EX-1".parse().unwrap(), facts }.into(),
        confirm: false,
    }
}

/// A registration of a life that is made now: one that is told later is judged by what its own time had, whoever saw what.
fn registered_now(voucher: u64, at: Timestamp) -> Request {
    let mut request = life::command(voucher, 1);
    let Command::Schedule(c) = &mut request.command else { panic!("{:?}", request.command) };
    (c.booked_at, c.sit_at) = (None, at.plus_millis(86_400_000));
    request
}

/// Each handler has a cache of its own, and follows nothing here: what another has just put on record it sees by a lost race
/// alone, and a command that only reads a stream loses none over it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_agrees_with_what_was_judged_a_moment_before_the_catalogue_changed() {
    const MINUTE_MS: i64 = 60_000;
    for log in logs() {
        let ledger = ledger(log).await;
        let changed_at = life::judged_at();
        for (voucher, step) in [(1, 0), (1, 1), (2, 0), (3, 0)] {
            ledger.handlers[0].handle(life::command(voucher, step), changed_at).await.unwrap();
        }
        ledger.handlers[1].handle(recategorised("fundamentals"), changed_at).await.unwrap();
        for (voucher, after_ms, agrees) in [(2, MINUTE_MS, true), (3, MINUTE_MS + 1, false)] {
            let at = changed_at.plus_millis(after_ms);
            let schedule = registered_now(voucher, at);
            let id = schedule.id.clone();
            let reply = ledger.handlers[0].handle(schedule, at).await.unwrap();
            let Outcome::Accepted { events, .. } = reply.outcome else { panic!("it is booked") };
            let by_the_old = |happened: &Happened| match &happened.event {
                Event::ExamScheduled(e) => e.categories == ["role-based".parse().unwrap()],
                _ => false,
            };
            assert!(events.iter().any(by_the_old), "it was judged by what its handler knew");
            let why = ledger.handlers[2].why(&id).await.unwrap();
            assert_eq!(why.agrees, agrees, "{after_ms} ms after the change");
            assert_eq!(why.unseen_from.is_some(), agrees, "it says that it was judged by what was before");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_looks_at_so_many_moments_and_no_more() {
    const MOMENTS_MAX: usize = 16;
    for log in logs() {
        let ledger = ledger(log).await;
        let at = life::judged_at();
        for (voucher, step) in [(1, 0), (1, 1), (2, 0), (3, 0)] {
            ledger.handlers[0].handle(life::command(voucher, step), at).await.unwrap();
        }
        let mut changes = 0;
        for (voucher, unseen, agrees) in [(2, MOMENTS_MAX, true), (3, MOMENTS_MAX + 1, false)] {
            while changes < unseen {
                changes += 1;
                let change = recategorised(&format!("category-{changes}"));
                ledger.handlers[1].handle(change, at).await.unwrap();
            }
            let schedule = registered_now(voucher, at);
            let id = schedule.id.clone();
            ledger.handlers[0].handle(schedule, at).await.unwrap();
            let why = ledger.handlers[2].why(&id).await.unwrap();
            assert_eq!(why.agrees, agrees, "after {unseen} changes that were not seen");
        }
    }
}

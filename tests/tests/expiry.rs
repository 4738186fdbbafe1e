//! Ends put on record: never early, never twice, whoever runs and whoever does not.

use bytes::Bytes;
use resit_command_handler::{Failure, Outcome, Request};
use resit_derived_store::DerivedStore;
use resit_domain::{CommandId, EntitlementId, Expire, Timestamp};
use resit_event_log::{Commit, Slice};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler, SchedulerError};
use resit_projector::Projector;
use resit_tests::{Ledger, life};

const VOUCHERS: u64 = 3_000;

/// A ledger with vouchers that all end at one instant.
async fn sold() -> Ledger {
    let ledger = Ledger::in_memory().await;
    ledger.live(0..VOUCHERS, 0..1).await;
    ledger
}

fn scheduler_of(ledger: &Ledger) -> ExpiryScheduler {
    ExpiryScheduler::new(ledger.handler.clone(), ledger.log.clone(), Agenda::in_memory().unwrap())
}

async fn expired(ledger: &Ledger) -> usize {
    ledger.count("Expired").await
}

/// The first instant at which the vouchers are gone: twelve months and a day after day one, at midnight.
fn end() -> Timestamp {
    "2020-09-03T00:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn one_instant_that_thousands_share_is_met_neither_early_nor_twice() {
    let ledger = sold().await;
    let scheduler = scheduler_of(&ledger);
    let all = usize::try_from(VOUCHERS).unwrap();
    // The last instant of the right is still time for the notices of its end; of the two, one is given.
    scheduler.tick(end().plus_millis(-1)).await.unwrap();
    assert_eq!((expired(&ledger).await, ledger.count("EndsSoon").await), (0, all), "not early");
    assert_eq!(scheduler.next_due().await.unwrap(), Some(end()));
    assert_eq!(scheduler.tick(end()).await.unwrap().len(), all);
    assert!(scheduler.tick(end().plus_millis(86_400_000)).await.unwrap().is_empty(), "not twice");
    assert!(scheduler_of(&ledger).tick(end()).await.unwrap().is_empty(), "nor by one that begins anew");
    assert_eq!(expired(&ledger).await, all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schedulers_that_race_make_one_fact_of_each_end() {
    let ledger = sold().await;
    let (one, two) = (scheduler_of(&ledger), scheduler_of(&ledger));
    let (one, two) = tokio::join!(one.tick(end()), two.tick(end()));
    let all = usize::try_from(VOUCHERS).unwrap();
    assert_eq!(one.unwrap().len() + two.unwrap().len(), all, "each was put on record by one of them");
    assert_eq!(expired(&ledger).await, all);
}

/// What is due first, and the id that the scheduler's command for it has.
async fn first_due(ledger: &Ledger) -> (EntitlementId, CommandId) {
    let (due_at, entitlement) = scheduler_of(ledger).due(end(), 1).await.unwrap()[0];
    (entitlement, format!("expire:{entitlement}:{}", due_at.millis()).parse().unwrap())
}

#[tokio::test]
async fn an_end_is_put_on_record_though_somebody_took_the_id_of_its_command() {
    let ledger = sold().await;
    let (_, id) = first_due(&ledger).await;
    // An older program let callers take such ids.
    assert!(matches!(ledger.handler.admit_id(&id).await, Err(Failure::IdOfTheLedger { .. })));
    let order = Request { id: id.clone(), ..life::command(VOUCHERS, 0) };
    ledger.handler.handle(order, life::judged_at()).await.unwrap();
    ledger.handler.admit_id(&id).await.expect("who took it is answered again");
    let answers = scheduler_of(&ledger).tick(end()).await.unwrap();
    assert!(answers.iter().all(|answer| matches!(answer.outcome, Outcome::Accepted { .. })));
    assert_eq!(expired(&ledger).await, usize::try_from(VOUCHERS).unwrap() + 1, "the order's too");
}

#[tokio::test]
async fn an_end_is_put_on_record_though_the_rules_refused_its_command_before() {
    let ledger = sold().await;
    let (entitlement, id) = first_due(&ledger).await;
    let actor = "expiry-scheduler".parse().unwrap();
    let early = Request { id, actor, command: Expire { entitlement }.into(), confirm: false };
    let reply = ledger.handler.handle(early, life::day_one()).await.unwrap();
    assert!(matches!(reply.outcome, Outcome::Refused(_)), "not yet due");
    let scheduler = scheduler_of(&ledger);
    let all = usize::try_from(VOUCHERS).unwrap();
    assert_eq!(scheduler.tick(end()).await.unwrap().len(), all);
    assert_eq!(expired(&ledger).await, all);
    assert!(scheduler.due(end(), usize::MAX).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_end_that_gets_no_answer_keeps_no_other_waiting() {
    let ledger = sold().await;
    let (entitlement, command) = first_due(&ledger).await;
    // A program that is not there any more put something on record that this one can't read.
    let known = ledger.log.find_command(&"set-exam".parse().unwrap()).await.unwrap().remove(0);
    let slice = Slice { stream: known.stream, expected: known.position, events: known.events };
    let commit = Commit {
        command,
        command_body: Bytes::from_static(&[0xc1]),
        actor: known.actor,
        recorded_at: known.recorded_at,
        slices: vec![slice],
    };
    ledger.log.append(commit).await.unwrap();
    let scheduler = scheduler_of(&ledger);
    let mut told = 0;
    let left = scheduler.tick_telling(end(), |_| told += 1).await.unwrap_err();
    let all = usize::try_from(VOUCHERS).unwrap();
    assert!(matches!(left, SchedulerError::Left { count: 1, first, .. } if first == entitlement), "{left:?}");
    assert_eq!((told, expired(&ledger).await), (all - 1, all - 1));
    assert_eq!(
        scheduler.due(end(), usize::MAX).await.unwrap().len(),
        1,
        "it is tried again at the next tick"
    );
}

#[tokio::test]
async fn a_right_ends_though_nobody_puts_it_on_record() {
    let ledger = sold().await;
    let book = life::command(1, 1);
    let mut late = book.clone();
    if let resit_domain::Command::Schedule(c) = &mut late.command {
        (c.booked_at, c.sit_at) = (None, end());
    }
    let reply = ledger.handler.handle(late.clone(), end()).await.unwrap();
    let Outcome::Refused(without) = reply.outcome else { panic!("the right has ended") };
    scheduler_of(&ledger).tick(end()).await.unwrap();
    late.id = "after-the-tick".parse().unwrap();
    let reply = ledger.handler.handle(late, end()).await.unwrap();
    assert_eq!(reply.outcome, Outcome::Refused(without), "the answer is the same with the end on record");
}

#[tokio::test]
async fn read_models_are_equal_however_often_they_stop_on_the_way() {
    let ledger = sold().await;
    let live = Projector::new(ledger.log.clone(), DerivedStore::temporary().unwrap());
    live.catch_up(|_| ()).await.unwrap();
    scheduler_of(&ledger).tick(end()).await.unwrap();
    for step in 1..5 {
        let reply = ledger.handler.handle(life::command(VOUCHERS + step, 0), end()).await.unwrap();
        assert_eq!(
            live.catch_up(|_| ()).await.unwrap(),
            reply.position,
            "read-your-writes has a position to wait for"
        );
    }
    let fresh = Projector::new(ledger.log.clone(), DerivedStore::temporary().unwrap());
    fresh.catch_up(|_| ()).await.unwrap();
    assert_eq!(live.differences(&fresh, 10).unwrap(), Vec::<Vec<u8>>::new());
    live.rebuild(|_| ()).await.unwrap();
    assert_eq!(live.differences(&fresh, 10).unwrap(), Vec::<Vec<u8>>::new());
}

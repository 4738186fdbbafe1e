//! Ends put on record: never early, never twice, whoever runs and whoever does not.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Settings};
use resit_derived_store::DerivedStore;
use resit_domain::Timestamp;
use resit_event_log::{EventLog, MemoryLog, Position};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_tests::life;
use resit_voucher_code::CodeKey;

const VOUCHERS: u64 = 3_000;

struct Ledger {
    log: Arc<dyn EventLog>,
    handler: Arc<CommandHandler>,
}

impl Ledger {
    /// A ledger with vouchers that all end at one instant.
    async fn new() -> Self {
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let key = Arc::new(CodeKey::from_bytes([7; 32]));
        let handler = Arc::new(CommandHandler::new(log.clone(), key, Settings::default()));
        for request in life::setting() {
            handler.handle(request, life::day_one()).await.unwrap();
        }
        for worker in 0..VOUCHERS {
            handler.handle(life::command(worker, 0), life::day_one()).await.unwrap();
        }
        Self { log, handler }
    }

    fn scheduler(&self) -> ExpiryScheduler {
        ExpiryScheduler::new(self.handler.clone(), self.log.clone(), Agenda::in_memory().unwrap())
    }

    async fn expired(&self) -> usize {
        self.count("Expired").await
    }

    async fn count(&self, kind: &str) -> usize {
        let records = self.log.read(Position::START, usize::MAX).await.unwrap();
        records.iter().flat_map(|record| &record.events).filter(|event| event.kind == kind).count()
    }
}

/// The first instant at which the vouchers are gone: twelve months and a day after day one, at midnight.
fn end() -> Timestamp {
    "2020-09-03T00:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn one_instant_that_thousands_share_is_met_neither_early_nor_twice() {
    let ledger = Ledger::new().await;
    let scheduler = ledger.scheduler();
    let all = usize::try_from(VOUCHERS).unwrap();
    // The last instant of the right is still time for the notices of its end; of the two, one is given.
    scheduler.tick(end().plus_millis(-1)).await.unwrap();
    assert_eq!((ledger.expired().await, ledger.count("EndsSoon").await), (0, all), "not early");
    assert_eq!(scheduler.next_due().await.unwrap(), Some(end()));
    assert_eq!(scheduler.tick(end()).await.unwrap().len(), all);
    assert!(scheduler.tick(end().plus_millis(86_400_000)).await.unwrap().is_empty(), "not twice");
    assert!(ledger.scheduler().tick(end()).await.unwrap().is_empty(), "nor by one that begins anew");
    assert_eq!(ledger.expired().await, all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schedulers_that_race_make_one_fact_of_each_end() {
    let ledger = Ledger::new().await;
    let (one, two) = (ledger.scheduler(), ledger.scheduler());
    let (one, two) = tokio::join!(one.tick(end()), two.tick(end()));
    let all = usize::try_from(VOUCHERS).unwrap();
    assert_eq!(one.unwrap().len() + two.unwrap().len(), all, "each was put on record by one of them");
    assert_eq!(ledger.expired().await, all);
}

#[tokio::test]
async fn a_right_ends_though_nobody_puts_it_on_record() {
    let ledger = Ledger::new().await;
    let book = life::command(1, 1);
    let mut late = book.clone();
    if let resit_domain::Command::Schedule(c) = &mut late.command {
        (c.booked_at, c.sit_at) = (None, end());
    }
    let reply = ledger.handler.handle(late.clone(), end()).await.unwrap();
    let Outcome::Refused(without) = reply.outcome else { panic!("the right has ended") };
    ledger.scheduler().tick(end()).await.unwrap();
    late.id = "after-the-tick".parse().unwrap();
    let reply = ledger.handler.handle(late, end()).await.unwrap();
    assert_eq!(reply.outcome, Outcome::Refused(without), "the answer is the same with the end on record");
}

#[tokio::test]
async fn read_models_are_equal_however_often_they_stop_on_the_way() {
    let ledger = Ledger::new().await;
    let live = Projector::new(ledger.log.clone(), DerivedStore::temporary().unwrap());
    live.catch_up(|_| ()).await.unwrap();
    ledger.scheduler().tick(end()).await.unwrap();
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

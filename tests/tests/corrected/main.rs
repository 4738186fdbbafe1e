//! A ledger that ran by a wrong clock and was corrected lists what one lists that ran by the right clock.

mod alike;
mod spans;

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

fn order(number: usize) -> OrderLine {
    OrderLine { shop: "web".parse().unwrap(), number: format!("W-{number}").parse().unwrap(), line: 1 }
}

fn piece(number: usize) -> EntitlementId {
    EntitlementId::of_order(&order(number), 1)
}

fn request(id: &str, command: impl Into<Command>) -> Request {
    Request {
        id: id.parse().unwrap(),
        actor: "desk".parse().unwrap(),
        command: command.into(),
        confirm: false,
    }
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

fn wait<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A log in a folder that goes with it.
fn embedded() -> (tempfile::TempDir, Arc<dyn EventLog>) {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = EmbeddedLog::open(&folder.path().join("ledger"), &LogConfig::default()).unwrap();
    (folder, Arc::new(log))
}

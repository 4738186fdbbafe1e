//! The expiry scheduler's role: it wakes for the next deadline, and whenever the clock is set.

use std::sync::Arc;
use std::time::Duration;

use resit_domain::Timestamp;
use resit_event_log::{EventLog, Position};
use resit_expiry_scheduler::{ExpiryScheduler, SchedulerError};
use tokio::sync::{Mutex, watch};

use super::retry::Retry;
use super::stop::Stop;
use crate::clock::ServerClock;

/// The longest sleep: a system clock that was set has to be noticed.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// How long records gather before the agenda takes them in: it has to be in time for deadlines, not for readers.
const GATHER: Duration = Duration::from_millis(250);

/// The expiry scheduler of a running server.
pub(crate) struct Expiry {
    pub(crate) scheduler: Mutex<ExpiryScheduler>,
    log: Arc<dyn EventLog>,
    clock: Arc<ServerClock>,
    next_due: watch::Sender<Option<Timestamp>>,
}

impl Expiry {
    pub(crate) fn new(scheduler: ExpiryScheduler, log: Arc<dyn EventLog>, clock: Arc<ServerClock>) -> Self {
        Self { scheduler: Mutex::new(scheduler), log, clock, next_due: watch::Sender::new(None) }
    }

    /// When the next thing falls due, as the scheduler knows it; in the past if it is late.
    pub(crate) fn next_due(&self) -> watch::Receiver<Option<Timestamp>> {
        self.next_due.subscribe()
    }

    /// Puts on record what falls due, until it is time to stop. What goes wrong is told and tried again: no right lasts
    /// longer for it.
    pub(crate) async fn run(&self, mut stop: Stop) {
        let mut retry = Retry::new();
        let mut moved = self.clock.moved();
        while !stop.is_now() {
            moved.mark_unchanged();
            match self.tick().await {
                Ok((position, next)) => {
                    retry.went_well();
                    let sleep = next.map_or(SLEEP_MAX, |next| until(self.clock.now(), next));
                    tokio::select! {
                        () = self.gathered(position) => {}
                        _ = moved.changed() => {}
                        _ = tokio::time::timeout(sleep, std::future::pending::<()>()) => {}
                        () = stop.asked() => {}
                    }
                }
                Err(error) => {
                    let wait = retry.wait();
                    tracing::error!(error = &error as &dyn std::error::Error, ?wait, "ends are not put on record; trying again");
                    retry.again(&mut stop).await;
                }
            }
        }
    }

    async fn tick(&self) -> Result<(Position, Option<Timestamp>), SchedulerError> {
        let scheduler = self.scheduler.lock().await;
        let next = scheduler.next_due().await?;
        self.next_due.send_replace(next);
        let now = self.clock.now();
        if next.is_some_and(|due_at| due_at <= now) {
            let replies = scheduler.tick(now).await?;
            tracing::info!(commands = replies.len(), "put on record what had ended");
        }
        let next = scheduler.next_due().await?;
        self.next_due.send_replace(next);
        Ok((scheduler.catch_up().await?, next))
    }

    /// Waits until there is something on record behind `position`, and a little longer.
    async fn gathered(&self, position: Position) {
        // A log that can't be read is told of by the next tick.
        if self.log.wait_past(position).await.is_ok() {
            drop(tokio::time::timeout(GATHER, std::future::pending::<()>()).await);
        }
    }
}

fn until(now: Timestamp, next: Timestamp) -> Duration {
    let millis = u64::try_from(next.millis().saturating_sub(now.millis())).unwrap_or(0);
    Duration::from_millis(millis).min(SLEEP_MAX)
}

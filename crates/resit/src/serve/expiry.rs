//! The expiry scheduler's role: it wakes for the next deadline, and whenever the clock is set.

use std::sync::Arc;
use std::time::Duration;

use resit_api::ExpireDue;
use resit_domain::Timestamp;
use resit_event_log::{EventLog, Position};
use resit_expiry_scheduler::{ExpiryScheduler, SchedulerError};
use resit_gateway::{Clock as _, Gauges, Task, UpkeepFailure};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use super::background::{STILL_MAX, background};
use super::due;
use super::jobs::Jobs;
use super::pace::Pace;
use super::retry::Retry;
use super::stop::Stop;
use crate::clock::{ServerClock, stopwatch};
use crate::desk;
use crate::exit::in_one_line;

/// The longest sleep: a system clock that was set has to be noticed.
const SLEEP_MAX: Duration = Duration::from_secs(15);

/// How long records gather at least before the agenda takes them in: it has to be in time for deadlines, not for readers.
const GATHER: Duration = Duration::from_millis(250);

/// The expiry scheduler of a running server.
#[derive(Clone)]
pub(crate) struct Expiry {
    pub(crate) scheduler: Arc<ExpiryScheduler>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) gauges: Arc<Gauges>,
    /// Whether it is this one's turn: where several run, one works, and the others keep their agendas at hand.
    pub(crate) turn: watch::Receiver<bool>,
    /// How far its agenda is.
    pub(crate) position: watch::Sender<Position>,
    /// Taken by whoever puts on record what is due: this role, or an operator. Two would do everything twice.
    pub(crate) ticking: Arc<Mutex<()>>,
}

impl Expiry {
    /// Puts on record what falls due, until it is time to stop. What goes wrong is told and tried again: no right lasts
    /// longer for it.
    pub(crate) async fn run(&self, mut stop: Stop, task: Arc<Task>) {
        let (mut retry, mut pace) = (Retry::new(), Pace::no_sooner_than(GATHER));
        let (mut moved, mut turn) = (self.clock.moved(), self.turn.clone());
        while !stop.is_now() {
            moved.mark_unchanged();
            pace.begin();
            task.begins(stopwatch());
            // What is broken off here is due at the next start, under the same ids.
            let Some(ticked) = stop.unless_asked(self.tick()).await else { return };
            match ticked {
                Ok((position, next)) => {
                    retry.went_well();
                    task.waits();
                    let rest = pace.rest();
                    // What is due now and another's to put on record comes back as a record.
                    let next = next.filter(|_| *self.turn.borrow());
                    // While the clock is not trusted, that it is trusted again is what is waited for.
                    let sleep = match (next, self.clock.trusted_now()) {
                        (Some(next), Ok(now)) => until(now, next),
                        _ => SLEEP_MAX,
                    };
                    tokio::select! {
                        () = self.gathered(position, rest) => {}
                        _ = moved.changed() => {}
                        Ok(()) = turn.changed() => {}
                        () = passed(sleep) => {}
                        () = stop.asked() => {}
                    }
                }
                Err(error) => {
                    let wait = retry.wait();
                    task.fails(in_one_line(&error), stopwatch());
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, ?wait, "what has ended is not put on record; trying again");
                    retry.again(&mut stop).await;
                }
            }
        }
    }

    /// Has each step of the scheduler noted on this runtime, until it is time to stop.
    pub(crate) fn noted(&self, stop: &Stop) -> JoinHandle<()> {
        let (progress, gauges) = (self.scheduler.progress(), self.gauges.clone());
        due::note(*progress.borrow(), &gauges);
        let scheduler = self.gauges.task("expiry-scheduler", STILL_MAX, stopwatch());
        background(&self.gauges, stop, "expiry-gauges", |task| {
            due::note_all(progress, gauges, scheduler, stop.clone(), task)
        })
    }

    /// How far the agenda is, and when the next thing falls due.
    async fn tick(&self) -> Result<(Position, Option<Timestamp>), SchedulerError> {
        let next = self.scheduler.next_due().await?;
        let mut left = None;
        // By a clock that is not trusted nothing expires. When it is trusted again, this is woken.
        if let Ok(now) = self.clock.trusted_now()
            && *self.turn.borrow()
            && next.is_some_and(|due_at| due_at <= now)
        {
            let _ticking = self.ticking.lock().await;
            match self.scheduler.tick_telling(now, |_| ()).await {
                Ok(commands) => tracing::info!(commands, "put on record what had fallen due"),
                // What is on record all the same is not kept from anybody.
                Err(error @ SchedulerError::Left { .. }) => left = Some(error),
                Err(error) => return Err(error),
            }
        }
        let position = self.scheduler.catch_up().await?;
        self.position.send_replace(position);
        let next = self.scheduler.next_due().await?;
        left.map_or(Ok((position, next)), Err)
    }

    /// Puts on record all that is due, for an operator.
    pub(crate) async fn expire_due(&self, jobs: &Jobs, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        let scheduler = self.scheduler.clone();
        let deed = async move |_ticking| Ok(desk::expire_due(&scheduler, now, desk::LISTED_MAX).await?);
        jobs.with(&self.ticking, deed).await
    }

    /// Reports what is due, for an operator.
    pub(crate) async fn due(&self, jobs: &Jobs, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        let scheduler = self.scheduler.clone();
        let deed = async move |_ticking| Ok(desk::due(&scheduler, now, desk::LISTED_MAX).await?);
        jobs.with(&self.ticking, deed).await
    }

    /// Waits until there is something on record behind `position`, and a little longer.
    async fn gathered(&self, position: Position, rest: Duration) {
        // A log that can't be read is told of by the next tick.
        if self.log.wait_past(position).await.is_ok() {
            passed(rest).await;
        }
    }
}

/// Waits for an instant of the clock: here it is the time itself that is waited for.
async fn passed(span: Duration) {
    drop(tokio::time::timeout(span, std::future::pending::<()>()).await);
}

fn until(now: Timestamp, next: Timestamp) -> Duration {
    let millis = u64::try_from(next.millis().saturating_sub(now.millis())).unwrap_or(0);
    Duration::from_millis(millis).min(SLEEP_MAX)
}

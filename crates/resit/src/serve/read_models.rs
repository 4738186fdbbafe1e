//! The projector's role: it follows the log, and tells how far it is.

use std::sync::Arc;
use std::time::Duration;

use resit_event_log::{EventLog, Position};
use resit_gateway::{Follower, Gauges, Task, Work};
use resit_projector::{ProjectionError, Projector};
use tokio::sync::{Mutex, Notify, watch};

use super::pace::Pace;
use super::retry::Retry;
use super::steps::Steps;
use super::stop::Stop;
use crate::clock::stopwatch;
use crate::exit::in_one_line;

/// The read models of a running server.
pub(crate) struct ReadModels {
    pub(crate) projector: Arc<Projector>,
    log: Arc<dyn EventLog>,
    position: watch::Sender<Position>,
    /// Told when somebody waits for rows.
    hurry: Arc<Notify>,
    /// Rows are made by one at a time.
    making: Mutex<()>,
    gauges: Arc<Gauges>,
}

/// How long records gather at least before rows are made of them, unless somebody waits: what a voucher goes through at
/// once is written once.
const GATHER: Duration = Duration::from_millis(50);

impl ReadModels {
    pub(crate) fn new(projector: Projector, log: Arc<dyn EventLog>, gauges: Arc<Gauges>) -> Self {
        Self {
            projector: Arc::new(projector),
            log,
            position: watch::Sender::new(Position::START),
            hurry: Arc::default(),
            making: Mutex::new(()),
            gauges,
        }
    }

    /// The read models, as doors see them.
    pub(crate) fn follower(&self) -> Follower {
        Follower {
            role: "projector",
            called: "the read models",
            position: self.position(),
            hurry: self.hurry.clone(),
            still_max: Some(resit_gateway::STILL_MAX),
        }
    }

    /// How far the read models are, for who waits for them.
    pub(crate) fn position(&self) -> watch::Receiver<Position> {
        self.position.subscribe()
    }

    /// Follows the log until it is time to stop. What goes wrong is told and tried again.
    pub(crate) async fn follow(&self, mut stop: Stop, task: Arc<Task>) {
        let (mut retry, mut pace) = (Retry::new(), Pace::no_sooner_than(GATHER));
        while !stop.is_now() {
            pace.begin();
            task.begins(stopwatch());
            // What is broken off here is taken in again from the checkpoint on.
            let Some(caught_up) = stop.unless_asked(self.catch_up_by(Some(&task))).await else { return };
            match caught_up {
                Ok(position) => {
                    retry.went_well();
                    task.waits();
                    let rest = pace.rest();
                    tokio::select! {
                        moved = self.log.wait_past(position) => if let Err(error) = moved {
                            task.fails(in_one_line(&error), stopwatch());
                            tracing::error!(error = &error as &dyn std::error::Error, "the log can't be followed");
                            retry.again(&mut stop).await;
                        } else {
                            // Either is a reason to go on.
                            drop(tokio::time::timeout(rest, self.hurry.notified()).await);
                        },
                        () = stop.asked() => {}
                    }
                }
                Err(error) => {
                    let wait = retry.wait();
                    task.fails(in_one_line(&error), stopwatch());
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        ?wait,
                        "the read models fall behind; trying again"
                    );
                    retry.again(&mut stop).await;
                }
            }
        }
    }

    /// Takes in what is on record, and returns how far that is.
    pub(crate) async fn catch_up(&self) -> Result<Position, ProjectionError> {
        self.catch_up_by(None).await
    }

    async fn catch_up_by(&self, task: Option<&Arc<Task>>) -> Result<Position, ProjectionError> {
        let _alone = self.making.lock().await;
        let steps = self.steps(task, self.projector.checkpoint().unwrap_or_default()).await?;
        // What is read is not yet written: only the checkpoint says which rows are there.
        let position = self.projector.catch_up(|read| self.step(&steps, read)).await?;
        self.tell(position);
        Ok(position)
    }

    /// Drops every row and makes them anew; who waits for a position waits until they are there.
    pub(crate) async fn rebuild(&self) -> Result<Position, ProjectionError> {
        let _alone = self.making.lock().await;
        let steps = self.steps(None, Position::START).await?;
        self.tell(Position::START);
        let position = self.projector.rebuild(|read| self.step(&steps, read)).await?;
        self.tell(position);
        Ok(position)
    }

    async fn steps(&self, task: Option<&Arc<Task>>, from: Position) -> Result<Steps, ProjectionError> {
        let head = self.log.head().await?;
        Ok(Steps::begin(&self.gauges, task.cloned(), Work::ReadModels, from, head))
    }

    fn step(&self, steps: &Steps, read: Position) {
        steps.at(read);
        self.tell_checkpoint();
    }

    fn tell(&self, position: Position) {
        self.position.send_replace(position);
    }

    fn tell_checkpoint(&self) {
        // One that can't be read is told of by who needs it to go on.
        if let Ok(position) = self.projector.checkpoint() {
            self.tell(position);
        }
    }
}

//! Following a log that other processes write as well, so that the states which a handler keeps are known to be fresh.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use resit_event_log::{EventLog, Position, ReadError};
use tokio::sync::watch;

use crate::{CommandHandler, Failure};

/// How many records are taken in at a time.
const BATCH: usize = 1_024;

/// Follows the log from its head on, and tells a handler what others put there.
pub struct Following {
    log: Arc<dyn EventLog>,
    handler: Arc<CommandHandler>,
    /// How far it is.
    position: watch::Sender<Position>,
    /// The moment at which the log ended there: the states are fresh since then, once that far.
    goal: Option<(Instant, Position)>,
}

impl Following {
    /// Begins at the head of the log. What the handler has kept before is dropped.
    ///
    /// # Errors
    ///
    /// If the log can't be read.
    pub async fn begin(handler: Arc<CommandHandler>) -> Result<Self, Failure> {
        let log = handler.log.clone();
        let position = log.head().await?;
        handler.states.forget_all();
        Ok(Self { log, handler, position: watch::Sender::new(position), goal: None })
    }

    /// How far it is.
    pub fn position(&self) -> watch::Receiver<Position> {
        self.position.subscribe()
    }

    /// Takes in what is there; waits for more, or for somebody who wants to know whether there is, if nothing is.
    ///
    /// # Errors
    ///
    /// If the log can't be read: it goes on from where it was.
    pub async fn go_on(&mut self) -> Result<(), ReadError> {
        let freshness = self.handler.freshness.clone();
        if let Some(freshness) = freshness.as_deref().filter(|freshness| freshness.take_wish()) {
            let now = freshness.now();
            self.goal = Some((now, self.log.head().await?));
        }
        let position = *self.position.borrow();
        let records = self.log.read(position, BATCH).await?;
        if let Err(error) = self.handler.states.keep_up(&records) {
            // Whoever needs it reads it, and is told the same.
            tracing::error!(error = &error as &dyn Error, "a record is passed over");
        }
        let reached = records.last().map_or(position, |last| last.position);
        if let Some(last) = records.last() {
            self.handler.note_recorded(last.recorded_at);
            self.position.send_replace(reached);
        }
        if let Some((moment, head)) = self.goal
            && (records.is_empty() || head <= reached)
        {
            if let Some(freshness) = freshness.as_deref() {
                freshness.prove(moment);
            }
            self.goal = None;
        }
        if records.is_empty() {
            match freshness.as_deref() {
                None => drop(self.log.wait_past(reached).await?),
                Some(freshness) => tokio::select! {
                    further = self.log.wait_past(reached) => drop(further?),
                    () = freshness.wish() => {}
                },
            }
        }
        Ok(())
    }
}

//! Following a log that other processes write as well, so that the states which a handler keeps are known to be fresh.

use std::error::Error;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use resit_event_log::{EventLog, Position, ReadError};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::{CommandHandler, Failure};

/// How many records are read at a time.
const BATCH: u64 = 256;

/// How long nothing is read while nobody wants to know how fresh the states are.
const REST: Duration = Duration::from_secs(1);

/// The same while others write and commands come: each state that is behind costs whoever is judged by it another try.
const REST_AMONG_OTHERS: Duration = Duration::from_millis(10);

/// How often in a row nobody may have used what was proven, before it is rested longer.
const UNUSED_MAX: u32 = 100;

/// How long it is waited for what is just being written here, and may be on record before its writer hears of it.
const OWN_MAX: Duration = Duration::from_millis(60);

/// Who is further behind than this begins anew at the head, with no states: they are read as they are needed.
const FAR: u64 = 100_000;

/// Follows the log from its head on, and tells a handler what others put there.
pub struct Following {
    log: Arc<dyn EventLog>,
    handler: Arc<CommandHandler>,
    /// How far it is.
    position: watch::Sender<Position>,
    /// Whether others had written something when it was looked last.
    is_among_others: bool,
    /// How often in a row nobody used what was proven.
    unused: u32,
}

impl Following {
    /// Begins at the head of the log. What the handler has kept before is dropped.
    ///
    /// # Errors
    ///
    /// If the log can't be read.
    pub async fn begin(handler: Arc<CommandHandler>) -> Result<Self, Failure> {
        let log = handler.log.clone();
        let following =
            Self { log, handler, position: watch::Sender::default(), is_among_others: false, unused: 0 };
        let head = following.log.head().await?;
        following.begin_at(head);
        Ok(following)
    }

    fn begin_at(&self, head: Position) {
        self.handler.states.forget_all();
        self.position.send_replace(head);
    }

    /// How far it is.
    pub fn position(&self) -> watch::Receiver<Position> {
        self.position.subscribe()
    }

    /// Waits until somebody wants to know how fresh the states are, or for a second, or less while others write; then takes in what
    /// they have written, up to the head. For a handler that is alone there is nothing to follow, and it waits for ever.
    ///
    /// # Errors
    ///
    /// If the log can't be read: it goes on from where it was.
    pub async fn go_on(&mut self) -> Result<(), ReadError> {
        let Some(freshness) = self.handler.freshness.clone() else { return pending().await };
        self.unused = if freshness.was_used() { 0 } else { self.unused.saturating_add(1) };
        let rest = if self.is_among_others && self.unused < UNUSED_MAX { REST_AMONG_OTHERS } else { REST };
        if timeout(rest, freshness.wish()).await.is_err() {
            // Nobody wants a proof: it is enough to stay near.
            let head = self.log.glance_at_head().await?;
            self.is_among_others = self.catch_up(head).await?;
            return Ok(());
        }
        let moment = freshness.now();
        let head = self.log.head().await?;
        self.is_among_others |= self.catch_up(head).await?;
        freshness.prove(moment);
        Ok(())
    }

    /// Takes in what stands up to there, and says whether others wrote any of it.
    async fn catch_up(&self, head: Position) -> Result<bool, ReadError> {
        drop(timeout(OWN_MAX, self.handler.own.settled(|| self.pass() >= head)).await);
        let mut is_of_others = false;
        loop {
            let position = self.pass();
            if position >= head {
                return Ok(is_of_others);
            }
            is_of_others = true;
            if head.0 - position.0 > FAR {
                self.begin_at(head);
                return Ok(true);
            }
            let limit = self.handler.own.next(position).unwrap_or(BATCH).min(BATCH);
            let records = self.log.read(position, usize::try_from(limit).unwrap_or(usize::MAX)).await?;
            if let Err(error) = self.handler.states.keep_up(&records) {
                // Whoever needs it reads it, and is told the same.
                tracing::error!(error = &error as &dyn Error, "a record is passed over");
            }
            let Some(last) = records.last() else { return Ok(true) };
            self.handler.note_recorded(last.recorded_at);
            self.position.send_replace(last.position);
        }
    }

    /// Passes over what was written here.
    fn pass(&self) -> Position {
        let position = self.handler.own.pass(*self.position.borrow());
        self.position.send_replace(position);
        position
    }
}

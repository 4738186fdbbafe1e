//! The one trait.

use std::sync::Arc;

use async_trait::async_trait;
use resit_domain::CommandId;

use crate::{AppendError, Appended, Commit, Position, ReadError, Record, StreamId};

/// An append-only log of commits over streams.
///
/// Contract, which the suite in `src/contract` proves of every implementation:
///
/// - an append is whole or not at all, over all its streams;
/// - it is acknowledged only when it is durable (as far as the log promises durability at all);
/// - each stream must be at its expected revision; of racing appends exactly one wins;
/// - positions only grow, those of one commit follow each other, and records never change;
/// - a command id is taken once, for ever, whatever its streams;
/// - recorded times never run backwards among what one writer appends or has seen; several writers' may cross by as much as
///   their clocks differ;
/// - what was acknowledged is seen by every later read of any method but a glance and [`EventLog::read`], which see a beginning of it.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// Appends a commit.
    ///
    /// A commit whose command id is taken answers [`AppendError::CommandTaken`], before any conflict of revisions.
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError>;

    /// Reads a stream's records behind `after`, oldest first. Empty if there are none.
    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError>;

    /// The same, and cheaper where that can be had: what was acknowledged a moment ago may be missing at the end. For whoever
    /// appends behind it at the revision that it came to, and reads again if that conflicts.
    async fn glance_at_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.read_stream(stream, after).await
    }

    /// A stream's revision: the position of its last record, 0 if it doesn't exist.
    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError>;

    /// Reads the whole log behind `after`, in order: at least one record if there is one, at most `limit`. Over a network none may come
    /// though others have acknowledged some: [`EventLog::head`] says where the log ends.
    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError>;

    /// All records of the commit that a command made, in order; empty if the id was never recorded.
    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError>;

    /// The position of the last acknowledged record.
    async fn head(&self) -> Result<Position, ReadError>;

    /// A position that the log is at, or further: cheaper than [`EventLog::head`] where that has to be proven, and no proof.
    async fn glance_at_head(&self) -> Result<Position, ReadError> {
        self.head().await
    }

    /// Waits until the head stands behind `after`, and returns it.
    async fn wait_past(&self, after: Position) -> Result<Position, ReadError>;

    /// The position of the last correction of recorded times that every read here shows; [`Position::START`] if none is shown.
    fn corrected_at(&self) -> Position {
        Position::START
    }

    /// The same log as it reads with the corrections up to the one at `position` only; for [`Position::START`] as it is stored.
    /// None if no correction is shown from that position, and where there are none.
    fn corrected_until(&self, position: Position) -> Option<Arc<dyn EventLog>> {
        let _ = position;
        None
    }
}

/// The log as it is stored: no correction is shown.
pub fn as_stored(log: &Arc<dyn EventLog>) -> Arc<dyn EventLog> {
    log.corrected_until(Position::START).unwrap_or_else(|| log.clone())
}

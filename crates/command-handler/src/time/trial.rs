//! The log as it was before each command of a span, by the right time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use resit_domain::CommandId;
use resit_event_log::{
    AppendError, Appended, Commit, EventData, EventLog, Position, ReadError, Record, StreamId,
};
use resit_states::Correction;

/// A log that shows a correction which is only being tried, and nothing from a position on. It takes no commits.
pub(super) struct Trial {
    log: Arc<dyn EventLog>,
    correction: RwLock<Correction>,
    /// The first position that is not shown yet.
    horizon: AtomicU64,
}

impl Trial {
    pub(super) fn new(log: Arc<dyn EventLog>, correction: Correction, horizon: Position) -> Self {
        Self { log, correction: RwLock::new(correction), horizon: AtomicU64::new(horizon.0) }
    }

    /// Shows everything before a position from now on.
    pub(super) fn move_to(&self, horizon: Position) {
        self.horizon.store(horizon.0, Ordering::Relaxed);
    }

    /// Shows a record with other facts from now on.
    pub(super) fn replace(&self, position: Position, facts: Vec<EventData>) {
        self.correction.write().unwrap_or_else(PoisonError::into_inner).replace(position, facts);
    }

    /// A record by the right time.
    pub(super) fn show(&self, record: &mut Record) {
        let stored_at = record.recorded_at;
        self.correction.read().unwrap_or_else(PoisonError::into_inner).show(record, stored_at);
    }

    fn horizon(&self) -> Position {
        Position(self.horizon.load(Ordering::Relaxed))
    }

    fn shown(&self, mut records: Vec<Record>) -> Vec<Record> {
        records.retain(|record| record.position < self.horizon());
        for record in &mut records {
            self.show(record);
        }
        records
    }
}

#[async_trait]
impl EventLog for Trial {
    async fn append(&self, _: Commit) -> Result<Appended, AppendError> {
        Err(AppendError::Invalid { reason: "a correction that is only tried records nothing".to_owned() })
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        Ok(self.shown(self.log.read_stream(stream, after).await?))
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        let records = self.read_stream(stream, Position::START).await?;
        Ok(records.last().map_or(Position::START, |record| record.position))
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        Ok(self.shown(self.log.read(after, limit).await?))
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        Ok(self.shown(self.log.find_command(command).await?))
    }

    async fn head(&self) -> Result<Position, ReadError> {
        Ok(Position(self.horizon().0.saturating_sub(1)))
    }

    async fn wait_past(&self, _: Position) -> Result<Position, ReadError> {
        self.head().await
    }
}

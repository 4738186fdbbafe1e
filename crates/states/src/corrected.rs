//! A log whose recorded times are shown as they are corrected. What is stored stays as it is.

mod correction;

use std::sync::Arc;

use async_trait::async_trait;
use resit_domain::{CommandId, Event, LedgerClock, Stream};
use resit_event_log::{
    AppendError, Appended, Commit, EventData, EventLog, Position, ReadError, Record, StreamId,
};
use tokio::sync::watch;

pub use self::correction::{Correction, is_void};
use crate::{StateError, decode, stream_id};

/// The type of the event that corrects times.
const CORRECTS: &str = "TimeCorrected";

/// A log, shown with the corrections that were on record when the view was made.
///
/// Each record that is read is shown by all of them, in the order in which they were recorded: a later one is stated in terms of
/// what the earlier ones show. While there are none, records are handed on as they are.
pub struct CorrectedLog {
    log: Arc<dyn EventLog>,
    corrections: Vec<Correction>,
    /// The stream that corrections are recorded on.
    clock: StreamId,
    outdated: watch::Sender<bool>,
}

impl CorrectedLog {
    /// A view of a log with all corrections that are on record now.
    ///
    /// # Errors
    ///
    /// If the log can't be read, or a correction can't be understood: without it every right could look different.
    pub async fn open(log: Arc<dyn EventLog>) -> Result<Self, StateError> {
        let clock = stream_id(&Stream::Clock(LedgerClock));
        let records = log.read_stream(&clock, Position::START).await?;
        let mut corrections = Vec::new();
        for record in &records {
            for data in record.events.iter().filter(|data| data.kind == CORRECTS) {
                if let Event::TimeCorrected(correction) = decode(data)? {
                    corrections.push(Correction::recorded(record.position, correction));
                }
            }
        }
        Ok(Self { log, corrections, clock, outdated: watch::Sender::new(false) })
    }

    /// Becomes true when a correction is read or appended that the view was not made with. From then on what is read here is not
    /// to be judged by.
    pub fn outdated(&self) -> watch::Receiver<bool> {
        self.outdated.subscribe()
    }

    /// Looks for corrections that the view was not made with: see [`CorrectedLog::outdated`].
    ///
    /// # Errors
    ///
    /// If the log can't be read.
    pub async fn look_for_corrections(&self) -> Result<(), ReadError> {
        self.read_stream(&self.clock, self.corrected_at()).await.map(drop)
    }

    fn shown(&self, mut records: Vec<Record>) -> Vec<Record> {
        for record in &mut records {
            self.show(record);
        }
        records
    }

    fn show(&self, record: &mut Record) {
        if record.stream == self.clock && record.position > self.corrected_at() {
            self.look_for_correction(&record.events);
        }
        if !self.corrections.is_empty() {
            let stored_at = record.recorded_at;
            for correction in &self.corrections {
                correction.show(record, stored_at);
            }
        }
    }

    fn look_for_correction(&self, events: &[EventData]) -> bool {
        let found = events.iter().any(|event| event.kind == CORRECTS);
        if found {
            self.outdated.send_replace(true);
        }
        found
    }
}

#[async_trait]
impl EventLog for CorrectedLog {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        let at = commit.recorded_at;
        let corrects = commit
            .slices
            .iter()
            .any(|slice| slice.stream == self.clock && self.look_for_correction(&slice.events));
        let body = (!self.corrections.is_empty()).then(|| commit.command_body.clone());
        let appended = self.log.append(commit).await?;
        if corrects {
            // It is shown by its own rule from the next start on.
            return Ok(Appended { recorded_at: at, ..appended });
        }
        let Some(body) = body else { return Ok(appended) };
        let stored_at = appended.recorded_at;
        let show =
            |shown, correction: &Correction| correction.recorded_after(stored_at, &body).unwrap_or(shown);
        let recorded_at = self.corrections.iter().fold(stored_at, show);
        Ok(Appended { recorded_at, ..appended })
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        Ok(self.shown(self.log.read_stream(stream, after).await?))
    }

    async fn glance_at_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        Ok(self.shown(self.log.glance_at_stream(stream, after).await?))
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        self.log.revision(stream).await
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        Ok(self.shown(self.log.read(after, limit).await?))
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        Ok(self.shown(self.log.find_command(command).await?))
    }

    async fn head(&self) -> Result<Position, ReadError> {
        self.log.head().await
    }

    async fn glance_at_head(&self) -> Result<Position, ReadError> {
        self.log.glance_at_head().await
    }

    async fn wait_past(&self, after: Position) -> Result<Position, ReadError> {
        self.log.wait_past(after).await
    }

    fn corrected_at(&self) -> Position {
        self.corrections.last().map_or(Position::START, Correction::position)
    }

    fn corrected_until(&self, position: Position) -> Option<Arc<dyn EventLog>> {
        if position == Position::START {
            return Some(self.log.clone());
        }
        let index = self.corrections.iter().position(|correction| correction.position() == position)?;
        Some(Arc::new(Self {
            log: self.log.clone(),
            corrections: self.corrections[..=index].to_vec(),
            clock: self.clock.clone(),
            outdated: watch::Sender::new(false),
        }))
    }
}

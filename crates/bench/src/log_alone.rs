//! The embedded log alone: writers that append as fast as they are answered.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use resit_domain::Timestamp;
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{Commit, EventData, EventLog as _, Position, Slice};

use crate::BenchError;
use crate::drive::{Client, Measured, drive};

/// The stored form of each commit, and so of each record, with the frame's header.
pub(crate) const FRAME_BYTES: usize = RECORD_BYTES + 32;

const RECORD_BYTES: usize = 300;

/// What the stored form takes besides the event's body.
const ENVELOPE_BYTES: usize = 176;

/// A stream gets so many records, as an entitlement does.
const RECORDS_PER_STREAM: u64 = 5;

struct Writer {
    log: EmbeddedLog,
    number: u64,
    /// Of the stream that it appends to.
    revision: Position,
}

impl Client for Writer {
    async fn send(&mut self, n: u64) -> Result<(), BenchError> {
        let appended = self.log.append(commit(self.number, n, self.revision)).await;
        self.revision = appended.map_err(|error| BenchError::Broken(error.to_string()))?.last;
        Ok(())
    }
}

/// As many writers append records to a new log for so long.
pub(crate) async fn appends(folder: &Path, writers: u64, round: Duration) -> Result<Measured, BenchError> {
    let (log, _) = EmbeddedLog::open(folder, &Config::default())?;
    let writer = |number| Writer { log: log.clone(), number, revision: Position::START };
    let mut measured = drive((0..writers).map(writer).collect(), round).await?;
    measured.per_sync = Some(measured.each(log.syncs()));
    Ok(measured)
}

/// The `n`th commit of a writer, whose stream is at `revision`.
fn commit(writer: u64, n: u64, revision: Position) -> Commit {
    static BODY: [u8; RECORD_BYTES - ENVELOPE_BYTES] = [0x5a; RECORD_BYTES - ENVELOPE_BYTES];
    let stream = format!("entitlement/{writer:04}-{:012}", n / RECORDS_PER_STREAM);
    let expected = if n.is_multiple_of(RECORDS_PER_STREAM) { Position::START } else { revision };
    let recorded_at = Timestamp::from_millis(1_567_332_000_000).expect("a year of this century");
    let event = EventData {
        kind: "ExamFailed".into(),
        version: 1,
        happened_at: recorded_at,
        body: Bytes::from_static(&BODY),
    };
    Commit {
        command: format!("w{writer:04}-{n:012}").parse().expect("a valid id"),
        command_body: Bytes::from_static(b"\x80"),
        actor: "bench".parse().expect("a valid id"),
        recorded_at,
        slices: vec![Slice { stream: stream.as_str().into(), expected, events: vec![event] }],
    }
}

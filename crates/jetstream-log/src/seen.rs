//! What this process has seen of the log: never ahead of it, and often behind.

use std::sync::atomic::{AtomicI64, Ordering};

use quick_cache::sync::Cache;
use resit_domain::{CommandId, Timestamp};
use resit_event_log::{Position, Record, StreamId};

/// How many streams' revisions, and how many commands, are kept.
const KEPT_MAX: usize = 200_000;

/// The newest that was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// A stream is at this revision or further: revisions never go back.
    revisions: Cache<StreamId, Position>,
    /// Commands that are on record.
    commands: Cache<CommandId, ()>,
    /// The latest recorded time, in milliseconds: nothing that is written from here is recorded earlier.
    recorded_at: AtomicI64,
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self {
            revisions: Cache::new(KEPT_MAX),
            commands: Cache::new(KEPT_MAX),
            recorded_at: AtomicI64::new(i64::MIN),
        }
    }

    /// Notes a record that is in the log.
    pub(crate) fn note(&self, record: &Record) {
        self.note_revision(&record.stream, record.position);
        if record.slice == 0 {
            self.note_command(&record.command);
        }
        self.recorded_at.fetch_max(record.recorded_at.millis(), Ordering::Relaxed);
    }

    /// Notes that a stream is this far.
    pub(crate) fn note_revision(&self, stream: &StreamId, revision: Position) {
        if self.revision(stream).is_none_or(|known| known < revision) {
            self.revisions.insert(stream.clone(), revision);
        }
    }

    /// How far a stream is at least.
    pub(crate) fn revision(&self, stream: &StreamId) -> Option<Position> {
        self.revisions.get(stream)
    }

    /// Notes that a command is on record.
    pub(crate) fn note_command(&self, command: &CommandId) {
        self.commands.insert(command.clone(), ());
    }

    /// Whether a command is known to be on record.
    pub(crate) fn has_command(&self, command: &CommandId) -> bool {
        self.commands.get(command).is_some()
    }

    /// The time to record something at that was given at `at`.
    pub(crate) fn not_before(&self, at: Timestamp) -> Timestamp {
        let before = self.recorded_at.fetch_max(at.millis(), Ordering::Relaxed);
        Timestamp::from_millis(before.max(at.millis())).unwrap_or(at)
    }
}

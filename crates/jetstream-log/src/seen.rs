//! What this process has seen of the log: never ahead of it, and often behind.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use quick_cache::sync::Cache;
use resit_domain::{CommandId, Timestamp};
use resit_event_log::{Position, Record, StreamId};

/// How many streams' revisions, and how many commands, are kept.
const KEPT_MAX: usize = 200_000;

/// The newest that was seen. What is read is noted once somebody has asked, which is who appends: who only follows the log
/// would pay for it and never ask.
#[derive(Debug)]
pub(crate) struct Seen {
    is_asked: AtomicBool,
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
            is_asked: AtomicBool::new(false),
            revisions: Cache::new(KEPT_MAX),
            commands: Cache::new(KEPT_MAX),
            recorded_at: AtomicI64::new(i64::MIN),
        }
    }

    /// Notes a record that is in the log.
    pub(crate) fn note(&self, record: &Record) {
        self.recorded_at.fetch_max(record.recorded_at.millis(), Ordering::Relaxed);
        if !self.is_asked.load(Ordering::Relaxed) {
            return;
        }
        self.note_revision(&record.stream, record.position);
        if record.slice == 0 {
            self.note_command(&record.command);
        }
    }

    /// Notes that a stream is this far.
    pub(crate) fn note_revision(&self, stream: &StreamId, revision: Position) {
        if self.revisions.get(stream).is_none_or(|known| known < revision) {
            self.revisions.insert(stream.clone(), revision);
        }
    }

    /// How far a stream is at least.
    pub(crate) fn revision(&self, stream: &StreamId) -> Option<Position> {
        self.is_asked.store(true, Ordering::Relaxed);
        self.revisions.get(stream)
    }

    /// Notes that a command is on record.
    pub(crate) fn note_command(&self, command: &CommandId) {
        self.commands.insert(command.clone(), ());
    }

    /// Whether a command is known to be on record.
    pub(crate) fn has_command(&self, command: &CommandId) -> bool {
        self.is_asked.store(true, Ordering::Relaxed);
        self.commands.get(command).is_some()
    }

    /// The time to record something at that was given at `at`.
    pub(crate) fn not_before(&self, at: Timestamp) -> Timestamp {
        let before = self.recorded_at.fetch_max(at.millis(), Ordering::Relaxed);
        Timestamp::from_millis(before.max(at.millis())).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use resit_event_log::contract::given::{at, commit};

    use super::*;

    #[test]
    fn what_is_read_is_noted_for_who_appends() {
        let record = commit("c1").on("a/1", 0).into_records(Position(1), at(7)).next().unwrap();
        let seen = Seen::new();
        seen.note(&record);
        assert_eq!(seen.not_before(at(3)), at(7), "time never goes back, whoever asks");
        assert!(!seen.has_command(&record.command), "nobody had asked before");
        seen.note(&record);
        assert!(seen.has_command(&record.command));
        assert_eq!(seen.revision(&record.stream), Some(Position(1)));
    }
}

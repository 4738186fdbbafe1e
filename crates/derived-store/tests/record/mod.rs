//! A record that a checkpoint can stand at.

use resit_domain::Timestamp;
use resit_event_log::{Commit, EventData, Position, Record, Slice};

/// The record of a commit at a position.
pub(crate) fn record(position: u64) -> Record {
    let at = Timestamp::from_millis(0).unwrap();
    let event = EventData { kind: "Noted".into(), version: 1, happened_at: at, body: Vec::new().into() };
    let commit = Commit {
        command: "c".parse().unwrap(),
        command_body: Vec::new().into(),
        actor: "desk".parse().unwrap(),
        recorded_at: at,
        slices: vec![Slice { stream: "exam/x".into(), expected: Position::START, events: vec![event] }],
    };
    commit.into_records(Position(position), at).next().unwrap()
}

//! Short ways to say what is appended and what is expected.

use std::sync::Arc;

use bytes::Bytes;
use resit_domain::Timestamp;

use crate::{AppendError, Appended, Commit, EventData, EventLog, Position, Record, Slice, StreamId};

/// A log to run a case on.
pub type Log = Arc<dyn EventLog>;

/// A commit without slices, given at the instant 0.
pub fn commit(command: &str) -> Commit {
    Commit {
        command: command.parse().expect("a case uses valid ids"),
        command_body: Bytes::from(format!("body of {command}")),
        actor: "tester".parse().expect("a case uses valid ids"),
        recorded_at: at(0),
        slices: Vec::new(),
    }
}

impl Commit {
    /// The commit with one more slice, of one event.
    #[must_use]
    pub fn on(self, stream: &str, expected: u64) -> Self {
        self.with(stream, expected, vec![event("Tried", b"\x80")])
    }

    /// The commit with one more slice.
    #[must_use]
    pub fn with(mut self, stream: &str, expected: u64, events: Vec<EventData>) -> Self {
        self.slices.push(Slice { stream: stream.into(), expected: Position(expected), events });
        self
    }

    /// The commit, given at another instant.
    #[must_use]
    pub fn at(mut self, millis: i64) -> Self {
        self.recorded_at = at(millis);
        self
    }
}

/// An event at the instant 0.
pub fn event(kind: &'static str, body: &[u8]) -> EventData {
    EventData { kind: kind.into(), version: 1, happened_at: at(0), body: Bytes::copy_from_slice(body) }
}

/// An instant.
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("a case uses valid instants")
}

/// Appends what must be taken.
pub async fn taken(log: &Log, commit: Commit) -> Appended {
    let command = commit.command.clone();
    log.append(commit).await.unwrap_or_else(|error| panic!("{command} must be taken: {error}"))
}

/// Appends what must conflict, and checks whom the conflict names.
pub async fn conflicts(log: &Log, commit: Commit, stream: &str, expected: u64, actual: u64) {
    let error = log.append(commit).await.expect_err("the commit must conflict");
    let AppendError::Conflict { stream: s, expected: e, actual: a } = error else {
        panic!("not a conflict: {error}")
    };
    assert_eq!((s.as_str(), e, a), (stream, Position(expected), Position(actual)));
}

/// Appends what must be answered as taken before, at `position`.
pub async fn taken_before(log: &Log, commit: Commit, position: u64) {
    let error = log.append(commit).await.expect_err("the command must be taken");
    let AppendError::CommandTaken { position: p } = error else { panic!("not taken: {error}") };
    assert_eq!(p, Position(position));
}

/// Appends what must be invalid, with a reason that names `hint`.
pub async fn invalid(log: &Log, commit: Commit, hint: &str) {
    let error = log.append(commit).await.expect_err("the commit must be invalid");
    let AppendError::Invalid { reason } = error else { panic!("not invalid: {error}") };
    assert!(reason.contains(hint), "`{reason}` must speak of `{hint}`");
}

/// The whole log.
pub async fn all(log: &Log) -> Vec<Record> {
    log.read(Position::START, usize::MAX).await.expect("the log can be read")
}

/// A whole stream.
pub async fn stream(log: &Log, name: &str) -> Vec<Record> {
    log.read_stream(&StreamId::from(name), Position::START).await.expect("the log can be read")
}

/// A stream's revision.
pub async fn revision(log: &Log, name: &str) -> u64 {
    log.revision(&StreamId::from(name)).await.expect("the log can be read").0
}

/// The log's head.
pub async fn head(log: &Log) -> u64 {
    log.head().await.expect("the log can be read").0
}

/// The records a command made.
pub async fn found(log: &Log, command: &str) -> Vec<Record> {
    log.find_command(&command.parse().expect("a case uses valid ids")).await.expect("the log can be read")
}

/// The positions of records.
pub fn positions(records: &[Record]) -> Vec<u64> {
    records.iter().map(|record| record.position.0).collect()
}

/// Checks that positions grow, that a commit's records stand together, that times never run backwards, and that every
/// method agrees with it.
pub async fn sound(log: &Log) -> Vec<Record> {
    let records = all(log).await;
    assert!(records.is_sorted_by(|a, b| a.position < b.position), "positions grow");
    for pair in records.windows(2).filter(|pair| pair[1].slice > 0) {
        assert_eq!(pair[1].position, pair[0].position.plus(1), "a commit's records stand together");
    }
    assert!(records.is_sorted_by_key(|record| record.recorded_at), "recorded times never run backwards");
    assert_eq!(head(log).await, records.last().map_or(0, |record| record.position.0));
    for record in &records {
        let stream = stream(log, record.stream.as_str()).await;
        assert!(stream.contains(record), "its stream has the record at {}", record.position);
        assert_eq!(Some(revision(log, record.stream.as_str()).await), positions(&stream).last().copied());
        let commit = found(log, record.command.as_str()).await;
        assert_eq!(commit.get(usize::from(record.slice)), Some(record));
        assert_eq!(commit.len(), usize::from(record.slices));
    }
    records
}

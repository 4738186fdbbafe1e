//! A log that forgets: for stories, tests and trying things out.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use resit_domain::{CommandId, Timestamp};
use tokio::sync::watch;

use crate::{AppendError, Appended, Commit, EventLog, Position, ReadError, Record, StreamId};

/// A log in memory. It keeps the whole contract but durability.
#[derive(Debug)]
pub struct MemoryLog {
    state: Mutex<State>,
    head: watch::Sender<Position>,
}

#[derive(Debug, Default)]
struct State {
    records: Vec<Record>,
    streams: HashMap<StreamId, Vec<Position>>,
    commands: HashMap<CommandId, Position>,
    recorded_at: Option<Timestamp>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryLog {
    /// An empty log.
    pub fn new() -> Self {
        Self { state: Mutex::default(), head: watch::Sender::new(Position::START) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no code panics while it holds the lock")
    }
}

impl State {
    fn head(&self) -> Position {
        Position(self.records.len() as u64)
    }

    fn revision(&self, stream: &StreamId) -> Position {
        self.streams.get(stream).and_then(|p| p.last()).copied().unwrap_or_default()
    }

    fn behind(&self, after: Position) -> &[Record] {
        let start = usize::try_from(after.0).unwrap_or(usize::MAX);
        self.records.get(start..).unwrap_or_default()
    }

    fn append(&mut self, commit: Commit) -> Result<Appended, AppendError> {
        if let Some(&position) = self.commands.get(&commit.command) {
            return Err(AppendError::CommandTaken { position });
        }
        for slice in &commit.slices {
            let actual = self.revision(&slice.stream);
            if actual != slice.expected {
                return Err(AppendError::Conflict {
                    stream: slice.stream.clone(),
                    expected: slice.expected,
                    actual,
                });
            }
        }
        let after = self.head();
        let first = after.plus(1);
        let recorded_at = self.recorded_at.map_or(commit.recorded_at, |last| last.max(commit.recorded_at));
        self.recorded_at = Some(recorded_at);
        self.commands.insert(commit.command.clone(), first);
        for record in commit.into_records(first, recorded_at) {
            self.streams.entry(record.stream.clone()).or_default().push(record.position);
            self.records.push(record);
        }
        Ok(Appended { after, first, last: self.head(), recorded_at })
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        commit.check()?;
        let mut state = self.state();
        let appended = state.append(commit)?;
        // Inside the lock, so that the head that waiters see never runs backwards.
        self.head.send_replace(appended.last);
        Ok(appended)
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        let state = self.state();
        let positions = state.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let start = positions.partition_point(|p| *p <= after);
        Ok(positions[start..].iter().map(|p| state.behind(Position(p.0 - 1))[0].clone()).collect())
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        Ok(self.state().revision(stream))
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        Ok(self.state().behind(after).iter().take(limit.max(1)).cloned().collect())
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        let state = self.state();
        let Some(first) = state.commands.get(command) else { return Ok(Vec::new()) };
        let records = state.behind(Position(first.0 - 1));
        Ok(records[..usize::from(records[0].slices)].to_vec())
    }

    async fn head(&self) -> Result<Position, ReadError> {
        Ok(self.state().head())
    }

    async fn wait_past(&self, after: Position) -> Result<Position, ReadError> {
        let mut head = self.head.subscribe();
        let head = head.wait_for(|head| *head > after).await;
        Ok(*head.expect("the sender lives as long as the log"))
    }
}

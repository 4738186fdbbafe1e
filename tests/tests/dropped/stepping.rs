//! A log whose every call lets its caller wait before and after, as a real one does somewhere.

use async_trait::async_trait;
use resit_domain::CommandId;
use resit_event_log::{
    AppendError, Appended, Commit, EventLog, MemoryLog, Position, ReadError, Record, StreamId,
};
use tokio::task::yield_now;

/// A log in memory that waits once before and once after each thing that it does.
pub(crate) struct Stepping(pub(crate) MemoryLog);

async fn stepped<T>(call: impl Future<Output = T>) -> T {
    yield_now().await;
    let answer = call.await;
    yield_now().await;
    answer
}

#[async_trait]
impl EventLog for Stepping {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        stepped(self.0.append(commit)).await
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        stepped(self.0.read_stream(stream, after)).await
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        stepped(self.0.revision(stream)).await
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        stepped(self.0.read(after, limit)).await
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        stepped(self.0.find_command(command)).await
    }

    async fn head(&self) -> Result<Position, ReadError> {
        stepped(self.0.head()).await
    }

    async fn wait_past(&self, after: Position) -> Result<Position, ReadError> {
        stepped(self.0.wait_past(after)).await
    }
}

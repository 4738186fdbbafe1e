//! A log that acknowledges nothing while it is not proven that what it takes outlives a power cut.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use resit_domain::CommandId;
use resit_event_log::{AppendError, Appended, Commit, EventLog, Position, ReadError, Record, StreamId};
use resit_nats::Link;
use tokio::sync::watch;
use tokio::time::timeout;

use super::durability::Standing;

/// How long an append waits for the proof on a connection that was just made.
const PROOF_MAX: Duration = Duration::from_secs(5);

/// A log on NATS, and what is known of how its servers keep it.
pub(super) struct ProvenLog {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) link: Link,
    pub(super) standing: watch::Receiver<Standing>,
}

impl ProvenLog {
    /// Waits until it is proven on the connection that there is now. Another connection may lead to a server that was started
    /// anew, and told otherwise.
    async fn proven(&self, but: &str) -> Result<(), AppendError> {
        let mut standing = self.standing.clone();
        let known = |standing: &Standing| standing.connection == self.link.connection();
        let fault = match timeout(PROOF_MAX, standing.wait_for(known)).await {
            Ok(Ok(standing)) => standing.fault.clone(),
            Ok(Err(_)) => Some("nobody asks the servers any more: the process is ending".to_owned()),
            Err(_) => Some("the servers have not said so since the connection was made anew".to_owned()),
        };
        let Some(fault) = fault else { return Ok(()) };
        let reason = format!(
            "{but}it is not proven that what is put on record now outlives a power cut: {fault}; once that is mended, send it \
             again with the same id"
        );
        Err(AppendError::Unavailable { reason, source: None })
    }
}

#[async_trait]
impl EventLog for ProvenLog {
    async fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        self.proven("").await?;
        let appended = self.log.append(commit).await;
        // Both say that it is on record, and it is just that which must last.
        if matches!(appended, Ok(_) | Err(AppendError::CommandTaken { .. })) {
            self.proven("it is on record, and ").await?;
        }
        appended
    }

    async fn read_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.log.read_stream(stream, after).await
    }

    async fn glance_at_stream(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        self.log.glance_at_stream(stream, after).await
    }

    async fn revision(&self, stream: &StreamId) -> Result<Position, ReadError> {
        self.log.revision(stream).await
    }

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        self.log.read(after, limit).await
    }

    async fn find_command(&self, command: &CommandId) -> Result<Vec<Record>, ReadError> {
        self.log.find_command(command).await
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
}

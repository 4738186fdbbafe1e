//! How commands are given.

use std::sync::Arc;

use async_trait::async_trait;
use resit_command_handler::{CommandHandler, Failure, Judged, Reply, Request, Seen};
use resit_domain::{CommandId, EntitlementId, ShopId, Timestamp};
use resit_event_log::EventLog;

/// Whoever takes commands.
#[async_trait]
pub trait Commands: Send + Sync + 'static {
    /// Judges a command as it would be judged at `at`, and does nothing.
    async fn judge(&self, request: &Request, at: Timestamp) -> Result<Judged, Failure>;

    /// Takes a command at `at`; one that is on record is answered as the first time.
    async fn handle(&self, request: Request, at: Timestamp) -> Result<Reply, Failure>;

    /// Whether a command with this id is on record.
    async fn is_on_record(&self, id: &CommandId) -> Result<bool, Failure>;

    /// The shop that ordered an entitlement; none if there is no such entitlement.
    async fn shop_of(&self, entitlement: EntitlementId) -> Result<Option<ShopId>, Failure>;
}

/// A handler in this process.
pub struct OwnHandler {
    handler: Arc<CommandHandler>,
    log: Arc<dyn EventLog>,
}

impl OwnHandler {
    /// A handler, and the log that it writes.
    pub fn new(handler: Arc<CommandHandler>, log: Arc<dyn EventLog>) -> Self {
        Self { handler, log }
    }
}

#[async_trait]
impl Commands for OwnHandler {
    async fn judge(&self, request: &Request, at: Timestamp) -> Result<Judged, Failure> {
        self.handler.judge(request, at).await
    }

    async fn handle(&self, request: Request, at: Timestamp) -> Result<Reply, Failure> {
        self.handler.handle(request, at).await
    }

    async fn is_on_record(&self, id: &CommandId) -> Result<bool, Failure> {
        Ok(!self.log.find_command(id).await?.is_empty())
    }

    async fn shop_of(&self, entitlement: EntitlementId) -> Result<Option<ShopId>, Failure> {
        let view = Box::pin(self.handler.view(entitlement, Seen::default())).await?;
        Ok(view.map(|view| view.order.shop))
    }
}

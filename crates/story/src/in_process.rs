//! A ledger in this process, with a handler and a scheduler of its own.

use std::sync::Arc;

use async_trait::async_trait;
use resit_command_handler::{CommandHandler, Failure, Happened, Outcome, Reply, Request, Seen, Settings};
use resit_derived_store::Fault;
use resit_domain::{EntitlementId, EntitlementView, Timestamp, UnitNo};
use resit_event_log::EventLog;
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_voucher_code::{Code, CodeKey};

use crate::venue::{NoAnswer, Venue};

/// A log with the real command handler and the real expiry scheduler over it.
pub struct InProcess {
    key: Arc<CodeKey>,
    handler: Arc<CommandHandler>,
    scheduler: ExpiryScheduler,
}

impl InProcess {
    /// A handler and a scheduler over `log`, with the key that codes are derived from.
    ///
    /// # Errors
    ///
    /// If there is no room for an agenda.
    pub fn new(log: Arc<dyn EventLog>, key: Arc<CodeKey>) -> Result<Self, Fault> {
        let handler = Arc::new(CommandHandler::new(log.clone(), key.clone(), Settings::default()));
        let scheduler = ExpiryScheduler::new(handler.clone(), log, Agenda::in_memory()?);
        Ok(Self { key, handler, scheduler })
    }

    /// The handler.
    pub fn handler(&self) -> &Arc<CommandHandler> {
        &self.handler
    }
}

#[async_trait]
impl Venue for InProcess {
    async fn handle(&self, request: Request, _: Option<Code>, now: Timestamp) -> Result<Reply, NoAnswer> {
        self.handler.handle(request, now).await.map_err(|failure| match failure {
            Failure::IdReused { .. } => NoAnswer::IdReused(failure.to_string()),
            Failure::TooLarge { .. } => NoAnswer::TooLarge(failure.to_string()),
            failure => NoAnswer::failed(failure),
        })
    }

    async fn view(&self, id: EntitlementId, _: Timestamp) -> Result<Option<EntitlementView>, NoAnswer> {
        self.handler.view(id, Seen::default()).await.map_err(NoAnswer::failed)
    }

    async fn code(&self, id: EntitlementId, unit: UnitNo, generation: u16) -> Result<Option<Code>, NoAnswer> {
        Ok(Some(self.key.derive(id, unit, generation)))
    }

    async fn tick(&self, now: Timestamp) -> Result<Vec<(Happened, Timestamp)>, NoAnswer> {
        let replies = self.scheduler.tick(now).await.map_err(NoAnswer::failed)?;
        let mut happened = Vec::new();
        for reply in replies {
            if let Outcome::Accepted { events, .. } = reply.outcome {
                happened.extend(events.into_iter().map(|event| (event, reply.recorded_at)));
            }
        }
        Ok(happened)
    }
}

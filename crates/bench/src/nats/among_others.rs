//! A handler as each process of a ledger on NATS has one: it follows the log, for others may write there too.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Following, Settings};
use resit_event_log::EventLog;
use tokio::task::JoinSet;

use crate::BenchError;
use crate::clock::now;
use crate::in_process::{key, ready};

/// A handler, and what keeps its states fresh as long as this lives.
pub(super) struct AmongOthers {
    pub(super) handler: Arc<CommandHandler>,
    _following: JoinSet<()>,
}

impl AmongOthers {
    /// Over a new log, with an offer and an exam, ready for lives.
    pub(super) async fn ready(log: &Arc<dyn EventLog>) -> Result<Self, BenchError> {
        let handler = CommandHandler::among_others(log.clone(), key(), Settings::default(), Arc::new(now));
        let handler = Arc::new(handler);
        let mut following = Following::begin(handler.clone()).await?;
        let mut tasks = JoinSet::new();
        // What it can't read the handler reads by itself, and tells.
        tasks.spawn(async move { while following.go_on().await.is_ok() {} });
        ready(&handler).await?;
        Ok(Self { handler, _following: tasks })
    }
}

//! Ledgers that are ready for the lives of vouchers: an offer is sold, an exam can be sat.

use std::ops::Range;
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Settings};
use resit_event_log::{EventLog, MemoryLog, Position};
use resit_voucher_code::CodeKey;

use crate::life;

/// A log, and a handler over it.
pub struct Ledger {
    /// The log.
    pub log: Arc<dyn EventLog>,
    /// The handler.
    pub handler: Arc<CommandHandler>,
}

impl Ledger {
    /// A ledger in memory.
    pub async fn in_memory() -> Self {
        Self::over(Arc::new(MemoryLog::new())).await
    }

    /// A ledger over a log that is empty.
    pub async fn over(log: Arc<dyn EventLog>) -> Self {
        let handler = handler(&log);
        for request in life::setting() {
            handler.handle(request, life::day_one()).await.unwrap();
        }
        Self { log, handler }
    }

    /// Takes these vouchers through these steps of their lives.
    pub async fn live(&self, vouchers: Range<u64>, steps: Range<u64>) {
        for voucher in vouchers {
            for step in steps.clone() {
                self.handler.handle(life::command(voucher, step), life::judged_at()).await.unwrap();
            }
        }
    }

    /// How many facts of a kind are on record.
    pub async fn count(&self, kind: &str) -> usize {
        let records = self.log.read(Position::START, usize::MAX).await.unwrap();
        records.iter().flat_map(|record| &record.events).filter(|event| event.kind == kind).count()
    }
}

/// A handler over a log, with states of its own. All have one key, as those of one ledger do.
pub fn handler(log: &Arc<dyn EventLog>) -> Arc<CommandHandler> {
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    Arc::new(CommandHandler::new(log.clone(), key, Settings::default()))
}

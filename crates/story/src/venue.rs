//! Where a story is told: what it asks of a ledger, whether that is in this process or behind a server.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use resit_command_handler::{Happened, Reply, Request};
use resit_domain::{EntitlementId, EntitlementView, Timestamp, UnitNo};
use resit_voucher_code::Code;

/// A ledger that stories can be told on. The story's clock comes with every call.
#[async_trait]
pub trait Venue: Send + Sync {
    /// Takes a command at `now`. A voucher that is meant by its code has its fingerprint in the command, and the code
    /// beside it, for what lies behind a door that takes only codes.
    async fn handle(&self, request: Request, code: Option<Code>, now: Timestamp) -> Result<Reply, NoAnswer>;

    /// An entitlement as it stands.
    async fn view(&self, id: EntitlementId, now: Timestamp) -> Result<Option<EntitlementView>, NoAnswer>;

    /// The code of a voucher; `generation` counts its replacements, from 0. None if the venue can't tell it.
    async fn code(&self, id: EntitlementId, unit: UnitNo, generation: u16) -> Result<Option<Code>, NoAnswer>;

    /// Runs the expiry scheduler, and returns what it put on record since it was last asked, with when that was.
    async fn tick(&self, now: Timestamp) -> Result<Vec<(Happened, Timestamp)>, NoAnswer>;
}

/// Why a venue gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoAnswer {
    /// The command's id is on record with another body.
    #[error("{0}")]
    IdReused(String),
    /// The command asks for more than one commit holds.
    #[error("{0}")]
    TooLarge(String),
    /// Something else failed.
    #[error("the ledger did not answer")]
    Failed(#[source] Arc<dyn Error + Send + Sync>),
}

impl NoAnswer {
    /// A failure that no story can expect.
    pub fn failed(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Failed(Arc::new(cause))
    }
}

//! What an operator may ask that other roles do: the program that runs them all passes them in.

use async_trait::async_trait;
use resit_api::{ExpireDue, Problem, ProblemKind, Rebuilt, Status, Verified};
use resit_domain::Timestamp;

/// Deeds and news of the roles beside the gateway. What a process does not say here is another's to do, and is not asked of it.
#[async_trait]
pub trait Upkeep: Send + Sync + 'static {
    /// Puts on record all that is due by `now`.
    async fn expire_due(&self, _now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        elsewhere()
    }

    /// Tells what is due by `now`, and does nothing.
    async fn due(&self, _now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        elsewhere()
    }

    /// Checks the log, and what is derived from it.
    async fn verify(&self) -> Result<Verified, UpkeepFailure> {
        elsewhere()
    }

    /// Makes what is derived from the log anew.
    async fn rebuild(&self) -> Result<Rebuilt, UpkeepFailure> {
        elsewhere()
    }

    /// Tells how the ledger is.
    async fn status(&self, _now: Timestamp) -> Result<Status, UpkeepFailure> {
        elsewhere()
    }
}

fn elsewhere<T>() -> Result<T, UpkeepFailure> {
    Err(UpkeepFailure::Unavailable("another role does that; it reached the wrong process".to_owned()))
}

/// Nothing but commands and questions.
#[derive(Debug, Clone, Copy)]
pub struct NoUpkeep;

impl Upkeep for NoUpkeep {}

/// Why such a deed was not done: what happened, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpkeepFailure {
    /// Not now; the same may work later.
    Unavailable(String),
    /// The same, or what it would get in the way of, is under way: how far that is.
    UnderWay(String),
    /// Stored bytes are not what was written.
    Damaged(String),
}

impl From<UpkeepFailure> for Problem {
    fn from(failure: UpkeepFailure) -> Self {
        match failure {
            UpkeepFailure::Unavailable(why) => Problem::new(ProblemKind::Unavailable, why).retry_after(5),
            UpkeepFailure::UnderWay(why) => Problem::new(ProblemKind::UnderWay, why).retry_after(5),
            UpkeepFailure::Damaged(why) => Problem::new(ProblemKind::Damaged, why),
        }
    }
}

//! Why a read model can't be kept or asked.

use resit_derived_store::{Fault, SettleError};
use resit_event_log::ReadError;
use resit_states::StateError;

/// Why a read model can't be kept or asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProjectionError {
    /// The log could not be read.
    #[error("the log can't be read")]
    Read(#[from] ReadError),
    /// A state could not be folded.
    #[error("the log can't be understood")]
    State(#[from] StateError),
    /// The rows can't be used.
    #[error("the read models can't be used")]
    Store(#[from] Fault),
    /// The process stops.
    #[error("the process stops; the rows are written when it runs again")]
    Stopped,
    /// A row is not what this program writes.
    #[error("a row of the read models can't be understood: {0}; `resit rebuild` makes it anew")]
    Row(String),
}

impl From<SettleError> for ProjectionError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Read(e) => e.into(),
            SettleError::Store(e) => e.into(),
        }
    }
}

impl From<rmp_serde::decode::Error> for ProjectionError {
    fn from(error: rmp_serde::decode::Error) -> Self {
        ProjectionError::Row(error.to_string())
    }
}

//! Why a scheduler can't go on. Whatever it is, no right lasts longer for it.

use resit_command_handler::Failure;
use resit_derived_store::{Fault, SettleError};
use resit_domain::EntitlementId;
use resit_event_log::ReadError;
use resit_states::StateError;

/// Why a scheduler can't go on.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SchedulerError {
    /// The log could not be read.
    #[error("the log can't be read")]
    Read(#[from] ReadError),
    /// A state could not be folded.
    #[error("the log can't be understood")]
    State(#[from] StateError),
    /// The agenda can't be used.
    #[error("the agenda can't be used")]
    Agenda(#[from] Fault),
    /// The handler gave no answer.
    #[error("a command got no answer")]
    Handler(#[from] Failure),
    /// Some of what is due got no answer; everything else that was is on record.
    #[error(
        "{count} of the entitlements that are due got no answer, the first of them {first}; all others are on record"
    )]
    Left {
        /// How many.
        count: usize,
        /// The first of them.
        first: EntitlementId,
        /// Why that one got none.
        #[source]
        failure: Failure,
    },
}

impl From<SettleError> for SchedulerError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Read(e) => e.into(),
            SettleError::Store(e) => e.into(),
        }
    }
}

//! Whether what was asked got a no, or no answer that counts.

use resit_api::ProblemKind;
use resit_command_handler::Failure;
use resit_event_log::AppendError;

use super::stopped::Said;

/// What is asked can't be done, and that is the answer.
const TURNED_DOWN: &str = "this was turned down";
/// It can't be done now, for what the causes say.
const NOT_DONE: &str = "this could not be done";

impl Said {
    /// Whether it is an answer about what was asked, and not about the server.
    pub(super) fn is_turned_down(&self) -> bool {
        self.0.r#type.status() < 500
    }

    /// Whether it is certain that nothing was done: the command was turned down, or not judged at all.
    pub(super) fn is_certain(&self) -> bool {
        self.is_turned_down() || self.0.r#type == ProblemKind::ClockUntrusted
    }

    /// What heads it.
    pub(super) fn heading(&self) -> &'static str {
        if self.is_turned_down() { TURNED_DOWN } else { NOT_DONE }
    }
}

/// Whether a handler says that what was asked can't be done, and not that it can't do it now.
pub(super) fn is_turned_down(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::TooLarge { .. }
            | Failure::IdTooLong { .. }
            | Failure::IdOfTheLedger { .. }
            | Failure::IdReused { .. }
            | Failure::UnknownCommand(_)
            | Failure::Append(AppendError::Invalid { .. })
    )
}

/// What heads a handler's failure: the same words as if a server had told of it.
pub(super) fn heading(failure: &Failure) -> &'static str {
    if is_turned_down(failure) { TURNED_DOWN } else { NOT_DONE }
}

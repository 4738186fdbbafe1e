//! Whether a commit may be written.

use resit_event_log::{AppendError, Position, ReadError};

use crate::{
    index::LiveIndex,
    name::Name,
    request::{Request, unreadable},
    shared::Shared,
};

/// Checks the command id, then the streams in order, against all that was put in order before: the active segment's
/// index holds even what is not yet durable.
pub(super) fn judge(request: &Request, live: &LiveIndex, shared: &Shared) -> Result<(), AppendError> {
    let known = Known { request, live, shared };
    let taken = known.position(&request.command()).map_err(unreadable)?.or(request.command_sealed);
    if let Some(position) = taken {
        return Err(AppendError::CommandTaken { position });
    }
    for claim in &request.claims {
        let expected = claim.expected;
        let actual = known.position(&claim.name()).map_err(unreadable)?.unwrap_or(claim.sealed);
        if actual != expected {
            return Err(AppendError::Conflict { stream: claim.stream.clone(), expected, actual });
        }
    }
    Ok(())
}

/// What was not known yet when the request was prepared.
struct Known<'a> {
    request: &'a Request,
    live: &'a LiveIndex,
    shared: &'a Shared,
}

impl Known<'_> {
    fn position(&self, name: &Name<'_>) -> Result<Option<Position>, ReadError> {
        if let Some(position) = self.live.position(name) {
            return Ok(Some(Position(position)));
        }
        let sealed = self.shared.sealed();
        let seen = self.request.sealed_seen;
        // Hardly ever is a segment sealed between the two.
        if sealed.segments.len() == seen { Ok(None) } else { self.shared.position_in(&sealed, seen, name) }
    }
}

//! Whether a commit may be written.

use resit_event_log::{AppendError, Position, ReadError};

use crate::{
    index::LiveIndex,
    name::Name,
    request::{Claim, Request, unreadable},
    shared::Shared,
};

/// Checks the command id, then the streams in order, against all that was put in order before: the active segment's
/// index holds even what is not yet durable.
pub(super) fn judge(request: &Request, live: &LiveIndex, shared: &Shared) -> Result<(), AppendError> {
    let since = Since { request, shared };
    let taken = match live.command(&request.command) {
        Some(position) => Some(Position(position)),
        None => since
            .position(&Name::Command(request.command.name()))
            .map_err(unreadable)?
            .or(request.command_sealed),
    };
    if let Some(position) = taken {
        return Err(AppendError::CommandTaken { position });
    }
    for Claim { stream, expected, sealed } in &request.claims {
        let actual = match live.revision(stream) {
            Some(position) => Position(position),
            None => since.position(&Name::Stream(stream.name())).map_err(unreadable)?.unwrap_or(*sealed),
        };
        if actual != *expected {
            return Err(AppendError::Conflict { stream: stream.name().clone(), expected: *expected, actual });
        }
    }
    Ok(())
}

/// The segments that were sealed after the request was prepared. There are hardly ever any.
struct Since<'a> {
    request: &'a Request,
    shared: &'a Shared,
}

impl Since<'_> {
    fn position(&self, name: &Name<'_>) -> Result<Option<Position>, ReadError> {
        let sealed = self.shared.sealed();
        match &sealed[self.request.sealed_seen..] {
            [] => Ok(None),
            since => self.shared.position_in(since, name),
        }
    }
}

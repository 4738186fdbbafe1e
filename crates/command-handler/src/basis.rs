//! What a command is judged by: states that are kept, or the log itself.

use std::time::Instant;

use resit_domain::Stream;
use resit_states::{AsOf, is_common};

use crate::CommandHandler;
use crate::commit::Write;
use crate::gather::Gathered;
use crate::presume::is_asserted;

/// What a command is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// States that are kept. Nobody else writes the log, or so it was promised: see [`CommandHandler::new`].
    Own,
    /// States that are kept, and have in them what was on record by this moment.
    FreshSince(Instant),
    /// The log itself.
    Log,
}

impl Basis {
    pub(crate) fn as_of(self) -> AsOf {
        match self {
            Basis::Own | Basis::FreshSince(_) => AsOf::Cached,
            Basis::Log => AsOf::Head,
        }
    }
}

impl CommandHandler {
    /// What a command that has come can be judged by.
    pub(crate) async fn basis(&self) -> Basis {
        let Some(freshness) = &self.freshness else { return Basis::Own };
        match freshness.fresh() {
            Some(since) => Basis::FreshSince(since),
            None => Box::pin(freshness.proven()).await.map_or(Basis::Log, Basis::FreshSince),
        }
    }

    /// Whether a judgement may go on record: all that it rests on is asserted by the append, or never changes, or is common and
    /// still known to be fresh.
    pub(crate) fn is_sound(&self, basis: Basis, gathered: &Gathered, writes: &[Write]) -> bool {
        if !is_asserted(gathered.presumed.as_ref(), writes) {
            return false;
        }
        let (Some(freshness), Basis::FreshSince(since)) = (&self.freshness, basis) else { return true };
        let is_safe = |stream: &Stream| {
            is_common(stream)
                // A code leads where it leads for ever.
                || matches!(stream, Stream::Code(_))
                || writes.iter().any(|write| write.stream == *stream)
        };
        freshness.holds(since) && gathered.read.iter().all(|(stream, _)| is_safe(stream))
    }
}

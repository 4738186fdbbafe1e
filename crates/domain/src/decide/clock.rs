//! Confirming the clock.

use super::{Decision, Known};
use crate::event::ClockConfirmed;
use crate::{ConfirmClock, LedgerClock, Stream, Timestamp};

impl Known {
    /// No rule is asked: whether the clock shows what the operator says is checked where the clock is read.
    pub(super) fn confirm_clock(&self, c: &ConfirmClock, at: Timestamp) -> Decision {
        let mut decision = Decision::default();
        let confirmed = ClockConfirmed { reads: c.reads, recorded_until: self.recorded_until };
        decision.put(Stream::Clock(LedgerClock), at, confirmed);
        decision
    }
}

//! The time, as a server asks for it.

use resit_clock_guard::Untrusted;
use resit_domain::Timestamp;

/// The clock of a ledger, given from outside.
pub trait Clock: Send + Sync + 'static {
    /// What time it is, as far as is known: for what is shown and measured. Nothing is judged by it.
    fn now(&self) -> Timestamp;

    /// The time to judge by.
    ///
    /// # Errors
    ///
    /// If the clock does not fit the evidence. Then nothing is judged, and nothing expires.
    fn trusted_now(&self) -> Result<Timestamp, Untrusted> {
        Ok(self.now())
    }

    /// An operator's confirmation of the clock is on record, given when it showed `at`.
    fn confirm(&self, _at: Timestamp) {}

    /// Whether it is a rehearsal's, which can be set.
    fn is_settable(&self) -> bool;

    /// Sets it, for a rehearsal; it stands there until it is set again.
    ///
    /// # Errors
    ///
    /// If the ledger is a real one.
    fn set(&self, at: Timestamp) -> Result<(), ClockFixed>;
}

/// The clock of a real ledger is nobody's to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFixed;

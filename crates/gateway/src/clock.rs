//! The time, as a server asks for it.

use resit_domain::Timestamp;

/// The clock of a ledger, given from outside.
pub trait Clock: Send + Sync + 'static {
    /// What time it is.
    fn now(&self) -> Timestamp;

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

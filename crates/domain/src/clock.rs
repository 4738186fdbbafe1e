//! The ledger's clock as something that facts are about.

use std::fmt;
use std::str::FromStr;

use crate::InvalidId;

/// The id of the ledger's clock. A ledger has one, so its text form is always `ledger`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LedgerClock;

const TEXT: &str = "ledger";

impl fmt::Display for LedgerClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(TEXT)
    }
}

impl FromStr for LedgerClock {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text == TEXT { Ok(Self) } else { Err(InvalidId::Clock) }
    }
}

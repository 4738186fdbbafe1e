//! The rules of time zones as something that facts are about.

use std::fmt;
use std::str::FromStr;

use crate::InvalidId;

/// The id of the ledger's zone rules. A ledger has them once, so its text form is always `ledger`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LedgerZones;

const TEXT: &str = "ledger";

impl fmt::Display for LedgerZones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(TEXT)
    }
}

impl FromStr for LedgerZones {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text == TEXT { Ok(Self) } else { Err(InvalidId::Zones) }
    }
}

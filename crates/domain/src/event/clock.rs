//! Facts about the ledger's clock.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

super::facts! {
    /// An operator confirmed that the clock is right although it does not fit the time on record.
    ClockConfirmed {
        /// The time that the operator gave.
        reads: Timestamp,
        /// The latest recorded time before that; absent if nothing was on record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recorded_until: Option<Timestamp>,
    }
}

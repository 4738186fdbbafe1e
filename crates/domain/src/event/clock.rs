//! Facts about the ledger's clock.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::correction::{Flip, FlipCounts, Replacement, Voided};

super::facts! {
    /// An operator confirmed that the clock is right although it does not fit the time on record.
    ClockConfirmed {
        /// The time that the operator gave.
        reads: Timestamp,
        /// The latest recorded time before that; absent if nothing was on record.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recorded_until: Option<Timestamp>,
    }
    /// An operator recorded that the clock was ahead for a span of the log. Readers show the span by the right time; what is
    /// stored stays as it is.
    TimeCorrected {
        /// The first position of the span.
        first: u64,
        /// The last position of the span.
        last: u64,
        /// How many milliseconds the clock was ahead.
        ahead_ms: u64,
        /// What the operator gave as the reason.
        reason: String,
        /// The latest stored recorded time before this one. A log never stores an earlier one again, so up to there a stored time
        /// after this correction is no evidence.
        latest: Timestamp,
        /// The time of the record before the span: no corrected time is earlier. Absent if the span begins with the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<Timestamp>,
        /// Facts that no longer count: the moment that they report had not come.
        #[serde(default)]
        voided: Voided,
        /// Records whose facts are different by the right time, and the facts that count instead.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        instead: Vec<Replacement>,
        /// The decisions that the right time turns, as many as are listed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        flips: Vec<Flip>,
        /// How many decisions it turns.
        #[serde(default)]
        turned: FlipCounts,
    }
}

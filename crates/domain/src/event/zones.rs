//! Facts about the rules of time zones.

use serde::{Deserialize, Serialize};

use crate::TermsHash;

super::facts! {
    /// A set of rules of time zones is on record with its whole text.
    ZoneRulesPublished {
        /// The text; see [`ZoneRules`](crate::calendar_time::ZoneRules).
        source: String,
        /// Its SHA-256.
        hash: TermsHash,
    }
}

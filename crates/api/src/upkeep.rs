//! What an operator asks of a running ledger.

use resit_domain::{EntitlementId, Timestamp};
use resit_event_log::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::EventOnStream;

/// Something that has fallen due and is not on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// When it fell due.
    pub due_at: Timestamp,
    /// The entitlement.
    pub entitlement: EntitlementId,
}

/// What a tick of the expiry scheduler did; or, in a dry run, what it would be about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExpireDue {
    /// What went on record, oldest first.
    pub events: Vec<EventOnStream>,
    /// In a dry run: what is due, oldest first.
    pub due: Vec<Due>,
    /// How many more there are of either than the 100,000 that are listed at most.
    #[serde(default)]
    pub more: u64,
}

/// What a check of the whole log and of all that is derived from it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verified {
    /// Whether every byte of the log is as it was written, and nothing is known to be gone.
    pub sound: bool,
    /// How many segments the log has.
    pub segments: usize,
    /// How many sound records it holds.
    pub records: u64,
    /// The last sound position before the first damage, or the last of all.
    #[schemars(with = "u64")]
    pub sound_up_to: Position,
    /// A SHA-256 over all that is sound, 64 hex digits: a copy that has the same holds the same.
    pub digest: String,
    /// Every damage.
    pub damages: Vec<Damage>,
    /// Events that this program can't read because a newer one wrote them, by type and version. They are no damage.
    #[serde(default)]
    pub unknown_events: Vec<String>,
    /// The segments whose index was damaged or another segment's, and what became of it: it is made anew.
    pub index_faults: Vec<String>,
    /// A cut tail that the next open sets aside: its segment and its offset.
    pub torn: Option<(String, u64)>,
    /// What is gone from the end of the log, if read models were made from records that it does not hold any more; the log is
    /// not sound then.
    #[serde(default)]
    pub gone: Option<String>,
    /// Up to which position the read models and the agenda were compared; null if the log is damaged.
    #[schemars(with = "Option<u64>")]
    pub compared_up_to: Option<Position>,
    /// What in them differs from the log; `rebuild` mends it.
    pub differing: Option<Vec<String>>,
}

/// A place where stored bytes are not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Damage {
    /// The segment's file.
    pub segment: String,
    /// Where in it.
    pub offset: u64,
    /// What is wrong there, and what to do.
    pub text: String,
}

/// The read models and the agenda were made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rebuilt {
    /// Up to which position.
    #[schemars(with = "u64")]
    pub position: Position,
}

//! Promises about an order that run on a clock, and goodwill: two smaller parts of an offer.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::calendar_time::Period;

/// The clocks of an offer.
pub type Clocks = Vec<Clock>;

/// A promise of delivery: step `to` follows step `from` within a time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Clock {
    /// Its name.
    pub name: String,
    /// The step that starts it: `purchase`, or any step that the purchase system reports.
    pub from: String,
    /// The step that stops it.
    pub to: String,
    /// The time it has: exact, or business days.
    pub within: Period,
    /// The clause that promises it.
    pub clause: String,
}

/// What the programme may give out of goodwill.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Goodwill {
    /// The reasons an operator may give.
    pub reasons: Vec<String>,
    /// Whether a second person must approve.
    pub approver: Approver,
    /// Whether it may bring back a right that has ended.
    pub revives: Revives,
    /// How long a proposal waits for its second person; seven days to the hour if the file does not say.
    #[serde(default, rename = "proposal_lasts")]
    pub proposal_lasts: Option<Period>,
}

impl Goodwill {
    /// How long a proposal waits where the file does not say, in hours: files of before there were proposals say nothing.
    const PROPOSAL_LASTS_HOURS: i64 = 7 * 24;

    /// When a proposal made at `at` expires, by what the file says or by default.
    pub(crate) fn proposal_expires_at(
        &self,
        at: Timestamp,
        end_of: impl Fn(Period) -> Timestamp,
    ) -> Timestamp {
        self.proposal_lasts.map_or_else(|| at.plus_millis(Self::PROPOSAL_LASTS_HOURS * 3_600_000), end_of)
    }
}

/// Whether a second person must approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approver {
    /// Always.
    Required,
    /// One person may give it.
    Optional,
}

/// Whether goodwill may bring back a right that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Revives {
    /// It may.
    Ended,
    /// Only live rights can be given more.
    Nothing,
}

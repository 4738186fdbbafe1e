//! Promises about an order that run on a clock, and goodwill: two smaller parts of an offer.

use serde::{Deserialize, Serialize};

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
}

/// Whether a second person must approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approver {
    /// Always.
    Required,
    /// If somebody wants to be named.
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

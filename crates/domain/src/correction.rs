//! What a correction of recorded times says of the span that it corrects.

mod bytes_text;

use serde::{Deserialize, Serialize};

use crate::event::TimeCorrected;
use crate::{CommandId, CorrectTime, Timestamp};

/// The most records of which one correction replaces the facts.
pub const REPLACED_MAX: usize = 1_000;

/// The most bytes of facts that one correction puts in the place of others.
pub const REPLACED_BYTES_MAX: usize = 256 << 10;

/// The most decisions that one correction lists.
pub const FLIPS_LISTED_MAX: usize = 1_000;

/// The most records in the span of one correction.
pub const SPAN_MAX: u64 = 1_000_000;

/// Types of facts that the ledger records only because a moment came. Each happened at that moment.
pub const DUE_KINDS: [&str; 3] = ["Expired", "EndsSoon", "DeliveryOverdue"];

/// How many facts no longer count, by type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Voided {
    /// Ends of rights.
    pub expired: u64,
    /// Notices of ends to come.
    pub ends_soon: u64,
    /// Promises of delivery that ran out.
    pub delivery_overdue: u64,
}

impl Voided {
    /// Counts one fact of a type.
    pub fn count(&mut self, kind: &str) {
        match kind {
            "Expired" => self.expired += 1,
            "EndsSoon" => self.ends_soon += 1,
            "DeliveryOverdue" => self.delivery_overdue += 1,
            _ => {}
        }
    }
}

/// Facts that count instead of a record's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replacement {
    /// The record's position.
    pub position: u64,
    /// The facts, in the form in which a log stores them.
    pub facts: Vec<StoredFact>,
}

/// A fact as a log stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoredFact {
    /// Its type.
    pub kind: String,
    /// The version of that type.
    pub version: u16,
    /// When it happened.
    pub happened_at: Timestamp,
    /// Its body: MessagePack, in hexadecimal digits where it is shown to people.
    #[serde(with = "bytes_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub body: Vec<u8>,
}

/// What became of a decision that the right time turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It was accepted; by the right time its facts are different, and these count.
    Replaced,
    /// It was accepted, and stays so, although the right time would have refused it or given facts that do not fit its records.
    Stands,
    /// It was refused, and stays so, although the right time would have accepted it. Give it again with a new command id.
    StaysRefused,
}

/// A decision that the right time turns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Flip {
    /// The command.
    pub command: CommandId,
    /// Its first position.
    pub position: u64,
    /// What became of it.
    pub turn: Turn,
    /// What was decided.
    pub before: String,
    /// What would have been decided by the right time.
    pub after: String,
}

/// How many decisions the right time turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlipCounts {
    /// See [`Turn::Replaced`].
    pub replaced: u64,
    /// See [`Turn::Stands`].
    pub stand: u64,
    /// See [`Turn::StaysRefused`].
    pub stay_refused: u64,
}

impl FlipCounts {
    /// Counts one decision.
    pub fn count(&mut self, turn: Turn) {
        match turn {
            Turn::Replaced => self.replaced += 1,
            Turn::Stands => self.stand += 1,
            Turn::StaysRefused => self.stay_refused += 1,
        }
    }

    /// All of them.
    pub fn total(self) -> u64 {
        self.replaced + self.stand + self.stay_refused
    }
}

/// What a correction does to a span, as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Facts that no longer count.
    pub voided: Voided,
    /// Records whose facts are replaced, by position.
    pub instead: Vec<Replacement>,
    /// The decisions that turn, the first [`FLIPS_LISTED_MAX`] of them.
    pub flips: Vec<Flip>,
    /// How many turn.
    pub turned: FlipCounts,
}

/// The span that an operator names, as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The last position of the span.
    pub last: u64,
    /// The last position of the log.
    pub head: u64,
    /// The recorded time of the first record in the span; absent if there is none, or the span begins within a commit.
    pub first_at: Option<Timestamp>,
    /// The recorded time of the last record in the span; absent if there is none, or the span ends within a commit.
    pub last_at: Option<Timestamp>,
    /// The recorded time of the record before the span.
    pub not_before: Option<Timestamp>,
    /// The latest recorded time that the log has stored.
    pub latest: Timestamp,
    /// The last position that fits into one correction, if the span does not.
    pub fits_until: Option<u64>,
    /// What the correction does.
    pub findings: Findings,
}

impl Span {
    /// The fact that corrects it, with what was found so far.
    pub fn corrected(&self, by: &CorrectTime) -> TimeCorrected {
        let Findings { voided, instead, flips, turned } = self.findings.clone();
        TimeCorrected {
            first: by.first,
            last: self.last,
            ahead_ms: by.ahead_ms.get(),
            reason: by.reason.clone(),
            latest: self.latest,
            not_before: self.not_before,
            voided,
            instead,
            flips,
            turned,
        }
    }
}

impl TimeCorrected {
    /// Whether a position is in the span.
    pub fn covers(&self, position: u64) -> bool {
        (self.first..=self.last).contains(&position)
    }

    /// A time by the clock that was ahead, by the right clock.
    pub fn right_time(&self, at: Timestamp) -> Timestamp {
        let right = earlier(at, self.ahead_ms);
        self.not_before.map_or(right, |not_before| right.max(not_before))
    }

    /// When a fact happened that a record in the span reports, if it was recorded at `recorded_at` by the right clock. What was
    /// reported as earlier than that stays.
    pub fn right_happened(&self, happened_at: Timestamp, recorded_at: Timestamp) -> Timestamp {
        if happened_at <= recorded_at {
            return happened_at;
        }
        earlier(happened_at, self.ahead_ms).min(recorded_at)
    }
}

/// So many milliseconds before an instant.
pub(crate) fn earlier(at: Timestamp, ms: u64) -> Timestamp {
    at.plus_millis(i64::try_from(ms).map_or(i64::MIN, |ms| -ms))
}

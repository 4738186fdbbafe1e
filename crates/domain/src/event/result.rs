//! Facts about results, and what they earn.

use serde::{Deserialize, Serialize};

use crate::{CommandId, ExamCode, ExamResult, Timestamp, UnitNo};

super::facts! {
    /// The exam was passed.
    ExamPassed {
        /// The unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// The exam was failed.
    ExamFailed {
        /// The unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// What the fail earns.
        retake: RetakeVerdict,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// The candidate did not come.
    ExamMissed {
        /// The unit.
        unit: UnitNo,
        /// When it would have been sat.
        sat_at: Timestamp,
        /// What becomes of the attempt.
        attempt: AttemptFate,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// The sitting brought no valid result.
    ExamVoided {
        /// The unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// Technical fault or invalidated.
        result: ExamResult,
        /// What becomes of the attempt.
        attempt: AttemptFate,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// A retake was granted.
    RetakeGranted {
        /// The unit.
        unit: UnitNo,
        /// The attempt it allows, from 2.
        attempt: u16,
        /// The exam it is for.
        exam: ExamCode,
        /// When the wait is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wait_until: Option<Timestamp>,
        /// When it ends, as far as that was known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends_at: Option<Timestamp>,
    }
    /// An unused retake was withdrawn.
    RetakeWithdrawn {
        /// The unit.
        unit: UnitNo,
    }
    /// A result was recorded wrongly, and is this.
    ResultCorrected {
        /// The unit.
        unit: UnitNo,
        /// The attempt.
        attempt: u16,
        /// What was on record.
        was: ExamResult,
        /// What it is.
        now: ExamResult,
        /// When the exam was sat, where that was wrong, too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sat_at: Option<Timestamp>,
        /// What becomes of the attempt now, where the right result changes that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        becomes: Option<AttemptFate>,
        /// Past decisions that would have gone the other way.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        flips: Vec<CommandId>,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
}

/// What a fail earns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RetakeVerdict {
    /// A retake; [`RetakeGranted`] follows.
    Granted,
    /// The voucher carries no more.
    NoneLeft,
    /// No time is left for one.
    NoTime {
        /// When it would have had to be sat or registered.
        ended_at: Timestamp,
        /// The clause of that deadline.
        clause: String,
    },
    /// The exam was not paid, and the retake is free for paid ones only.
    NotPaid,
    /// The right was revoked in the meantime.
    Revoked,
}

/// What becomes of an attempt that brought no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AttemptFate {
    /// It is lost.
    Forfeited,
    /// It is given back.
    GivenBack,
    /// It counts as a fail, and earns this.
    Failed(RetakeVerdict),
}

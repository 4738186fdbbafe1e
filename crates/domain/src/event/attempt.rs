//! Facts on a candidate's own record.

use serde::{Deserialize, Serialize};

use crate::{EntitlementId, ExamCode, ExamResult, ProgrammeId, Timestamp, UnitNo};

super::facts! {
    /// A candidate is registered for a sitting, on their own record.
    AttemptBooked {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// The exam.
        exam: ExamCode,
        /// When it will be sat.
        sit_at: Timestamp,
        /// Whether it is a beta.
        #[serde(default)]
        beta: bool,
        /// The programme of the voucher's offer, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        programme: Option<ProgrammeId>,
    }
    /// That sitting moved.
    AttemptMoved {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// When it will be sat now.
        sit_at: Timestamp,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// That registration was cancelled.
    AttemptCancelled {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// Whether it was late.
        late: bool,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// That sitting has a result.
    AttemptConcluded {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// What came of it.
        result: ExamResult,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// That result was wrong, and is this.
    AttemptCorrected {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// What came of it.
        result: ExamResult,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// A registration of a voucher was refused because of what is on this record. Noted once for each voucher that the record
    /// does not name, so that a correction of the record finds the refusal.
    AttemptRefused {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
    }
}

//! Facts about registrations for a sitting.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    CancelledBy, CandidateId, Category, DeliveryMode, ExamCode, ProviderId, Region, TermsHash, Timestamp,
    UnitNo,
};

super::facts! {
    /// A candidate is registered for a sitting.
    ExamScheduled {
        /// The unit.
        unit: UnitNo,
        /// The attempt, from 1; a retake has 2 or more.
        attempt: u16,
        /// Who will sit it.
        candidate: CandidateId,
        /// The exam.
        exam: ExamCode,
        /// Its categories at the time of registration.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        categories: Vec<Category>,
        /// When it will be sat.
        sit_at: Timestamp,
        /// The exam's last day, as the catalogue knew it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retires_on: Option<NaiveDate>,
        /// The terms that govern from now on, where the offer judges by those in force at scheduling.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<TermsHash>,
        /// How it will be sat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivery: Option<DeliveryMode>,
        /// Who delivers it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<ProviderId>,
        /// Where it will be sat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// Whether the exam was paid at this registration, if it said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paid: Option<bool>,
    }
    /// The sitting moved.
    ExamRescheduled {
        /// The unit.
        unit: UnitNo,
        /// When it will be sat now.
        sit_at: Timestamp,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
    /// The registration was cancelled.
    ExamCancelled {
        /// The unit.
        unit: UnitNo,
        /// Who cancelled; none if a correction took the retake away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<CancelledBy>,
        /// Whether the attempt is given back.
        given_back: bool,
        /// When the registration was made; none if it is the one that was open last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
    }
}

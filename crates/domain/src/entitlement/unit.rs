//! One unit of an entitlement: a voucher with a code and a life of its own.

use chrono::NaiveDate;

use super::Holder;
use super::past::{Given, Step};
use crate::{
    BranchId, CandidateId, Category, ExamCode, ExamResult, Fingerprint, PracticeTestId, RevokeReason, Rule,
    TermsHash, Timestamp, UnitNo,
};

/// A voucher.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its number, from 1.
    pub no: UnitNo,
    /// Which benefit of the terms it carries.
    pub benefit: u8,
    /// The fingerprint of its code.
    pub code: Fingerprint,
    /// Fingerprints of codes that were replaced, oldest first.
    pub replaced: Vec<Fingerprint>,
    /// Its holder, where it has one of its own.
    pub holder: Holder,
    /// The branch it was shared out to.
    pub branch: Option<BranchId>,
    /// Where it stands.
    pub stage: Stage,
    /// Registrations, oldest first.
    pub attempts: Vec<Attempt>,
    /// Attempts given out of goodwill.
    pub extra_attempts: u16,
    /// The terms that govern since the first registration, where the offer judges by those.
    pub terms: Option<TermsHash>,
    /// When it was first registered.
    pub first_scheduled_at: Option<Timestamp>,
    /// No deadline ends before this instant.
    pub extended_until: Option<Timestamp>,
    /// Rules that are not held against it.
    pub waived: Vec<Rule>,
    /// The deadline that passed, if its end is on record.
    pub expired_at: Option<Timestamp>,
    /// Ends that its holder was told of: each end, and when that notice of it fell due.
    pub noticed: Vec<(Timestamp, Timestamp)>,
    /// Why the rest of it was taken back, if some of it had been used by then; what was used stays used.
    pub rest_revoked: Option<RevokeReason>,
    /// What goodwill gave, and when.
    pub(super) gifts: Vec<Given>,
    /// Where it stood, and since when; oldest first.
    pub(super) trail: Vec<Step>,
}

/// Where a unit stands. What only one stage knows is kept in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing happened yet, or every attempt was given back.
    Unused,
    /// The last attempt is registered.
    Registered,
    /// A retake was granted and is not registered.
    Retake {
        /// When the exam was sat that earned it.
        failed_at: Timestamp,
        /// When its result was put on record.
        result_at: Timestamp,
        /// The exam.
        exam: ExamCode,
    },
    /// Its attempts are used up, or the exam was passed.
    Used,
    /// A practice test, library or subscription in use.
    Active {
        /// Since when.
        since: Timestamp,
        /// When a practice test ends.
        ends_at: Option<Timestamp>,
        /// Which practice test.
        test: Option<PracticeTestId>,
    },
    /// It was taken back.
    Revoked(RevokeReason),
}

/// One registration.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Which attempt, from 1. One that was given back leaves its number to the next.
    pub number: u16,
    /// Who sits it.
    pub candidate: CandidateId,
    /// The exam.
    pub exam: ExamCode,
    /// Its categories when it was registered.
    pub categories: Vec<Category>,
    /// The exam's last day, as it was known then.
    pub retires_on: Option<NaiveDate>,
    /// When it was registered.
    pub booked_at: Timestamp,
    /// When it is or was to be sat; when it was sat, once that is known.
    pub sit_at: Timestamp,
    /// What came of it.
    pub end: AttemptEnd,
    /// The result that gave the attempt back, if a result did.
    pub gave_back: Option<ExamResult>,
}

/// What came of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptEnd {
    /// It is open.
    Open,
    /// The attempt was given back.
    GivenBack,
    /// The attempt is lost without a result, by a late cancellation.
    Lost,
    /// It has a result, put on record at that time; [`Right::counts_as_fail`](crate::Right::counts_as_fail) judges it.
    Result {
        /// The result.
        result: ExamResult,
        /// When it was put on record.
        at: Timestamp,
    },
}

impl Unit {
    /// The registration that is open.
    pub fn open(&self) -> Option<&Attempt> {
        self.attempts.last().filter(|attempt| attempt.end == AttemptEnd::Open)
    }

    /// How many attempts are used: registered or concluded, and not given back.
    pub fn attempts_used(&self) -> u16 {
        let used = self.attempts.iter().filter(|a| a.end != AttemptEnd::GivenBack).count();
        u16::try_from(used).unwrap_or(u16::MAX)
    }

    /// The last attempt that was used up: neither given back nor open.
    pub fn last_used(&self) -> Option<&Attempt> {
        self.attempts.iter().rev().find(|a| !matches!(a.end, AttemptEnd::GivenBack | AttemptEnd::Open))
    }
}

//! One registration of a voucher, and all that was reported of it.

use chrono::NaiveDate;

use super::unit::By;
use crate::{
    CancelledBy, CandidateId, Category, ExamCode, ExamResult, PracticeTestId, RevokeReason, TermsHash,
    Timestamp,
};

/// One registration.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// The number under which it was registered, from 1. One that was given back leaves its number to the next.
    pub number: u16,
    /// Who sits it.
    pub candidate: CandidateId,
    /// The exam.
    pub exam: ExamCode,
    /// Its categories when it was registered.
    pub categories: Vec<Category>,
    /// Whether the exam was paid at this registration, if it said.
    pub paid: Option<bool>,
    /// The exam's last day, as it was known then.
    pub retires_on: Option<NaiveDate>,
    /// The terms that govern since this registration, where it chose them.
    pub terms: Option<TermsHash>,
    /// When it was registered.
    pub booked_at: Timestamp,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// When it is to be sat, by the latest move; when it was sat, once that is known.
    pub sit_at: Timestamp,
    /// When it is to be sat, by the latest move, whatever was reported since.
    pub planned_at: Timestamp,
    /// When it was to be sat as it was registered.
    pub(super) first_sit_at: Timestamp,
    /// Moves of the sitting, oldest first.
    pub(super) moves: Vec<Moved>,
    /// Its cancellation.
    pub cancelled: Option<Cancelled>,
    /// Reports of its result, oldest first; the last one is right.
    pub reports: Vec<Report>,
}

/// A move of a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) at: Timestamp,
    pub(super) recorded_at: Timestamp,
    /// When it is to be sat from then on.
    pub(super) to: Timestamp,
}

/// The cancellation of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled {
    /// Who cancelled; none if the ledger did, because a correction or a revocation took the attempt away.
    pub by: Option<CancelledBy>,
    /// When it was cancelled.
    pub at: Timestamp,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// Whether the attempt was given back, by the law under which it was recorded.
    pub given_back: bool,
}

/// A report of what came of a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The result.
    pub result: ExamResult,
    /// When the exam was sat, by this report.
    pub sat_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// The use of a practice test, library or subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// Since when it is used.
    pub since: Timestamp,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// When a practice test ends.
    pub ends_at: Option<Timestamp>,
    /// Which practice test.
    pub test: Option<PracticeTestId>,
}

/// What was unused was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenBack {
    /// Why.
    pub reason: RevokeReason,
    /// When.
    pub at: Timestamp,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

impl Attempt {
    /// Whether it is neither cancelled nor has a result.
    pub fn is_open(&self) -> bool {
        self.cancelled.is_none() && self.reports.is_empty()
    }

    /// The result on record.
    pub fn result(&self) -> Option<ExamResult> {
        self.reports.last().map(|report| report.result)
    }

    /// When it ended: it was sat, or cancelled; none if it is open.
    pub(crate) fn ended_at(&self) -> Option<Timestamp> {
        let cancelled_at = self.cancelled.map(|cancelled| cancelled.at);
        if self.reports.is_empty() { cancelled_at } else { Some(self.sit_at) }
    }

    /// Whether it was made, and neither cancelled nor sat by then, as far as that is known.
    pub(super) fn was_open_at(&self, at: Timestamp) -> bool {
        let cancelled_at = self.cancelled.map(|cancelled| cancelled.at);
        let sat_at = self.reports.last().map(|report| report.sat_at);
        self.booked_at <= at && [cancelled_at, sat_at].into_iter().flatten().all(|ended_at| at < ended_at)
    }

    /// Works out when it is to be sat, by the moves and the last report.
    pub(super) fn plan(&mut self) {
        self.planned_at = self.moves.last().map_or(self.first_sit_at, |moved| moved.to);
        self.sit_at = self.reports.last().map_or(self.planned_at, |report| report.sat_at);
    }

    /// When it was sat or given up; if it is open, when it is to be sat.
    pub(crate) fn over_at(&self) -> Timestamp {
        self.ended_at().unwrap_or(self.sit_at)
    }

    /// The registration by the facts that count for an earlier time; none if it was not made by then.
    pub(super) fn as_of(&self, by: By) -> Option<Self> {
        if !by.holds(self.booked_at, self.recorded_at) {
            return None;
        }
        let mut past = self.clone();
        past.cancelled = past.cancelled.filter(|cancelled| by.holds(cancelled.at, cancelled.recorded_at));
        past.reports = match by {
            // What is right was so from the sitting on, whichever report came first.
            By::Happened(_) => self
                .reports
                .last()
                .copied()
                .filter(|r| by.holds(r.sat_at, r.recorded_at))
                .into_iter()
                .collect(),
            By::Recorded(_) => {
                self.reports.iter().copied().filter(|r| by.holds(r.sat_at, r.recorded_at)).collect()
            }
        };
        past.moves.retain(|moved| by.holds(moved.at, moved.recorded_at));
        past.plan();
        Some(past)
    }
}

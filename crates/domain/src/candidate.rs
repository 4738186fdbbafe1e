//! A candidate's own record: their attempts across all vouchers.

use std::borrow::Cow;

use crate::{EntitlementId, Event, ExamCode, ExamResult, ProgrammeId, Timestamp, UnitNo};

/// What is known of a candidate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// Every registration they ever had, oldest first.
    pub attempts: Vec<OwnAttempt>,
    /// Vouchers that no registration names, of which one was refused because of this record.
    pub refused: Vec<EntitlementId>,
}

/// One registration, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnAttempt {
    /// The voucher.
    pub entitlement: EntitlementId,
    /// Its unit.
    pub unit: UnitNo,
    /// The exam.
    pub exam: ExamCode,
    /// When it was registered.
    pub booked_at: Timestamp,
    /// When it is or was to be sat.
    pub sit_at: Timestamp,
    /// Whether it is a beta.
    pub beta: bool,
    /// The programme of the voucher's offer; none if it has none, or that was not recorded yet.
    pub programme: Option<ProgrammeId>,
    /// What came of it.
    pub end: OwnEnd,
    /// When it was cancelled; none if it was not.
    pub ended_at: Option<Timestamp>,
    /// When it was to be sat, each plan from the time at which it was made; oldest first.
    pub plans: Vec<(Timestamp, Timestamp)>,
}

/// What came of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnEnd {
    /// It is open.
    Open,
    /// It was cancelled in time.
    Cancelled,
    /// It was cancelled late.
    CancelledLate,
    /// It has a result.
    Result(ExamResult),
}

impl Candidate {
    /// Takes a fact in that happened at that time.
    #[must_use]
    pub fn evolve(mut self, event: &Event, happened_at: Timestamp) -> Self {
        match event {
            Event::AttemptBooked(e) => self.attempts.push(OwnAttempt {
                entitlement: e.entitlement,
                unit: e.unit,
                exam: e.exam.clone(),
                booked_at: happened_at,
                sit_at: e.sit_at,
                beta: e.beta,
                programme: e.programme.clone(),
                end: OwnEnd::Open,
                ended_at: None,
                plans: vec![(happened_at, e.sit_at)],
            }),
            Event::AttemptMoved(e) => {
                if let Some(own) = self.own(e.entitlement, e.unit, e.booked_at) {
                    own.plan(happened_at, e.sit_at);
                }
            }
            Event::AttemptCancelled(e) => {
                if let Some(own) = self.own(e.entitlement, e.unit, e.booked_at) {
                    own.end = if e.late { OwnEnd::CancelledLate } else { OwnEnd::Cancelled };
                    own.ended_at = Some(happened_at);
                }
            }
            Event::AttemptConcluded(e) => {
                if let Some(own) = self.own(e.entitlement, e.unit, e.booked_at) {
                    own.sit_at = e.sat_at;
                    own.end = OwnEnd::Result(e.result);
                    own.ended_at = None;
                }
            }
            Event::AttemptCorrected(e) => {
                let by_sitting = |own: &&mut OwnAttempt| {
                    own.entitlement == e.entitlement && own.unit == e.unit && own.sit_at == e.sat_at
                };
                let own = match e.booked_at {
                    Some(_) => self.own(e.entitlement, e.unit, e.booked_at),
                    None => self.attempts.iter_mut().rev().find(by_sitting),
                };
                if let Some(own) = own {
                    own.sit_at = e.sat_at;
                    own.end = OwnEnd::Result(e.result);
                }
            }
            Event::AttemptRefused(e) => self.refused.push(e.entitlement),
            _ => {}
        }
        self
    }

    /// The vouchers that the record names, each once: those registered last come first, then those that were only refused.
    pub fn vouchers(&self) -> Vec<EntitlementId> {
        let mut vouchers: Vec<EntitlementId> = Vec::new();
        let registered = self.attempts.iter().rev().map(|own| own.entitlement);
        for voucher in registered.chain(self.refused.iter().rev().copied()) {
            if !vouchers.contains(&voucher) {
                vouchers.push(voucher);
            }
        }
        vouchers
    }

    /// A registration on a voucher: the one that was made then; the last one, where the fact does not say.
    fn own(
        &mut self,
        entitlement: EntitlementId,
        unit: UnitNo,
        booked_at: Option<Timestamp>,
    ) -> Option<&mut OwnAttempt> {
        let is_it = |own: &&mut OwnAttempt| {
            own.entitlement == entitlement
                && own.unit == unit
                && booked_at.is_none_or(|booked_at| own.booked_at == booked_at)
        };
        self.attempts.iter_mut().rev().find(is_it)
    }

    /// The record by what had happened until then.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        if self.attempts.iter().all(|own| own.is_all(at)) {
            return Cow::Borrowed(self);
        }
        let made = self.attempts.iter().filter(|own| own.booked_at <= at);
        let attempts = made.map(|own| own.until_then(at)).collect();
        Cow::Owned(Self { attempts, refused: self.refused.clone() })
    }

    /// The record as it would be without one registration.
    #[must_use]
    pub(crate) fn without(&self, entitlement: EntitlementId, unit: UnitNo, sit_at: Timestamp) -> Self {
        let other =
            |own: &&OwnAttempt| own.entitlement != entitlement || own.unit != unit || own.sit_at != sit_at;
        Self {
            attempts: self.attempts.iter().filter(other).cloned().collect(),
            refused: self.refused.clone(),
        }
    }
}

impl OwnAttempt {
    /// Takes in when it is to be sat from then on.
    fn plan(&mut self, since: Timestamp, sit_at: Timestamp) {
        let place = self.plans.partition_point(|(before, _)| *before <= since);
        self.plans.insert(place, (since, sit_at));
        if !matches!(self.end, OwnEnd::Result(_)) {
            self.sit_at = self.plans.last().map_or(sit_at, |(_, sit_at)| *sit_at);
        }
    }

    /// When it ended: it was sat, or cancelled; none if it is open.
    fn over_at(&self) -> Option<Timestamp> {
        match self.end {
            OwnEnd::Open => None,
            OwnEnd::Result(_) => Some(self.sit_at),
            OwnEnd::Cancelled | OwnEnd::CancelledLate => self.ended_at,
        }
    }

    fn is_all(&self, at: Timestamp) -> bool {
        self.booked_at <= at
            && self.over_at().is_none_or(|over_at| over_at <= at)
            && self.plans.iter().all(|(since, _)| *since <= at)
    }

    /// The registration by what had happened until then.
    fn until_then(&self, at: Timestamp) -> Self {
        let mut past = self.clone();
        past.plans.retain(|(since, _)| *since <= at);
        if self.over_at().is_some_and(|over_at| at < over_at) {
            past.end = OwnEnd::Open;
            past.ended_at = None;
        }
        if !matches!(past.end, OwnEnd::Result(_)) {
            past.sit_at = past.plans.last().map_or(past.sit_at, |(_, sit_at)| *sit_at);
        }
        past
    }
}

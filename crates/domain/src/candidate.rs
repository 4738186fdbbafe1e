//! A candidate's own record: their attempts across all vouchers.

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
            }),
            Event::AttemptMoved(e) => {
                if let Some(own) = self.own(e.entitlement, e.unit, e.booked_at) {
                    own.sit_at = e.sit_at;
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

//! What a corrected result means for a candidate's other vouchers: decisions that turn, and registrations that break the policy.

use super::{Known, Placed};
use crate::event::AttemptRefused;
use crate::{
    Command, Decision, EntitlementId, Event, ExamCode, Judge, Layer, OwnAttempt, Refusal, Rule, Stream,
    Timestamp, UnitNo,
};

/// The most past decisions that one correction of a result judges again, and so the most that it lists.
pub const DECISIONS_JUDGED_MAX: usize = 200;

/// The most vouchers of a candidate that one correction of a result looks at.
pub const VOUCHERS_LOOKED_AT_MAX: usize = 100;

/// The most registrations that one correction names as broken.
const BROKEN_NAMED_MAX: usize = 20;

/// An open registration that the policy does not permit by the corrected record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRegistration {
    /// The voucher.
    pub entitlement: EntitlementId,
    /// Its unit.
    pub unit: UnitNo,
    /// The exam.
    pub exam: ExamCode,
    /// When it is to be sat.
    pub sit_at: Timestamp,
    /// Why it is not permitted.
    pub refusal: Refusal,
}

impl Known {
    /// Why the policy does not permit a registration of the candidate, by the rest of the candidate's record.
    pub fn not_permitted(&self, own: &OwnAttempt) -> Option<Refusal> {
        let policy = self.policy.as_deref()?.in_force_at(&self.zones, own.booked_at)?;
        let mut others = self.clone();
        let without = |candidate: &crate::Candidate| candidate.without(own.entitlement, own.unit, own.sit_at);
        others.candidate = self.candidate.clone().map(|candidate| without(&candidate).into());
        others.by_policy(policy, &own.exam, own.sit_at, own.booked_at, &mut Judge::brief()).err()
    }

    /// The note of a refusal on the candidate's record, where it was refused because of that record and the record does not
    /// name the voucher yet.
    pub fn note_of_refusal(&self, command: &Command, refusal: &Refusal, at: Timestamp) -> Option<Placed> {
        let Command::Schedule(schedule) = command else { return None };
        let by_record = refusal.layer == Layer::Programme || refusal.rule == Rule::OpenRegistrations;
        let (entitlement, unit) = (self.entitlement.as_deref()?.id, self.unit?);
        let own = self.candidate.as_deref().filter(|_| by_record)?;
        let is_named = own.refused.contains(&entitlement)
            || own.attempts.iter().any(|attempt| attempt.entitlement == entitlement);
        if is_named || own.refused.len() >= VOUCHERS_LOOKED_AT_MAX {
            return None;
        }
        let event = AttemptRefused { entitlement, unit }.into();
        Some(Placed { stream: Stream::Candidate(schedule.candidate.clone()), happened_at: at, event })
    }

    /// Warns of open registrations that break the policy by the corrected record, and of decisions that were not looked at.
    pub(super) fn warn_of_consequences(&self, at: Timestamp, clause: &str, decision: &mut Decision) {
        // A registration that the correction itself withdraws is warned of there.
        let withdrawn = |of: &BrokenRegistration| {
            let mut facts = decision.events.iter().map(|placed| (&placed.stream, &placed.event));
            facts.any(|(stream, event)| {
                matches!(event, Event::ExamCancelled(e) if e.unit == of.unit)
                    && *stream == Stream::Entitlement(of.entitlement)
            })
        };
        let ahead: Vec<_> =
            self.broken.iter().filter(|broken| at < broken.sit_at && !withdrawn(broken)).collect();
        for broken in ahead.iter().take(BROKEN_NAMED_MAX) {
            let BrokenRegistration { entitlement, unit, exam, sit_at, refusal } = *broken;
            decision.warn(
                &refusal.clause,
                format!(
                    "the registration of {exam} for {sit_at} on voucher {entitlement}.{unit} is not permitted any more \
                     ({}); it stays until somebody moves or cancels it",
                    refusal.rule
                ),
            );
        }
        let more = ahead.len().saturating_sub(BROKEN_NAMED_MAX);
        if more > 0 {
            decision.warn(clause, format!("{more} more registrations are not permitted any more"));
        }
        if self.flips_cut {
            decision.warn(
                clause,
                format!(
                    "not every later decision was judged again: at most {DECISIONS_JUDGED_MAX} decisions are, on at most \
                     {VOUCHERS_LOOKED_AT_MAX} vouchers; others may turn, too"
                ),
            );
        }
    }
}

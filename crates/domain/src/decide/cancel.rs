//! Cancelling an open registration.

use super::{Decision, Known};
use crate::event::{AttemptCancelled, ExamCancelled};
use crate::terms::Forfeit;
use crate::{Cancel, CancelledBy, Judge, Refusal, RetakeVerdict, Rule, Stream, Timestamp};

impl Known {
    pub(super) fn cancel(&self, c: &Cancel, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        on.not_revoked(judge)?;
        let attempt = match (c.by, on.unit.open()) {
            // A provider may have to say so after the sitting was to begin.
            (CancelledBy::Provider, Some(open)) => open,
            _ => on.open_before_sitting(at, judge)?,
        };
        let late = c.by == CancelledBy::Candidate && on.cut_off(attempt).is_some_and(|cut_off| cut_off <= at);
        let given_back = !late || on.terms.rulings.late_cancel == Forfeit::Return;
        let mut decision = Decision::default();
        on.put(&mut decision, at, ExamCancelled { unit: on.unit.no, by: Some(c.by), given_back });
        let cancelled = AttemptCancelled { entitlement: on.entitlement.id, unit: on.unit.no, late };
        decision.put(Stream::Candidate(attempt.candidate.clone()), at, cancelled);
        if given_back {
            on.warn_if_ended(at, &mut decision);
            return Ok(decision);
        }
        let cut_off = on.cut_off(attempt).map_or_else(String::new, |t| t.to_string());
        decision.warn(
            on.law().clause(Rule::BeforeSitting),
            format!("cancelled after the cut-off at {cut_off}: the attempt is not given back"),
        );
        let fails = on.terms.rulings.late_cancel == Forfeit::Fail;
        if fails && on.explained(attempt, attempt.sit_at, at, &mut decision) == RetakeVerdict::Granted {
            on.grant(attempt, attempt.sit_at, at, &mut decision);
        }
        Ok(decision)
    }
}

//! Cancelling an open registration.

use super::{Decision, Known};
use crate::event::{AttemptCancelled, ExamCancelled};
use crate::terms::Forfeit;
use crate::{Cancel, CancelledBy, Judge, Refusal, Rule, Stream, Timestamp};

impl Known {
    pub(super) fn cancel(&self, c: &Cancel, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let now = self.on_unit(None, judge)?;
        let cancelled_at = c.cancelled_at.unwrap_or(at);
        let ground = self.as_of(c.cancelled_at);
        let on = ground.on(&now);
        on.not_revoked(judge)?;
        let attempt = on.open_registration(at, judge)?;
        // A provider may cancel after the sitting was to begin.
        if c.by == CancelledBy::Candidate {
            on.before_sitting(attempt, cancelled_at, at, judge)?;
        }
        on.done_in_order(attempt, "cancelled-at", cancelled_at, at, judge)?;
        let late = c.by == CancelledBy::Candidate && on.right.is_late(attempt, cancelled_at);
        let given_back = !late || on.terms.rulings.late_cancel == Forfeit::Return;
        let mut decision = Decision::default();
        let unit = on.unit.no;
        on.put(
            &mut decision,
            cancelled_at,
            ExamCancelled { unit, by: Some(c.by), given_back, booked_at: now.unit.mark_of(attempt) },
        );
        let own = AttemptCancelled {
            entitlement: on.entitlement.id,
            unit,
            late,
            booked_at: Some(attempt.booked_at),
        };
        decision.put(Stream::Candidate(attempt.candidate.clone()), cancelled_at, own);
        if !given_back {
            let cut_off = on.right.cut_off(attempt).map_or_else(String::new, |t| t.to_string());
            decision.warn(
                on.law().clause(Rule::BeforeSitting),
                format!("cancelled after the cut-off at {cut_off}: the attempt is not given back"),
            );
        }
        now.announce(at, &mut decision);
        Ok(decision)
    }
}

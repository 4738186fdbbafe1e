//! A dispute that was won: a chargeback is reversed, and the right is as if it had not been.

use super::{Decision, Known, OnUnit};
use crate::event::{AttemptCancelled, CommandRepeated, OrderReinstated, Reinstated};
use crate::terms::word;
use crate::{
    Attempt, Judge, Refusal, Reinstate, RevokeReason, Right, Rule, Stage, Stream, Timestamp, UnitNo,
};

/// What a dispute is about.
const DISPUTED: RevokeReason = RevokeReason::Chargeback;

impl Known {
    pub(super) fn reinstate(
        &self,
        c: &Reinstate,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let charged_back = |right: &Right<'_>| right.unit.is_taken_back_for(DISPUTED);
        let rights: Vec<Right<'_>> = self.every_right().filter(charged_back).collect();
        let mut decision = Decision::default();
        if rights.is_empty() && on.entitlement.units.iter().any(crate::Unit::was_reinstated) {
            on.put(
                &mut decision,
                at,
                CommandRepeated { what: "the chargeback was reversed before".to_owned() },
            );
            return Ok(decision);
        }
        judge.rule(&on.law(), Rule::Reinstatable, !rights.is_empty(), |d| {
            let taken = on.entitlement.units.iter().find_map(|unit| unit.taken_back);
            d.fact_or("taken-back", taken.map(|taken| word(taken.reason)), "nothing").remedy(match taken {
                Some(_) => "only a chargeback is reversed; for anything else there is a new purchase",
                None => "nothing was charged back, so that nothing has to be given again",
            })
        })?;
        let units: Vec<UnitNo> = rights.iter().map(|right| right.unit.no).collect();
        on.put(&mut decision, at, Reinstated { units, reason: c.reason });
        for right in &rights {
            on.of(right).revive(at, &mut decision);
        }
        self.tie_again(&on, &rights, at, &mut decision);
        on.warn_of_ended(&rights, at, &mut decision);
        Ok(decision)
    }

    /// Tells the agreement that a piece of a subscription order was given again: later orders end with it as before.
    fn tie_again<'a>(&self, on: &OnUnit<'a>, rights: &[Right<'a>], at: Timestamp, decision: &mut Decision) {
        let Some(id) = &on.issued.agreement else { return };
        let order = &on.issued.order;
        let ties = self.agreement.as_ref().is_some_and(|agreement| agreement.subscriptions.has(order));
        let was_whole = on.entitlement.units.iter().any(|unit| unit.taken_back.is_none());
        let is_back = |right: &Right<'a>| on.of(right).reversed(at).taken_back.is_none();
        if ties && !was_whole && rights.iter().any(is_back) {
            let reinstated = OrderReinstated { order: order.clone(), entitlement: on.entitlement.id };
            decision.put(Stream::Agreement(id.clone()), at, reinstated);
        }
    }
}

impl<'a> OnUnit<'a> {
    /// The same purchase, seen from another of its vouchers.
    fn of(&self, right: &Right<'a>) -> OnUnit<'a> {
        OnUnit { unit: right.unit, terms: right.terms, right: *right, standing: right.standing(), ..*self }
    }

    /// Announces what a reversal brings back of a voucher that was used, and warns of what it does not.
    fn revive(&self, at: Timestamp, decision: &mut Decision) {
        for cancelled in self.unit.cancelled_for(DISPUTED) {
            if let Some(late) = cancelled.cancelled.filter(|cancelled| !cancelled.given_back) {
                self.give_back(cancelled, late.at, decision);
            }
            decision.warn(
                self.law().clause(Rule::Reinstatable),
                format!(
                    "the registration of {} for {} was cancelled by the chargeback and stays so; its attempt is given back",
                    cancelled.exam, cancelled.planned_at
                ),
            );
        }
        if !self.unit.attempts.is_empty() {
            self.announce(at, decision);
        }
        let reversed = self.reversed(at);
        if let Some(taken) = reversed.taken_back {
            decision.warn(
                self.law().clause(Rule::NotRevoked),
                format!("voucher {} stays taken back: {}", self.unit.no, word(taken.reason)),
            );
        }
    }

    /// Puts on the candidate's record that a cancellation was not late after all.
    fn give_back(&self, attempt: &Attempt, cancelled_at: Timestamp, decision: &mut Decision) {
        let in_time = AttemptCancelled {
            entitlement: self.entitlement.id,
            unit: self.unit.no,
            late: false,
            booked_at: Some(attempt.booked_at),
        };
        decision.put(Stream::Candidate(attempt.candidate.clone()), cancelled_at, in_time);
    }

    /// The voucher without the chargeback.
    fn reversed(&self, at: Timestamp) -> crate::Unit {
        let mut unit = self.unit.clone();
        unit.reinstate(DISPUTED, at, at);
        unit
    }

    /// Warns of vouchers that are given again, and have ended meanwhile. Those with a registration say so by themselves.
    fn warn_of_ended(&self, rights: &[Right<'a>], at: Timestamp, decision: &mut Decision) {
        let untouched = rights.iter().filter(|right| right.unit.attempts.is_empty());
        let ended = untouched.filter_map(|right| {
            let unit = self.of(right).reversed(at);
            let after = Right { unit: &unit, ..*right };
            let is_alive = !matches!(after.standing().stage, Stage::Revoked(_) | Stage::Used);
            after.ended(at).filter(|_| is_alive && after.has_its_calendar())
        });
        let ended: Vec<_> = ended.collect();
        let Some(first) = ended.first() else { return };
        decision.warn(
            self.law().clause(first.rule),
            format!(
                "{} of {} ended meanwhile, the first at {}; deadlines stay as they are",
                ended.len(),
                rights.len(),
                first.at
            ),
        );
    }
}

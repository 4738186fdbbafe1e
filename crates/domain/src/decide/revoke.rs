//! Refunds, chargebacks: what nobody used is taken back; what was used stays used, and what ended stays so. They are recorded all
//! the same.

use super::{Decision, Known, OnUnit};
use crate::calendar_time::Resolution;
use crate::event::{
    AttemptCancelled, CommandRepeated, ExamCancelled, OrderRevoked, RetakeWithdrawn, Revoked,
};
use crate::terms::{Forfeit, RefundOfBooked};
use crate::{
    Attempt, CandidateId, Judge, Refusal, Revoke, RevokeReason, Right, Rule, Stage, Stream, Timestamp, UnitNo,
};

impl Known {
    pub(super) fn revoke(&self, c: &Revoke, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let mut decision = Decision::default();
        let (mut units, mut rest) = (Vec::new(), Vec::new());
        for right in self.rights() {
            match unused(&right, c.reason, at) {
                Some(Unused::Whole) => units.push(right),
                Some(Unused::Rest) => rest.push(right),
                None => {}
            }
        }
        if units.is_empty() && rest.is_empty() {
            let what = "it was taken back before".to_owned();
            on.put(&mut decision, at, CommandRepeated { what });
            return Ok(decision);
        }
        on.refundable(c.reason, at, judge)?;
        for right in units.iter().chain(&rest) {
            on.stop(right, at, &mut decision);
        }
        let left = on.entitlement.units.len() - units.len();
        let numbers =
            |rights: &[Right<'_>]| -> Vec<UnitNo> { rights.iter().map(|right| right.unit.no).collect() };
        let revoked = Revoked { units: numbers(&units), rest: numbers(&rest), reason: c.reason };
        on.put(&mut decision, at, revoked);
        self.tie_no_longer(&on, at, &mut decision);
        if left > 0 {
            decision.warn(
                on.law().clause(Rule::Refundable),
                format!("{left} of {} were used, or have ended, and stay so", on.entitlement.units.len()),
            );
        }
        Ok(decision)
    }
}

impl Known {
    /// Tells the agreement that a piece of a subscription order was taken back: once all are, later orders do not end with it.
    fn tie_no_longer(&self, on: &OnUnit<'_>, at: Timestamp, decision: &mut Decision) {
        let Some(id) = &on.issued.agreement else { return };
        let order = &on.issued.order;
        let ties = self.agreement.as_ref().is_some_and(|agreement| agreement.subscriptions.has(order));
        if ties && on.entitlement.units.iter().all(|unit| unit.taken_back.is_none()) {
            let revoked = OrderRevoked { order: order.clone(), entitlement: on.entitlement.id };
            decision.put(Stream::Agreement(id.clone()), at, revoked);
        }
    }
}

/// What of a unit nobody used.
enum Unused {
    /// All of it.
    Whole,
    /// What it might still give.
    Rest,
}

/// What is taken back of a right. It is recorded of every right, whatever became of it, and holds until it is reversed
/// (ruling 15).
fn unused(right: &Right<'_>, reason: RevokeReason, at: Timestamp) -> Option<Unused> {
    let (unit, standing) = (right.unit, right.standing());
    let refund_of_taken = reason == RevokeReason::Refund && unit.taken_back.is_some();
    if refund_of_taken || unit.is_taken_back_for(reason) {
        return None;
    }
    let used = standing.last.is_some() || unit.open().is_some_and(|open| open.sit_at <= at);
    match standing.stage {
        Stage::Revoked(_) => Some(Unused::Whole),
        Stage::Active(_) => Some(Unused::Rest),
        _ if used => Some(Unused::Rest),
        _ => Some(Unused::Whole),
    }
}

/// A registration that a revocation takes away.
struct Stopped {
    unit: UnitNo,
    candidate: CandidateId,
    booked_at: Timestamp,
    /// How a fact says which registration it is.
    mark: Option<Timestamp>,
    late: bool,
    given_back: bool,
}

impl Stopped {
    fn of(right: &Right<'_>, open: &Attempt, at: Timestamp) -> Self {
        let as_cancelled = right.terms.rulings.refund_of_booked == RefundOfBooked::AsLateCancel;
        let late = as_cancelled && right.is_late(open, at);
        let given_back = !late || right.terms.rulings.late_cancel == Forfeit::Return;
        let (candidate, booked_at) = (open.candidate.clone(), open.booked_at);
        Self { unit: right.unit.no, candidate, booked_at, mark: right.unit.mark_of(open), late, given_back }
    }
}

impl OnUnit<'_> {
    /// Asks that the purchase can be refunded still, where a refund is asked for.
    fn refundable(&self, reason: RevokeReason, at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let is_usable = |right: Right<'_>| {
            !matches!(right.standing().stage, Stage::Used | Stage::Revoked(_)) && right.ended(at).is_none()
        };
        let until = self.terms.rulings.refund.value().map(|expr| self.right.resolve(expr));
        let law = self.law().citing(until.and_then(|until| until.clause));
        let until = until.map(|until| until.resolution);
        let in_time = until.is_some_and(|until| until.at().is_none_or(|until| at < until));
        judge.rule(&law, Rule::Refundable, reason != RevokeReason::Refund || in_time, |d| {
            let until = until.map(|until| match until {
                Resolution::At(until) => until.to_string(),
                Resolution::Never => "always".to_owned(),
                Resolution::Open => "not known yet".to_owned(),
            });
            d.fact_or("refundable-until", until, "never").fact("at", at).remedy(
                if self.known.rights().any(is_usable) {
                    "the purchase can't be refunded any more; what is unused can still be used in time"
                } else {
                    "the purchase can't be refunded any more, and nothing of it is left to use"
                },
            )
        })
    }

    /// Does to a registration what the revocation on record would have done to it, if that had been known by then.
    pub(super) fn follow_revocation(&self, booked_at: Timestamp, at: Timestamp, decision: &mut Decision) {
        let Some(taken) = self.unit.taken_back.filter(|taken| booked_at < taken.at) else { return };
        let stopped = self.after(decision, at, |right, _| {
            let made_then = right.unit.attempts.iter().rfind(|attempt| attempt.booked_at == booked_at);
            let is_ahead = |attempt: &&Attempt| {
                taken.at < attempt.planned_at
                    && attempt.reports.is_empty()
                    && attempt.cancelled.is_none_or(|cancelled| cancelled.by.is_none())
            };
            made_then.filter(is_ahead).map(|attempt| Stopped::of(right, attempt, taken.at))
        });
        let Some(stopped) = stopped else { return };
        self.take_away(&stopped, taken.at, decision);
        decision.warn(
            self.law().clause(Rule::NotRevoked),
            format!(
                "what was unused was taken back at {}, and this registration with it; cancel that sitting with the \
                 provider",
                taken.at
            ),
        );
    }

    fn take_away(&self, stopped: &Stopped, at: Timestamp, decision: &mut Decision) {
        let (unit, given_back) = (stopped.unit, stopped.given_back);
        self.put(decision, at, ExamCancelled { unit, by: None, given_back, booked_at: stopped.mark });
        let cancelled = AttemptCancelled {
            entitlement: self.entitlement.id,
            unit,
            late: stopped.late,
            booked_at: Some(stopped.booked_at),
        };
        decision.put(Stream::Candidate(stopped.candidate.clone()), at, cancelled);
    }

    /// Cancels a registration that lies ahead, and withdraws a retake.
    fn stop(&self, right: &Right<'_>, at: Timestamp, decision: &mut Decision) {
        let (unit, standing) = (right.unit, right.standing());
        let ahead = unit.open().filter(|open| at < open.sit_at);
        if let Some(open) = ahead {
            self.take_away(&Stopped::of(right, open, at), at, decision);
        }
        let retake =
            matches!(standing.stage, Stage::Retake(_)) || (ahead.is_some() && standing.last.is_some());
        if retake {
            self.put(decision, at, RetakeWithdrawn { unit: unit.no });
        }
    }
}

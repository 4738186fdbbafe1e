//! Goodwill: more than the terms give, on record with a reason, an operator and, if asked, a second person.

use super::{Decision, Known, OnUnit};
use crate::event::Extended;
use crate::terms::{Approver, Revives};
use crate::{
    AttemptEnd, ExamResult, Extend, Gift, Judge, Refusal, RetakeVerdict, Right, Rule, Stage, Timestamp,
};

impl Known {
    pub(super) fn extend(&self, c: &Extend, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        on.not_revoked(judge)?;
        let goodwill = on.terms.rulings.goodwill.value();
        let fits = on.has_use_for(&c.gift);
        let ended = on.right.ended_for_more(at);
        let alive = ended.is_none() || goodwill.is_some_and(|g| g.revives == Revives::Ended);
        judge.rule(&on.law(), Rule::GoodwillAllowed, goodwill.is_some() && fits && alive, |d| {
            d.fact("offer-knows-goodwill", goodwill.is_some())
                .fact("gift-fits", fits)
                .fact_or("ended-at", ended.map(|end| end.at), "not ended")
                .remedy(
                    "give what the offer lets you give, to a right that has a use for it; a passed exam needs \
                     no further attempt",
                )
        })?;
        let goodwill = goodwill.expect("judged just above");
        judge.rule(&on.law(), Rule::GoodwillReason, goodwill.reasons.contains(&c.reason), |d| {
            d.fact("reason", &c.reason)
                .fact("reasons", crate::terms::join(&goodwill.reasons))
                .remedy("give one of the offer's reasons")
        })?;
        let second = c.approver.is_some() && c.approver != self.actor;
        let approved = second || (goodwill.approver == Approver::Optional && c.approver.is_none());
        judge.rule(&on.law(), Rule::GoodwillApproved, approved, |d| {
            d.fact_or("approver", c.approver.as_ref(), "nobody")
                .fact_or("operator", self.actor.as_ref(), "nobody")
                .remedy("let a second person approve")
        })?;
        let until = match &c.gift {
            Gift::LongerTerm { last_day } => last_day.succ_opt().map(|next| on.terms.zone.start_of_day(next)),
            _ => None,
        };
        let mut decision = Decision::default();
        let extended = Extended {
            unit: on.unit.no,
            gift: c.gift.clone(),
            until,
            reason: c.reason.clone(),
            approver: c.approver.clone(),
            dispute: c.dispute.clone(),
        };
        on.put(&mut decision, at, extended);
        on.grant_what_it_gives(at, &mut decision);
        on.warn_if_ended(at, &mut decision);
        Ok(decision)
    }
}

impl OnUnit<'_> {
    /// Whether the gift changes anything for the right. A passed exam needs nothing; a term or a waiver helps a used
    /// voucher only if its last fail earned nothing.
    fn has_use_for(&self, gift: &Gift) -> bool {
        let result = self.unit.last_used().and_then(|attempt| match attempt.end {
            AttemptEnd::Result { result, .. } => Some(result),
            _ => None,
        });
        let lacks_retake = result.is_some_and(|result| self.right.counts_as_fail(result))
            && self.unit.attempts_used() < self.right.attempts_max();
        let used = self.unit.stage == Stage::Used;
        match gift {
            Gift::ExtraAttempt => self.right.exam().is_some() && !(used && result == Some(ExamResult::Pass)),
            Gift::LongerTerm { .. } => !used || lacks_retake,
            Gift::Waiver { rule } => rule.may_be_waived() && (!used || lacks_retake),
        }
    }

    /// Grants the attempt that a used voucher has now: an extra one, or the retake that its last fail did not earn.
    fn grant_what_it_gives(&self, at: Timestamp, decision: &mut Decision) {
        let after = self.after(decision, at);
        let Some(unit) = after.unit(self.unit.no) else { return };
        let Some(last) = unit.last_used().filter(|_| unit.stage == Stage::Used) else { return };
        let right = Right { unit, entitlement: &after, ..self.right };
        let extra = unit.extra_attempts > self.unit.extra_attempts;
        let earned = || right.verdict(last.number, last.sit_at, at) == RetakeVerdict::Granted;
        if extra || earned() {
            OnUnit { right, unit, entitlement: &after, ..*self }.grant(last, last.sit_at, at, decision);
        }
    }
}

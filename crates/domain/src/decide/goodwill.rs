//! Goodwill: more than the terms give, on record with a reason, an operator and, if asked, a second person.

use super::{Decision, Known};
use crate::event::Extended;
use crate::terms::{Approver, Revives};
use crate::{AttemptEnd, ExamResult, Extend, Gift, Judge, Refusal, Rule, Stage, Timestamp};

impl Known {
    pub(super) fn extend(&self, c: &Extend, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        on.not_revoked(judge)?;
        let goodwill = on.terms.rulings.goodwill.value();
        let passed = on
            .unit
            .attempts
            .iter()
            .any(|a| matches!(a.end, AttemptEnd::Result { result: ExamResult::Pass, .. }));
        let fits = match c.gift {
            Gift::ExtraAttempt => on.right.exam().is_some() && !passed,
            Gift::LongerTerm { .. } | Gift::Waiver { .. } => on.unit.stage != Stage::Used,
        };
        let ended = on.right.ended(at);
        let alive = ended.is_none() || goodwill.is_some_and(|g| g.revives == Revives::Ended);
        judge.rule(&on.law(), Rule::GoodwillAllowed, goodwill.is_some() && fits && alive, |d| {
            d.fact("offer-knows-goodwill", goodwill.is_some())
                .fact("gift-fits", fits)
                .fact_or("ended-at", ended.map(|end| end.at), "not ended")
                .remedy("give what the offer lets you give, to a right that can use it; a passed exam needs no further attempt")
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
        if let (Gift::ExtraAttempt, Stage::Used, Some(last)) =
            (&c.gift, &on.unit.stage, on.unit.attempts.last())
        {
            on.grant(last, last.sit_at, at, &mut decision);
        }
        Ok(decision)
    }
}

//! Goodwill: more than the terms give, on record with a reason, an operator and, if asked, a second person.

use std::collections::BTreeSet;

use super::{Decision, Known, OnUnit};
use crate::event::Extended;
use crate::terms::{Approver, Revives};
use crate::{Extend, Fate, Gift, Judge, Refusal, Right, Rule, Stage, Standing, Timestamp};

impl Known {
    pub(super) fn extend(&self, c: &Extend, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        on.not_revoked(judge)?;
        let goodwill = on.terms.rulings.goodwill.value();
        let fits = on.has_use_for(&c.gift) && on.changes(&c.gift, at);
        let ended = on.right.ended_for_more(at);
        let alive = ended.is_none() || goodwill.is_some_and(|g| g.revives == Revives::Ended);
        let goodwill = judge.found(&on.law(), Rule::GoodwillAllowed, goodwill.filter(|_| fits && alive), |d| {
            d.fact("offer-knows-goodwill", on.terms.rulings.goodwill.value().is_some())
                .fact("gift-fits", fits)
                .fact_or("ended-at", ended.map(|end| end.at), "not ended")
                .remedy(
                    "give what the offer lets you give, to a right that has a use for it; a passed exam needs \
                     no further attempt",
                )
        })?;
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
        let mut decision = Decision::default();
        let extended = Extended {
            unit: on.unit.no,
            gift: c.gift.clone(),
            until: on.lasts_until(&c.gift),
            reason: c.reason.clone(),
            approver: c.approver.clone(),
            dispute: c.dispute.clone(),
        };
        on.put(&mut decision, at, extended);
        on.announce(at, &mut decision);
        Ok(decision)
    }
}

impl OnUnit<'_> {
    /// The first instant after a longer term.
    fn lasts_until(&self, gift: &Gift) -> Option<Timestamp> {
        match gift {
            Gift::LongerTerm { last_day } => {
                last_day.succ_opt().map(|next| self.terms.zone.start_of_day(next))
            }
            Gift::ExtraAttempt | Gift::Waiver { .. } => None,
        }
    }

    /// Whether the right is another one with the gift: a gift that changes nothing is no gift.
    fn changes(&self, gift: &Gift, at: Timestamp) -> bool {
        let (unit, until) = (self.unit.no, self.lasts_until(gift));
        let given = Extended {
            unit,
            gift: gift.clone(),
            until,
            reason: String::new(),
            approver: None,
            dispute: None,
        };
        let mut asked = Decision::default();
        self.put(&mut asked, at, given);
        let look = |right: &Right<'_>, standing: &Standing<'_>| {
            let waived: BTreeSet<Rule> = right.unit.waived().iter().copied().collect();
            (right.end(), right.attempts_max(), waived, standing.stage.name(), standing.used)
        };
        let before = look(&self.right, &self.standing);
        self.after(&asked, at, look) != before
    }

    /// Whether the gift changes anything for the right. A passed exam needs nothing; a term or a waiver helps a used
    /// voucher only if its last fail earned nothing.
    pub(super) fn has_use_for(&self, gift: &Gift) -> bool {
        let fate = self.standing.last.map(|(_, fate)| fate);
        let lacks_retake = fate == Some(Fate::Failed) && self.standing.used < self.right.attempts_max();
        let used = matches!(self.standing.stage, Stage::Used);
        match gift {
            Gift::ExtraAttempt => self.right.exam().is_some() && !(used && fate == Some(Fate::Passed)),
            Gift::LongerTerm { .. } => !used || lacks_retake,
            Gift::Waiver { rule } => rule.may_be_waived() && (!used || lacks_retake),
        }
    }
}

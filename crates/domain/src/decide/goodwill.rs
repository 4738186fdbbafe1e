//! Goodwill: more than the terms give, on record with a reason, an operator and, if asked, a second person.

use super::{Decision, Known, OnUnit};
use crate::event::Extended;
use crate::terms::{Approver, Goodwill, Revives};
use crate::{CommandId, Extend, Fate, Gift, Judge, Refusal, Right, Rule, Stage, Standing, Timestamp, UnitNo};

/// The first law by which the second person gives a command. By the one before it, a name that the first person typed counted.
const BY_TWO_COMMANDS: u16 = 2;

impl Known {
    pub(super) fn extend(&self, c: &Extend, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        on.not_taken_back(judge)?;
        let goodwill = on.may_be_given(&c.gift, &c.reason, at, judge)?;
        if self.judged_by() < BY_TWO_COMMANDS {
            on.approved_by_name(c, goodwill, judge)?;
            return Ok(on.gives(given(c, on.unit.no), at));
        }
        on.disputed(c.dispute.as_ref(), judge)?;
        judge.rule(&on.law(), Rule::GoodwillApproved, c.approver.is_none(), |d| {
            let remedy = match goodwill.approver {
                Approver::Required => {
                    "leave the approver out: what is asked then waits until another person approves it with \
                     `approve-goodwill`"
                }
                Approver::Optional => "leave the approver out; one person may give it",
            };
            d.fact_or("approver", c.approver.as_ref(), "nobody").remedy(remedy)
        })?;
        match goodwill.approver {
            Approver::Optional => Ok(on.gives(given(c, on.unit.no), at)),
            Approver::Required => on.propose(c, goodwill, at, judge),
        }
    }
}

/// The fact that a gift was given as it was asked for.
fn given(c: &Extend, unit: UnitNo) -> Extended {
    Extended {
        unit,
        gift: c.gift.clone(),
        until: None,
        reason: c.reason.clone(),
        approver: c.approver.clone(),
        dispute: c.dispute.clone(),
        proposal: None,
    }
}

impl<'a> OnUnit<'a> {
    /// Asks that a gift fits, changes something, and has a reason of the offer's.
    pub(super) fn may_be_given(
        &self,
        gift: &Gift,
        reason: &String,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<&'a Goodwill, Refusal> {
        let goodwill = self.terms.rulings.goodwill.value();
        let fits = self.has_use_for(gift) && self.changes(gift, at);
        let ended = self.right.ended_for_more(at);
        let alive = ended.is_none() || goodwill.is_some_and(|g| g.revives == Revives::Ended);
        let goodwill = judge.found(&self.law(), Rule::GoodwillAllowed, goodwill.filter(|_| fits && alive), |d| {
            d.fact("offer-knows-goodwill", self.terms.rulings.goodwill.value().is_some())
                .fact("gift-fits", fits)
                .fact_or("ended-at", ended.map(|end| end.at), "not ended")
                .remedy(
                    "give what the offer lets you give, to a right that has a use for it; a passed exam needs \
                     no further attempt",
                )
        })?;
        self.names_its_person(gift, judge)?;
        judge.rule(&self.law(), Rule::GoodwillReason, goodwill.reasons.contains(reason), |d| {
            d.fact("reason", reason)
                .fact("reasons", crate::terms::join(&goodwill.reasons))
                .remedy("give one of the offer's reasons")
        })?;
        Ok(goodwill)
    }

    /// Asks that a waiver of a rule about persons says for whom it is.
    fn names_its_person(&self, gift: &Gift, judge: &mut Judge) -> Result<(), Refusal> {
        let Gift::Waiver { rule, candidate } = gift else { return Ok(()) };
        let named = candidate.is_some() || !rule.is_about_the_person();
        let as_before = self.known.judged_by() < BY_TWO_COMMANDS;
        judge.rule(&self.law(), Rule::WaiverNamesPerson, named || as_before, |d| {
            d.fact("rule", rule)
                .fact_or("candidate", candidate.as_ref(), "nobody")
                .remedy("name the candidate whom the rule is not held against")
        })
    }

    /// Asks that the decision in dispute is on record.
    fn disputed(&self, dispute: Option<&CommandId>, judge: &mut Judge) -> Result<(), Refusal> {
        let known = dispute.is_none_or(|named| self.known.disputed.as_ref() == Some(named));
        judge.rule(&self.law(), Rule::DisputeKnown, known, |d| {
            d.fact_or("dispute", dispute, "none")
                .remedy("name a command that is on record, as the voucher's history shows it; or none")
        })
    }

    /// As the first law asked it: the name of a second person stands beside the gift.
    fn approved_by_name(&self, c: &Extend, goodwill: &Goodwill, judge: &mut Judge) -> Result<(), Refusal> {
        let actor = &self.known.actor;
        let second = c.approver.is_some() && c.approver != *actor;
        let approved = second || (goodwill.approver == Approver::Optional && c.approver.is_none());
        judge.rule(&self.law(), Rule::GoodwillApproved, approved, |d| {
            d.fact_or("approver", c.approver.as_ref(), "nobody")
                .fact_or("operator", actor.as_ref(), "nobody")
                .remedy("let a second person approve")
        })
    }

    /// Gives what goodwill gives.
    pub(super) fn gives(&self, given: Extended, at: Timestamp) -> Decision {
        let mut decision = Decision::default();
        let until = self.lasts_until(&given.gift);
        self.put(&mut decision, at, Extended { until, ..given });
        self.announce(at, &mut decision);
        decision
    }

    /// The first instant after a longer term.
    fn lasts_until(&self, gift: &Gift) -> Option<Timestamp> {
        match gift {
            Gift::LongerTerm { last_day } => {
                last_day.succ_opt().map(|next| self.right.zone().start_of_day(next))
            }
            Gift::ExtraAttempt | Gift::Waiver { .. } => None,
        }
    }

    /// Whether the right is another one with the gift: a gift that changes nothing is no gift.
    fn changes(&self, gift: &Gift, at: Timestamp) -> bool {
        if let Gift::Waiver { rule, candidate } = gift {
            return !self.unit.waives(*rule, candidate.as_ref());
        }
        let (unit, until) = (self.unit.no, self.lasts_until(gift));
        let given = Extended {
            unit,
            gift: gift.clone(),
            until,
            reason: String::new(),
            approver: None,
            dispute: None,
            proposal: None,
        };
        let mut asked = Decision::default();
        self.put(&mut asked, at, given);
        let look = |right: &Right<'_>, standing: &Standing<'_>| {
            (right.end(), right.attempts_max(), standing.stage.name(), standing.used)
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
            Gift::Waiver { rule, candidate } => {
                rule.may_be_waived() && (!used || lacks_retake) && self.may_serve(*rule, candidate.as_ref())
            }
        }
    }

    /// Whether a waiver for this candidate may ever be used: the voucher serves nobody else, or that rule is waived too.
    fn may_serve(&self, waived: Rule, candidate: Option<&crate::CandidateId>) -> bool {
        let holder = self.holder().candidate();
        candidate.is_none()
            || holder.is_none()
            || holder == candidate
            || waived == Rule::HolderMatches
            || self.unit.waives(Rule::HolderMatches, candidate)
    }
}

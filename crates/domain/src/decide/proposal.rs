//! Goodwill by two persons: one proposes, another one approves or declines.

use super::{Decision, Known, OnUnit};
use crate::event::{CommandRepeated, Extended, GoodwillDeclined, GoodwillProposed};
use crate::terms::{Goodwill, join};
use crate::{ApproveGoodwill, DeclineGoodwill, Extend, Judge, Proposal, Refusal, Rule, Timestamp};

/// How many proposals may wait for one voucher.
const WAITING_MAX: usize = 16;

impl Known {
    pub(super) fn approve_goodwill(
        &self,
        c: &ApproveGoodwill,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        if on.is_settled(c.proposal, true) {
            return Ok(on.settled_before("the proposal was approved before", at));
        }
        on.not_taken_back(judge)?;
        let proposal = on.waiting(c.proposal, at, judge)?;
        on.may_be_given(&proposal.gift, &proposal.reason, at, judge)?;
        let second = self.actor.as_ref().filter(|actor| !actor.is_same_person(&proposal.by));
        let approver = judge.found(&on.law(), Rule::GoodwillApproved, second, |d| {
            d.fact("proposed-by", &proposal.by)
                .fact_or("operator", self.actor.as_ref(), "nobody")
                .remedy("let another person approve it, under a name of their own")
        })?;
        let given = Extended {
            unit: on.unit.no,
            gift: proposal.gift.clone(),
            until: None,
            reason: proposal.reason.clone(),
            approver: Some(approver.clone()),
            dispute: proposal.dispute.clone(),
            proposal: Some(proposal.number),
        };
        Ok(on.gives(given, at))
    }

    pub(super) fn decline_goodwill(
        &self,
        c: &DeclineGoodwill,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        if on.is_settled(c.proposal, false) {
            return Ok(on.settled_before("the proposal was declined before", at));
        }
        let proposal = on.waiting(c.proposal, at, judge)?;
        let by = judge.found(&on.law(), Rule::GoodwillApproved, self.actor.as_ref(), |d| {
            d.fact("proposed-by", &proposal.by).remedy("say who declines it")
        })?;
        let (unit, reason) = (on.unit.no, c.reason.clone());
        let mut decision = Decision::default();
        on.put(
            &mut decision,
            at,
            GoodwillDeclined { unit, proposal: proposal.number, by: by.clone(), reason },
        );
        Ok(decision)
    }
}

impl<'a> OnUnit<'a> {
    /// Puts a gift on record as a proposal. The same one that waits already stays as it is.
    pub(super) fn propose(
        &self,
        c: &Extend,
        goodwill: &Goodwill,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let mut decision = Decision::default();
        let mut waiting = self.unit.waiting_proposals(at);
        if let Some(same) = waiting.find(|proposal| proposal.gift == c.gift) {
            let what = format!("the same gift waits already, as proposal {}", same.number);
            self.put(&mut decision, at, CommandRepeated { what });
            self.warn_of_waiting(same.number, same.expires_at, &mut decision);
            return Ok(decision);
        }
        let waiting = self.unit.waiting_proposals(at).count();
        let by = self.known.actor.as_ref().filter(|_| waiting < WAITING_MAX);
        let by = judge.found(&self.law(), Rule::GoodwillApproved, by, |d| {
            d.fact("waiting", waiting)
                .fact("max", WAITING_MAX)
                .remedy("approve or decline one of the voucher's proposals first")
        })?;
        let last = self.unit.proposals.last().map_or(0, |proposal| proposal.number);
        let expires_at = goodwill.proposal_expires_at(at, |period| self.right.end_of(period, at));
        let proposed = GoodwillProposed {
            unit: self.unit.no,
            proposal: last.saturating_add(1),
            gift: c.gift.clone(),
            reason: c.reason.clone(),
            by: by.clone(),
            dispute: c.dispute.clone(),
            expires_at,
        };
        self.warn_of_waiting(proposed.proposal, expires_at, &mut decision);
        self.put(&mut decision, at, proposed);
        Ok(decision)
    }

    fn warn_of_waiting(&self, number: u16, expires_at: Timestamp, decision: &mut Decision) {
        decision.warn(
            self.law().clause(Rule::GoodwillApproved),
            format!(
                "nothing is given yet: proposal {number} waits until {expires_at} for another person to approve it \
                 with `approve-goodwill`"
            ),
        );
    }

    fn is_settled(&self, number: u16, approved: bool) -> bool {
        let settled = self.unit.proposal(number).and_then(|proposal| proposal.settled.as_ref());
        settled.is_some_and(|settled| settled.approved == approved)
    }

    fn settled_before(&self, what: &str, at: Timestamp) -> Decision {
        let mut decision = Decision::default();
        self.put(&mut decision, at, CommandRepeated { what: what.to_owned() });
        decision
    }

    /// Asks that a proposal waits.
    fn waiting(&self, number: u16, at: Timestamp, judge: &mut Judge) -> Result<&'a Proposal, Refusal> {
        let proposal = self.unit.proposal(number);
        let waiting = proposal.filter(|proposal| proposal.waits(at));
        judge.found(&self.law(), Rule::ProposalWaits, waiting, |d| {
            let found = match proposal {
                None => "unknown",
                Some(Proposal { settled: Some(settled), .. }) if settled.approved => "approved",
                Some(Proposal { settled: Some(_), .. }) => "declined",
                Some(_) => "expired",
            };
            d.fact("proposal", number)
                .fact("found", found)
                .fact_or("expires-at", proposal.map(|proposal| proposal.expires_at), "unknown")
                .fact("at", at)
                .remedy(self.instead_of(proposal, at))
        })
    }

    /// What to do instead of settling a proposal that does not wait.
    fn instead_of(&self, proposal: Option<&Proposal>, at: Timestamp) -> String {
        let waiting: Vec<u16> = self.unit.waiting_proposals(at).map(|proposal| proposal.number).collect();
        match proposal {
            Some(Proposal { settled: Some(settled), .. }) if settled.approved => {
                "it was given, and what was given stays; nothing is left to do".to_owned()
            }
            None if !waiting.is_empty() => {
                format!("name a proposal of this voucher that waits: {}", join(&waiting))
            }
            _ => "nothing of it can be settled any more; propose it with `extend`, if it is still wanted"
                .to_owned(),
        }
    }
}

//! Goodwill that was proposed for a voucher and waits for a second person.

use super::Unit;
use super::unit::By;
use crate::event::{Extended, GoodwillDeclined, GoodwillProposed};
use crate::{Actor, CommandId, Gift, Timestamp};

/// A gift that one person proposed, and another one has to approve.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Its number on the voucher, from 1.
    pub number: u16,
    /// What would be given.
    pub gift: Gift,
    /// The reason.
    pub reason: String,
    /// Who proposed it.
    pub by: Actor,
    /// The decision in dispute.
    pub dispute: Option<CommandId>,
    /// When it was proposed.
    pub at: Timestamp,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// The first instant at which it can't be approved any more.
    pub expires_at: Timestamp,
    /// What came of it.
    pub settled: Option<Settled>,
}

/// What came of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Whether it was approved, and given.
    pub approved: bool,
    /// Who settled it.
    pub by: Option<Actor>,
    /// When.
    pub at: Timestamp,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

impl Proposal {
    /// Whether it waits at `at`: it is neither settled nor expired.
    pub fn waits(&self, at: Timestamp) -> bool {
        self.settled.is_none() && at < self.expires_at
    }

    /// The proposal by the facts that count for an earlier time; none if it was not made by then.
    pub(super) fn as_of(&self, by: By) -> Option<Self> {
        if !by.holds(self.at, self.recorded_at) {
            return None;
        }
        let mut past = self.clone();
        past.settled = past.settled.filter(|settled| by.holds(settled.at, settled.recorded_at));
        Some(past)
    }
}

impl Unit {
    /// A proposal by its number.
    pub fn proposal(&self, number: u16) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.number == number)
    }

    /// The proposals that wait at `at`.
    pub fn waiting_proposals(&self, at: Timestamp) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(move |proposal| proposal.waits(at))
    }

    pub(super) fn propose(&mut self, e: &GoodwillProposed, at: Timestamp, recorded_at: Timestamp) {
        self.proposals.push(Proposal {
            number: e.proposal,
            gift: e.gift.clone(),
            reason: e.reason.clone(),
            by: e.by.clone(),
            dispute: e.dispute.clone(),
            at,
            recorded_at,
            expires_at: e.expires_at,
            settled: None,
        });
    }

    pub(super) fn decline(&mut self, e: &GoodwillDeclined, at: Timestamp, recorded_at: Timestamp) {
        self.settle(e.proposal, Settled { approved: false, by: Some(e.by.clone()), at, recorded_at });
    }

    /// Notes that a gift was the one of a proposal, if it was.
    pub(super) fn approve(&mut self, e: &Extended, at: Timestamp, recorded_at: Timestamp) {
        let Some(number) = e.proposal else { return };
        self.settle(number, Settled { approved: true, by: e.approver.clone(), at, recorded_at });
    }

    fn settle(&mut self, number: u16, settled: Settled) {
        if let Some(proposal) = self.proposals.iter_mut().find(|proposal| proposal.number == number) {
            proposal.settled = Some(settled);
        }
    }
}

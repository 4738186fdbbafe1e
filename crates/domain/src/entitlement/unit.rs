//! One unit of an entitlement: a voucher with a code and a life of its own.
//!
//! A unit collects what happened, each fact with the time at which it happened and the time at which it was recorded. What
//! follows from them (attempts left, what comes next, when it ends) is derived by [`Right::standing`](crate::Right::standing).

use std::borrow::Cow;

use super::holding::Holding;
use super::revocation::Revocation;
use super::share::Share;
use super::{Activation, Attempt, Holder, Proposal, TakenBack};
use crate::{CandidateId, Fingerprint, Gift, Rule, TermsHash, Timestamp, UnitNo};

/// A voucher.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its number, from 1.
    pub no: UnitNo,
    /// Which benefit of the terms it carries.
    pub benefit: u8,
    /// The fingerprint of its code.
    pub code: Fingerprint,
    /// Fingerprints of codes that were replaced, oldest first.
    pub replaced: Vec<Fingerprint>,
    /// Its holder, where it has one of its own.
    pub holder: Holder,
    /// Branches that it was shared out to, oldest first.
    pub(super) shares: Vec<Share>,
    /// Registrations, by the time at which they were made.
    pub attempts: Vec<Attempt>,
    /// The use of a practice test, library or subscription.
    pub activation: Option<Activation>,
    /// Why and when what was unused was taken back, for the first reason that stands; what was used stays used.
    pub taken_back: Option<TakenBack>,
    /// All reasons for which it was taken back.
    pub(super) revocations: Vec<Revocation>,
    /// Goodwill that was proposed, oldest first.
    pub proposals: Vec<Proposal>,
    /// The deadline that passed, if its end is on record.
    pub expired_at: Option<Timestamp>,
    /// Ends that its holder was told of: each end, and when that notice of it fell due.
    pub noticed: Vec<(Timestamp, Timestamp)>,
    /// What goodwill gave.
    pub(super) gifts: Vec<Given>,
    /// Rules that gifts have waived, for whomever; derived from them.
    pub(super) waived: Vec<Rule>,
    /// When the latest fact of its own was recorded; none if nothing happened to it.
    pub(super) changed_at: Option<Timestamp>,
    /// What its holder is derived from.
    pub(super) holding: Holding,
}

/// What goodwill gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    pub(super) at: Timestamp,
    pub(super) recorded_at: Timestamp,
    pub(super) gift: Gift,
    pub(super) until: Option<Timestamp>,
}

/// Which facts count for a question about an earlier time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Those that had happened by then, whenever they were reported.
    Happened(Timestamp),
    /// Those that were on record by then.
    Recorded(Timestamp),
}

impl By {
    pub(super) fn holds(self, happened_at: Timestamp, recorded_at: Timestamp) -> bool {
        match self {
            By::Happened(at) => happened_at <= at,
            By::Recorded(at) => recorded_at <= at,
        }
    }
}

impl Unit {
    /// The registration that is open: neither cancelled nor with a result.
    pub fn open(&self) -> Option<&Attempt> {
        self.attempts.iter().rev().find(|attempt| attempt.is_open())
    }

    /// When it was first registered.
    pub fn first_scheduled_at(&self) -> Option<Timestamp> {
        self.attempts.first().map(|attempt| attempt.booked_at)
    }

    /// The terms that govern since the first registration, where the offer judges by those.
    pub fn terms(&self) -> Option<TermsHash> {
        self.attempts.iter().find_map(|attempt| attempt.terms)
    }

    /// Attempts given out of goodwill.
    pub fn extra_attempts(&self) -> u16 {
        let extra = self.gifts.iter().filter(|given| given.gift == Gift::ExtraAttempt).count();
        u16::try_from(extra).unwrap_or(u16::MAX)
    }

    /// The instants before which no deadline ends, by goodwill, each with when that was recorded.
    pub(super) fn extensions(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        self.gifts.iter().filter_map(|given| Some((given.recorded_at, given.until?)))
    }

    /// Rules that are not held against it. A waiver that names a person is among them; [`Unit::waives`] asks for
    /// whom.
    pub fn waived(&self) -> &[Rule] {
        &self.waived
    }

    /// Whether a rule is waived for somebody: for everybody, or for this candidate.
    pub fn waives(&self, waived: Rule, candidate: Option<&CandidateId>) -> bool {
        self.gifts.iter().any(|given| match &given.gift {
            Gift::Waiver { rule, candidate: None } => *rule == waived,
            Gift::Waiver { rule, candidate: named } => *rule == waived && named.as_ref() == candidate,
            _ => false,
        })
    }

    /// The unit as a candidate may use it: without the waivers that name somebody else.
    pub(crate) fn asked_by(&self, asker: &CandidateId) -> Cow<'_, Self> {
        let is_of_another = |given: &Given| match &given.gift {
            Gift::Waiver { candidate, .. } => candidate.as_ref().is_some_and(|named| named != asker),
            _ => false,
        };
        if !self.gifts.iter().any(is_of_another) {
            return Cow::Borrowed(self);
        }
        let mut own = self.clone();
        own.gifts.retain(|given| !is_of_another(given));
        own.count_waivers();
        Cow::Owned(own)
    }

    pub(super) fn give(&mut self, given: Given) {
        self.gifts.push(given);
        self.count_waivers();
    }

    fn count_waivers(&mut self) {
        let waived = self.gifts.iter().filter_map(|given| match given.gift {
            Gift::Waiver { rule, .. } => Some(rule),
            _ => None,
        });
        self.waived = waived.collect();
    }

    /// The unit by what had happened until then.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        if self.is_all(at) { Cow::Borrowed(self) } else { Cow::Owned(self.as_of(By::Happened(at))) }
    }

    /// Whether all that is known of it had happened by then.
    pub(super) fn is_all(&self, at: Timestamp) -> bool {
        self.attempts.iter().all(|attempt| {
            attempt.booked_at <= at
                && attempt.ended_at().is_none_or(|ended_at| ended_at <= at)
                && attempt.moves.iter().all(|moved| moved.at <= at)
        }) && self.gifts.iter().all(|given| given.at <= at)
            && self.activation.as_ref().is_none_or(|active| active.since <= at)
            && self.has_revocations_by(at)
            && self.holding.is_all(at)
            && self.shares.iter().all(|share| share.is_all(at))
    }

    /// The registration that was open at `at`; if none was, the one that is open now.
    pub fn registration_at(&self, at: Timestamp) -> Option<&Attempt> {
        let open_then = self.attempts.iter().rev().find(|attempt| attempt.was_open_at(at));
        open_then.or(self.open())
    }

    /// Whether a fact of its own was recorded after `at`.
    pub(super) fn changed_after(&self, at: Timestamp) -> bool {
        self.changed_at.is_some_and(|changed_at| at < changed_at)
    }

    /// The unit by the facts that count for an earlier time.
    pub(super) fn as_of(&self, by: By) -> Self {
        let mut past = self.clone();
        past.gifts.retain(|given| by.holds(given.at, given.recorded_at));
        past.count_waivers();
        past.attempts = self.attempts.iter().filter_map(|attempt| attempt.as_of(by)).collect();
        past.activation = past.activation.filter(|active| by.holds(active.since, active.recorded_at));
        past.cut_revocations(by);
        past.proposals = self.proposals.iter().filter_map(|proposal| proposal.as_of(by)).collect();
        past.holding.retain(by);
        past.holder = past.holding.holder();
        past.shares = self.shares.iter().filter_map(|share| share.as_of(by)).collect();
        past
    }
}

//! One unit of an entitlement: a voucher with a code and a life of its own.
//!
//! A unit collects what happened, each fact with the time at which it happened and the time at which it was recorded. What
//! follows from them (attempts left, what comes next, when it ends) is derived by [`Right::standing`](crate::Right::standing).

use std::borrow::Cow;

use super::{Activation, Attempt, Holder, Share, TakenBack};
use crate::{Fingerprint, Gift, Rule, TermsHash, Timestamp, UnitNo};

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
    /// The branch that it was shared out to.
    pub share: Option<Share>,
    /// Registrations, by the time at which they were made.
    pub attempts: Vec<Attempt>,
    /// The use of a practice test, library or subscription.
    pub activation: Option<Activation>,
    /// Why and when what was unused was taken back; what was used stays used.
    pub taken_back: Option<TakenBack>,
    /// The deadline that passed, if its end is on record.
    pub expired_at: Option<Timestamp>,
    /// Ends that its holder was told of: each end, and when that notice of it fell due.
    pub noticed: Vec<(Timestamp, Timestamp)>,
    /// What goodwill gave.
    pub(super) gifts: Vec<Given>,
    /// Rules that gifts have waived; derived from them.
    pub(super) waived: Vec<Rule>,
    /// When the latest fact of its own was recorded; none if nothing happened to it.
    pub(super) changed_at: Option<Timestamp>,
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

    /// The instant before which no deadline ends, by goodwill.
    pub fn extended_until(&self) -> Option<Timestamp> {
        self.gifts.iter().filter_map(|given| given.until).max()
    }

    /// Rules that are not held against it.
    pub fn waived(&self) -> &[Rule] {
        &self.waived
    }

    pub(super) fn give(&mut self, given: Given) {
        self.gifts.push(given);
        self.count_waivers();
    }

    fn count_waivers(&mut self) {
        let waived = self.gifts.iter().filter_map(|given| match given.gift {
            Gift::Waiver { rule } => Some(rule),
            _ => None,
        });
        self.waived = waived.collect();
    }

    /// The unit by what had happened until then.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        let is_all = self.attempts.iter().all(|attempt| {
            attempt.booked_at <= at
                && attempt.ended_at().is_none_or(|ended_at| ended_at <= at)
                && attempt.moves.iter().all(|moved| moved.at <= at)
        }) && self.gifts.iter().all(|given| given.at <= at)
            && self.taken_back.is_none_or(|taken| taken.at <= at);
        if is_all { Cow::Borrowed(self) } else { Cow::Owned(self.as_of(By::Happened(at))) }
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
        past.taken_back = past.taken_back.filter(|taken| by.holds(taken.at, taken.recorded_at));
        past
    }
}

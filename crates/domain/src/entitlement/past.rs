//! What a unit was at an earlier time. A move of an end must not revive what had ended by then, on record or not.

use super::{Attempt, AttemptEnd, Stage, Unit};
use crate::event::Extended;
use crate::{Gift, RevokeReason, Timestamp};

/// Where a unit stood, from a time on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    /// When that was put on record.
    at: Timestamp,
    stage: Stage,
    /// How many registrations there were, and when the last one was to be sat.
    attempts: usize,
    sit_at: Option<Timestamp>,
    /// Whether what is left behind an open registration had been taken back.
    rest_revoked: Option<RevokeReason>,
}

/// What goodwill gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    at: Timestamp,
    gift: Gift,
    until: Option<Timestamp>,
}

impl Unit {
    /// Remembers where the unit stands, if that is new.
    pub(super) fn remember(&mut self, at: Timestamp) {
        let attempts = self.attempts.len();
        let sit_at = self.attempts.last().map(|attempt| attempt.sit_at);
        let rest_revoked = self.rest_revoked;
        let step = Step { at, stage: self.stage.clone(), attempts, sit_at, rest_revoked };
        if self.trail.last().is_none_or(|last| Step { at: last.at, ..step.clone() } != *last) {
            self.trail.push(step);
        }
    }

    /// Takes a gift in.
    pub(super) fn give(&mut self, e: &Extended, at: Timestamp) {
        self.gifts.push(Given { at, gift: e.gift.clone(), until: e.until });
        self.count_gifts();
    }

    fn count_gifts(&mut self) {
        self.extra_attempts = 0;
        self.extended_until = None;
        self.waived.clear();
        for given in &self.gifts {
            match given.gift {
                Gift::ExtraAttempt => self.extra_attempts = self.extra_attempts.saturating_add(1),
                Gift::LongerTerm { .. } => self.extended_until = self.extended_until.max(given.until),
                Gift::Waiver { rule } => self.waived.push(rule),
            }
        }
    }

    /// Since when it stands on record as it does; none if nothing happened to it.
    pub(super) fn stands_since(&self) -> Option<Timestamp> {
        let (step, given) = (self.trail.last().map(|step| step.at), self.gifts.last().map(|given| given.at));
        step.max(given)
    }

    /// The unit as it stood on record at `at`.
    pub(super) fn as_of(&self, at: Timestamp) -> Self {
        let mut past = self.clone();
        past.gifts.retain(|given| given.at <= at);
        past.count_gifts();
        past.attempts.clear();
        past.stage = Stage::Unused;
        past.rest_revoked = None;
        if let Some(step) = self.trail.iter().rev().find(|step| step.at <= at) {
            past.stage = step.stage.clone();
            past.rest_revoked = step.rest_revoked;
            past.attempts.extend_from_slice(&self.attempts[..step.attempts.min(self.attempts.len())]);
            if let Some((last, sit_at)) = past.attempts.last_mut().zip(step.sit_at) {
                last.sit_at = sit_at;
                if step.stage == Stage::Registered {
                    last.end = AttemptEnd::Open;
                }
            }
        }
        past.first_scheduled_at = past.attempts.first().map(|first: &Attempt| first.booked_at);
        past
    }
}

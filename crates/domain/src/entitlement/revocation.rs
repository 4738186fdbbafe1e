//! What was taken back of a voucher, for which reasons, and which of them were reversed.

use super::unit::By;
use super::{Attempt, Cancelled, TakenBack, Unit};
use crate::{RevokeReason, Timestamp};

/// One reason for which what was unused was taken back, and its reversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Revocation {
    taken: TakenBack,
    reversed: Option<Reversed>,
}

/// The reversal of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reversed {
    at: Timestamp,
    recorded_at: Timestamp,
}

impl Unit {
    /// Whether it is taken back for this reason, maybe beside another one.
    pub fn is_taken_back_for(&self, reason: RevokeReason) -> bool {
        let stands = |revocation: &Revocation| revocation.reversed.is_none();
        self.revocations.iter().any(|revocation| stands(revocation) && revocation.taken.reason == reason)
    }

    /// Whether it is taken back for this reason and no other.
    pub fn is_taken_back_only_for(&self, reason: RevokeReason) -> bool {
        let mut standing = self.revocations.iter().filter(|revocation| revocation.reversed.is_none());
        self.taken_back.is_some() && standing.all(|revocation| revocation.taken.reason == reason)
    }

    /// Whether it was taken back once and that was reversed.
    pub fn was_reinstated(&self) -> bool {
        self.revocations.iter().any(|revocation| revocation.reversed.is_some())
    }

    /// The registrations that its revocations for this reason cancelled, as far as these are not reversed.
    pub(crate) fn cancelled_for(&self, reason: RevokeReason) -> impl Iterator<Item = &Attempt> {
        let standing = self.revocations.iter().filter(|revocation| revocation.reversed.is_none());
        let taken: Vec<_> =
            standing.map(|revocation| revocation.taken).filter(|taken| taken.reason == reason).collect();
        self.attempts.iter().filter(move |attempt| {
            attempt.cancelled.is_some_and(|cancelled| taken.iter().any(|taken| taken.cancelled(&cancelled)))
        })
    }

    /// Whether a registration was cancelled by a revocation that was reversed since.
    pub(super) fn reinstates(&self, cancelled: &Cancelled) -> bool {
        let reversed = self.revocations.iter().filter(|revocation| revocation.reversed.is_some());
        reversed.into_iter().any(|revocation| revocation.taken.cancelled(cancelled))
    }

    pub(super) fn take_back(&mut self, taken: TakenBack) {
        self.revocations.push(Revocation { taken, reversed: None });
        self.find_taken_back();
    }

    /// Reverses what was taken back for this reason.
    pub(crate) fn reinstate(&mut self, reason: RevokeReason, at: Timestamp, recorded_at: Timestamp) {
        for revocation in &mut self.revocations {
            if revocation.taken.reason == reason && revocation.reversed.is_none() {
                revocation.reversed = Some(Reversed { at, recorded_at });
            }
        }
        self.find_taken_back();
    }

    /// Whether all that was taken back or reversed happened by then.
    pub(super) fn has_revocations_by(&self, at: Timestamp) -> bool {
        self.revocations
            .iter()
            .all(|one| one.taken.at <= at && one.reversed.is_none_or(|reversed| reversed.at <= at))
    }

    /// Drops what does not count for an earlier time.
    pub(super) fn cut_revocations(&mut self, by: By) {
        self.revocations.retain(|one| by.holds(one.taken.at, one.taken.recorded_at));
        for one in &mut self.revocations {
            one.reversed = one.reversed.filter(|reversed| by.holds(reversed.at, reversed.recorded_at));
        }
        self.find_taken_back();
    }

    /// The first revocation that stands is why it is taken back.
    fn find_taken_back(&mut self) {
        let standing = self.revocations.iter().find(|revocation| revocation.reversed.is_none());
        self.taken_back = standing.map(|revocation| revocation.taken);
    }
}

impl TakenBack {
    /// Whether a registration was cancelled by this revocation: nobody gave it up, and both are one fact's time.
    fn cancelled(&self, cancelled: &Cancelled) -> bool {
        cancelled.by.is_none() && cancelled.at == self.at && cancelled.recorded_at == self.recorded_at
    }
}

//! Whom a voucher serves, over time: derived from assignments and uses, in the order in which they happened.

use super::Holder;
use super::unit::By;
use crate::{CandidateId, Timestamp};

/// The assignments and uses of a voucher, or of a pack, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Holding(Vec<Change>);

/// Something that was done to a voucher's holder.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// Since when it counts.
    pub(super) since: Timestamp,
    pub(super) recorded_at: Timestamp,
    pub(super) deed: Deed,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    /// It was assigned at that time.
    Assigned(CandidateId, Timestamp),
    /// The assignment was taken back.
    Unassigned,
    /// It was bound at that time, by a use or by the order.
    Bound(CandidateId, Timestamp),
}

impl Holding {
    pub(super) fn add(&mut self, change: Change) {
        let place = self.0.partition_point(|before| before.since <= change.since);
        self.0.insert(place, change);
    }

    /// Who holds it after all of these. Whoever is bound stays so: what was assigned or taken back after that came too late.
    pub(super) fn holder(&self) -> Holder {
        self.0.iter().fold(Holder::Nobody, |holder, change| match (holder, &change.deed) {
            (bound @ Holder::Bound(..), _) => bound,
            (_, Deed::Assigned(candidate, at)) => Holder::Assigned(candidate.clone(), *at),
            (_, Deed::Unassigned) => Holder::Nobody,
            (before, Deed::Bound(candidate, at)) => {
                Holder::Bound(candidate.clone(), Some(before.assigned_at().unwrap_or(*at)))
            }
        })
    }

    pub(super) fn is_all(&self, at: Timestamp) -> bool {
        self.0.iter().all(|change| change.since <= at)
    }

    pub(super) fn retain(&mut self, by: By) {
        self.0.retain(|change| by.holds(change.since, change.recorded_at));
    }
}

//! Shares: vouchers of a pack that belong to a branch of the agreement.

use super::Right;
use super::unit::By;
use crate::terms::BranchLeaves;
use crate::{BranchId, Timestamp};

/// That a voucher was shared out to a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) branch: BranchId,
    pub(super) since: Timestamp,
    pub(super) recorded_at: Timestamp,
    /// That it was taken back into the pool, if it was.
    pub(super) back: Option<Back>,
}

/// That a share was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Back {
    pub(super) at: Timestamp,
    pub(super) recorded_at: Timestamp,
}

impl Share {
    fn holds(&self, at: Timestamp) -> bool {
        self.since <= at && self.back.is_none_or(|back| at < back.at)
    }

    /// Whether all that is known of it had happened by then.
    pub(super) fn is_all(&self, at: Timestamp) -> bool {
        self.since <= at && self.back.is_none_or(|back| back.at <= at)
    }

    /// The share by what counts for an earlier time; none if it was not shared out by then.
    pub(super) fn as_of(&self, by: By) -> Option<Self> {
        let back = self.back.filter(|back| by.holds(back.at, back.recorded_at));
        by.holds(self.since, self.recorded_at).then(|| Self { back, ..self.clone() })
    }
}

impl<'a> Right<'a> {
    /// The branch that the voucher belongs to at `at`. Where the offer says so, it belongs to the pool again from the time on at
    /// which the branch left the agreement.
    pub fn branch(&self, at: Timestamp) -> Option<&'a BranchId> {
        let share = self.unit.shares.iter().rev().find(|share| share.holds(at))?;
        (!self.share_returned(share, at)).then_some(&share.branch)
    }

    /// The branch that had the voucher until it left the agreement, if the voucher belongs to the pool for that reason.
    pub(crate) fn branch_that_left(&self, at: Timestamp) -> Option<&'a BranchId> {
        let share = self.unit.shares.iter().rev().find(|share| share.holds(at))?;
        self.share_returned(share, at).then_some(&share.branch)
    }

    fn share_returned(&self, share: &Share, at: Timestamp) -> bool {
        self.terms.rulings.branch_leaves == BranchLeaves::Returns
            && self.agreement.is_some_and(|agreement| agreement.left_between(&share.branch, share.since, at))
    }
}

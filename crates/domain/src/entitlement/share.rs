//! Shares: vouchers of a pack that belong to a branch of the agreement.

use super::Right;
use crate::terms::BranchLeaves;
use crate::{BranchId, Timestamp};

/// That a voucher was shared out to a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The branch.
    pub branch: BranchId,
    /// Since when.
    pub since: Timestamp,
    /// When it was taken back into the pool, if it was.
    pub until: Option<Timestamp>,
}

impl Share {
    fn holds(&self, at: Timestamp) -> bool {
        self.since <= at && self.until.is_none_or(|until| at < until)
    }
}

impl<'a> Right<'a> {
    /// The branch that the voucher belongs to at `at`. Where the offer says so, it belongs to the pool again from the time on at
    /// which the branch left the agreement.
    pub fn branch(&self, at: Timestamp) -> Option<&'a BranchId> {
        let share = self.unit.share.as_ref().filter(|share| share.holds(at))?;
        (!self.share_returned(share, at)).then_some(&share.branch)
    }

    /// The branch that had the voucher until it left the agreement, if the voucher belongs to the pool for that reason.
    pub(crate) fn branch_that_left(&self, at: Timestamp) -> Option<&'a BranchId> {
        let share = self.unit.share.as_ref().filter(|share| share.holds(at))?;
        self.share_returned(share, at).then_some(&share.branch)
    }

    fn share_returned(&self, share: &Share, at: Timestamp) -> bool {
        self.terms.rulings.branch_leaves == BranchLeaves::Returns
            && self.agreement.is_some_and(|agreement| agreement.left_between(&share.branch, share.since, at))
    }
}

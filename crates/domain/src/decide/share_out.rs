//! Pools: vouchers of a pack shared out to the branches of an agreement.

use super::{Decision, Known};
use crate::event::VouchersSharedOut;
use crate::{Holder, Judge, Refusal, Right, Rule, ShareOut, Stage, Timestamp, UnitNo};

impl Known {
    pub(super) fn share_out(
        &self,
        c: &ShareOut,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let open = self.agreement.as_ref().and_then(|a| a.open.as_ref());
        judge.rule(
            &on.law(),
            Rule::BranchKnown,
            open.is_some_and(|a| a.branches.contains(&c.branch)),
            |d| {
                d.fact("branch", &c.branch)
                    .fact(
                        "branches",
                        open.map_or_else(|| "none".to_owned(), |a| crate::terms::join(&a.branches)),
                    )
                    .remedy("amend the agreement with this branch, or correct its name")
            },
        )?;
        let free = self.untouched(at).filter(|right| right.branch(at).is_none());
        let units: Vec<UnitNo> = free.map(|right| right.unit.no).collect();
        let count = usize::from(c.count);
        judge.rule(&on.law(), Rule::ShareAvailable, (1..=units.len()).contains(&count), |d| {
            d.fact("untouched", units.len())
                .fact("asked", c.count)
                .remedy("share out at least one and no more than are untouched")
        })?;
        let mut decision = Decision::default();
        on.put(
            &mut decision,
            at,
            VouchersSharedOut { branch: c.branch.clone(), units: units[..count].to_vec() },
        );
        Ok(decision)
    }

    /// Vouchers that nobody has used, holds or lets end.
    pub(super) fn untouched(&self, at: Timestamp) -> impl Iterator<Item = Right<'_>> {
        self.rights().filter(move |right| {
            matches!(right.standing().stage, Stage::Unused)
                && right.unit.attempts.is_empty()
                && right.unit.holder == Holder::Nobody
                && right.ended(at).is_none()
        })
    }
}

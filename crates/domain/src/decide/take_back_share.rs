//! Shares that a branch gives back to the pool.

use super::{Decision, Known};
use crate::event::SharesTakenBack;
use crate::{Judge, Refusal, Rule, TakeBackShare, Timestamp, UnitNo};

impl Known {
    pub(super) fn take_back_share(
        &self,
        c: &TakeBackShare,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let share = self.untouched(at).filter(|right| right.branch(at) == Some(&c.branch));
        let units: Vec<UnitNo> = share.map(|right| right.unit.no).collect();
        let count = usize::from(c.count);
        judge.rule(&on.law(), Rule::ShareAvailable, (1..=units.len()).contains(&count), |d| {
            d.fact("branch", &c.branch)
                .fact("untouched", units.len())
                .fact("asked", c.count)
                .remedy("take back at least one and no more than the branch has untouched")
        })?;
        let mut decision = Decision::default();
        let taken_back = SharesTakenBack { branch: c.branch.clone(), units: units[..count].to_vec() };
        on.put(&mut decision, at, taken_back);
        Ok(decision)
    }
}

//! Assignments: whom a voucher is meant for.

use super::{Decision, Known, OnUnit};
use crate::event::{CommandRepeated, HolderBound, VoucherAssigned, VoucherUnassigned};
use crate::terms::{BoundAt, Unassign, word};
use crate::{Assign, BranchId, CandidateId, Holder, Judge, Refusal, Rule, Timestamp};

impl Known {
    pub(super) fn assign(&self, c: &Assign, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(Some(&c.candidate), judge)?;
        let own = on.unit.asked_by(&c.candidate);
        let on = on.with(&own);
        on.not_revoked(judge)?;
        on.shared_out(c.branch.as_ref(), at, judge)?;
        let mut decision = Decision::default();
        if on.holder().candidate() == Some(&c.candidate) {
            on.put(
                &mut decision,
                at,
                CommandRepeated { what: "the voucher is assigned to this candidate already".to_owned() },
            );
            return Ok(decision);
        }
        judge.rule(&on.law(), Rule::HolderFree, *on.holder() == Holder::Nobody, |d| {
            let bound = matches!(on.holder(), Holder::Bound(..));
            let holder = on.holder().candidate();
            d.fact_or("holder", holder, "nobody").fact("bound", bound).remedy(on.free_first(at))
        })?;
        on.not_ended(at, judge)?;
        let unit = on.holder_scope();
        if on.terms.holder.bound_at == BoundAt::Assignment {
            on.put(&mut decision, at, HolderBound { unit, candidate: c.candidate.clone() });
        } else {
            on.put(&mut decision, at, VoucherAssigned { unit, candidate: c.candidate.clone() });
        }
        Ok(decision)
    }

    pub(super) fn unassign(&self, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        on.not_revoked(judge)?;
        let mut decision = Decision::default();
        if *on.holder() == Holder::Nobody {
            on.put(
                &mut decision,
                at,
                CommandRepeated { what: "the voucher is assigned to nobody".to_owned() },
            );
            return Ok(decision);
        }
        let free =
            on.terms.holder.unassign == Unassign::UntilBound && matches!(on.holder(), Holder::Assigned(..));
        judge.rule(&on.law(), Rule::HolderFree, free, |d| {
            d.fact_or("holder", on.holder().candidate(), "nobody")
                .fact("bound", matches!(on.holder(), Holder::Bound(..)))
                .remedy("the holder stays; another candidate needs another voucher")
        })?;
        // Its end may hang on the assignment: what has ended must not come back with it.
        on.not_ended(at, judge)?;
        on.put(&mut decision, at, VoucherUnassigned { unit: on.holder_scope() });
        Ok(decision)
    }
}

impl OnUnit<'_> {
    /// Asks that a voucher of a branch is used by that branch.
    pub(super) fn shared_out(
        &self,
        branch: Option<&BranchId>,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let share_of = self.right.branch(at);
        judge.rule(&self.law(), Rule::SharedOut, share_of == branch, |d| {
            let remedy = match self.right.branch_that_left(at) {
                Some(left) => format!(
                    "{left} left the agreement, and its vouchers belong to the pool: use it without a branch"
                ),
                None => {
                    "let the branch that has the share use it, or take a voucher of your own share".to_owned()
                }
            };
            d.fact_or("share-of", share_of, "no branch").fact_or("branch", branch, "not given").remedy(remedy)
        })
    }

    /// Binds the holder by a use of the voucher, if the offer binds at the first use and nobody is bound.
    pub(super) fn bind(&self, candidate: &CandidateId, at: Timestamp, decision: &mut Decision) {
        if !matches!(self.holder(), Holder::Bound(..)) {
            self.put(decision, at, HolderBound { unit: self.holder_scope(), candidate: candidate.clone() });
        }
    }

    /// Asks that the voucher is assigned, where the offer binds the holder so, and that it serves this candidate.
    pub(super) fn held_by(
        &self,
        candidate: &CandidateId,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let first = self.terms.holder.bound_at != BoundAt::Assignment || *self.holder() != Holder::Nobody;
        judge.rule(&self.law(), Rule::AssignedFirst, first, |d| {
            d.fact("bound-at", word(self.terms.holder.bound_at))
                .fact("candidate", candidate)
                .remedy("assign the voucher to the candidate first")
        })?;
        self.serves(candidate, at, judge)
    }
}

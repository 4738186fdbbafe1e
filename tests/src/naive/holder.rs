//! Whom a voucher serves.

use super::asks::{Answer, Voucher};
use super::calendar::Millis;
use super::facts::{Holder, Model};
use super::words::{BoundAt, Unassign};

impl Model {
    pub(super) fn assign(&mut self, voucher: Voucher, candidate: u8, at: Millis) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        if self.unit(order, no).is_revoked() {
            return Answer::No("not-revoked");
        }
        let holder = self.holder(order, no);
        if holder.is_some_and(|holder| holder.candidate == candidate) {
            return Answer::Again;
        }
        if holder.is_some() {
            return Answer::No("holder-free");
        }
        if let Some((rule, _)) = self.end_and_rule(order, no).filter(|&(_, end)| end <= at) {
            return Answer::No(rule);
        }
        let bound = self.terms.bound_at == BoundAt::Assignment;
        self.hold(order, no, Some(Holder { candidate, bound, since: Some(at) }));
        Answer::Yes
    }

    pub(super) fn unassign(&mut self, voucher: Voucher, at: Millis) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        if self.unit(order, no).is_revoked() {
            return Answer::No("not-revoked");
        }
        match self.holder(order, no) {
            None => Answer::Again,
            Some(holder) if holder.bound || self.terms.unassign == Unassign::Never => {
                Answer::No("holder-free")
            }
            Some(_) => {
                // Its end may hang on the assignment, and what has ended does not come back.
                if let Some((rule, _)) = self.end_and_rule(order, no).filter(|&(_, end)| end <= at) {
                    return Answer::No(rule);
                }
                self.hold(order, no, None);
                Answer::Yes
            }
        }
    }

    /// Whether a candidate may use a voucher.
    pub(super) fn serves(&self, voucher: Voucher, candidate: u8) -> bool {
        self.holder(voucher.order, voucher.unit).is_none_or(|holder| holder.candidate == candidate)
    }

    /// Binds whoever uses a voucher.
    pub(super) fn bind(&mut self, voucher: Voucher, candidate: u8, at: Millis) {
        let given_at = self.holder(voucher.order, voucher.unit).and_then(|holder| holder.since);
        let since = given_at.or(Some(at));
        self.hold(voucher.order, voucher.unit, Some(Holder { candidate, bound: true, since }));
    }
}

//! Orders, when they are taken back.

use super::asks::Answer;
use super::calendar::Millis;
use super::ends::Seen;
use super::facts::{End, Model};
use super::words::Fate;

impl Model {
    pub(super) fn revoke(&mut self, order: usize, refund: bool, at: Millis) -> Answer {
        if !self.packs.contains_key(&order) {
            return Answer::No("known-voucher");
        }
        let all = self.all_units();
        let units = all.into_iter().filter(|&(of, _)| of == order).map(|(_, no)| no);
        let left: Vec<u16> = units.filter(|&no| self.is_left(order, no, refund, at)).collect();
        // What was taken back is not asked again.
        let is_asked = |&(of, no): &(usize, u16)| of == order && self.unit(of, no).taken.is_some();
        let is_new = !left.is_empty() || !self.all_units().iter().any(is_asked);
        if refund && is_new && !self.refundable(order, at) {
            return Answer::No("refundable");
        }
        if left.is_empty() {
            return Answer::Again;
        }
        let late_cancel = self.terms.rulings.late_cancel;
        for no in left {
            let open = self.unit(order, no).open().filter(|one| at < one.sit_at).map(|one| one.sit_at);
            let cut_off_at = open.and_then(|sit_at| self.cut_off_at(sit_at));
            let late = cut_off_at.is_some_and(|cut_off_at| cut_off_at <= at);
            let given_back = !late || late_cancel == Fate::Return;
            let unit = self.unit_mut(order, no);
            let ahead = unit.tries.iter_mut().rev().find(|one| one.end == End::Open && at < one.sit_at);
            if let Some(ahead) = ahead {
                ahead.end = End::Cancelled { at, late, given_back, by_ledger: true };
            }
            unit.taken = unit.taken.or(Some(at));
            unit.charged_back |= !refund;
        }
        Answer::Yes
    }

    fn refundable(&self, order: usize, at: Millis) -> bool {
        self.terms.rulings.refund_until.as_ref().is_some_and(|until| {
            self.ends_by_terms_at(order, 1, until, Seen::default()).is_none_or(|until| at < until)
        })
    }

    /// Whether something of a voucher is taken back. A refund reaches what is alive; anything else is written down of every one.
    fn is_left(&self, order: usize, no: u16, refund: bool, at: Millis) -> bool {
        let unit = self.unit(order, no);
        if !refund {
            return !unit.charged_back;
        }
        unit.taken.is_none() && unit.active.is_none() && !self.ended(order, no, at)
    }
}

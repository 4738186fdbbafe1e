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
        let left: Vec<u16> = units.filter(|&no| self.is_left(order, no, refund)).collect();
        if left.is_empty() {
            return Answer::Again;
        }
        if refund && !self.refundable(order, at) {
            return Answer::No("refundable");
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

    /// Whether something of a voucher is taken back. It is written down of every one, and a refund of what is taken back already
    /// is none.
    fn is_left(&self, order: usize, no: u16, refund: bool) -> bool {
        let unit = self.unit(order, no);
        if refund { unit.taken.is_none() } else { !unit.charged_back }
    }
}

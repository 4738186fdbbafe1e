//! Corrections of results that were recorded wrongly.

use super::asks::{Answer, Voucher};
use super::calendar::Millis;
use super::facts::{End, Model};
use super::words::{Correction, Fate, Outcome};

impl Model {
    pub(super) fn correct(&mut self, voucher: Voucher, attempt: u16, outcome: Outcome, at: Millis) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        let unit = self.unit(order, no).clone();
        let sat = unit.tries.iter().enumerate().rev().find_map(|(index, one)| match one.end {
            End::Sat { outcome, sat_at, recorded_at, given_back } if one.number == attempt => {
                Some((index, outcome, sat_at, recorded_at, given_back))
            }
            _ => None,
        });
        let Some((index, was, sat_at, recorded_at, given_back)) = sat else {
            return Answer::No("result-known");
        };
        if was == outcome {
            return Answer::Again;
        }
        // What was sat later stays sat: the result that is corrected is no longer the last word on the voucher.
        let used_since = unit.tries[index + 1..].iter().any(|one| match one.end {
            End::Open => one.sit_at <= at,
            End::Cancelled { given_back, .. } | End::Sat { given_back, .. } => !given_back,
        });
        let (before, now) = (self.becomes(was), self.becomes(outcome));
        if used_since || before == now || self.terms.rulings.correction == Correction::RecordOnly {
            self.unit_mut(order, no).tries[index].end = End::Sat { outcome, sat_at, recorded_at, given_back };
            return Answer::Yes;
        }
        // A deadline counts from the correction only where that changes what the attempt came to be.
        let moves = before == Some(Fate::Return) || matches!(now, Some(Fate::Fail | Fate::Return));
        let recorded_at = if moves { at } else { recorded_at };
        let given_back = now == Some(Fate::Return);
        if !given_back {
            // Taken back as unused, it was used after all: what stays taken back is the rest.
            let unit = self.unit_mut(order, no);
            unit.rest_revoked |= std::mem::take(&mut unit.revoked);
        }
        self.unit_mut(order, no).tries[index].end = End::Sat { outcome, sat_at, recorded_at, given_back };
        let withdrawn = unit.open().is_some();
        let mut tail = self.unit_mut(order, no).tries.split_off(index + 1);
        self.settle(voucher, self.fate(outcome), sat_at, at);
        if withdrawn {
            tail.last_mut().expect("one is open").end = End::Cancelled { late: false, given_back: true };
        }
        self.unit_mut(order, no).tries.append(&mut tail);
        Answer::Yes
    }

    /// What becomes of an attempt; a pass is its own end.
    fn becomes(&self, outcome: Outcome) -> Option<Fate> {
        (outcome != Outcome::Pass).then(|| self.fate(outcome))
    }
}

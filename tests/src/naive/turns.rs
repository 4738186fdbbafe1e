//! Instants around which lives like to move.

use super::asks::Voucher;
use super::calendar::Millis;
use super::deadline::Deadline;
use super::ends::Seen;
use super::facts::{Chance, Model, Unit};

impl Model {
    /// A voucher's own page, if it was bought.
    pub(super) fn find(&self, voucher: Voucher) -> Option<&Unit> {
        self.packs.get(&voucher.order)?.units.get(usize::from(voucher.unit) - 1)
    }

    /// Instants from `now` on at which an answer may turn, soonest first.
    pub(super) fn turns(&self, now: Millis) -> Vec<Millis> {
        let mut turns = Vec::new();
        for (order, no) in self.all_units() {
            let unit = self.unit(order, no);
            turns.extend(self.begins_at(order, no));
            turns.extend(self.end(order, no));
            turns.extend(self.notices(order, no));
            let limits = self.limits(order, no, unit.chance, Seen::default());
            turns.extend([limits.register_by, limits.sit_by].into_iter().flatten());
            if let Chance::Retake(fail) = unit.chance {
                turns.extend(self.wait(unit, fail).map(|(until, _)| until));
            }
            if let Some(open) = unit.open() {
                turns.push(open.sit_at);
                turns.extend(self.cut_off_at(open.sit_at));
            }
            let refund = self.terms.rulings.refund_until.as_ref().unwrap_or(&Deadline::None);
            turns.extend(self.ends_by_terms_at(order, no, refund, Seen::default()));
        }
        turns.retain(|&turn| now <= turn + 1);
        turns.sort_unstable();
        turns.dedup();
        turns
    }
}

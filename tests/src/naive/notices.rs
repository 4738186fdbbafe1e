//! Notices: what holders are told of ends to come.

use super::calendar::{self, Millis, Period};
use super::facts::{Model, Told};

impl Model {
    /// Writes down which end each voucher has from now on, where that is new.
    pub(super) fn note_ends(&mut self, at: Millis) {
        for (order, no) in self.all_units() {
            let end = self.end(order, no);
            let unit = self.unit_mut(order, no);
            if unit.ends.last().is_none_or(|(_, before)| *before != end) {
                unit.ends.push((at, end));
            }
        }
    }

    /// Tells of the ends of an order's vouchers: of each the last notice that is due, if it was not given.
    pub(super) fn tell(&mut self, order: usize, at: Millis) -> bool {
        let due: Vec<Told> = self
            .all_units()
            .into_iter()
            .filter_map(|(of, unit)| {
                let end = self.end(of, unit).filter(|end| at < *end)?;
                let recorded = self.unit(of, unit).expired;
                let due = self.notices(of, unit).into_iter().filter(|due| *due <= at).max()?;
                (of == order && recorded.is_none_or(|recorded| recorded < end)).then_some(Told {
                    order,
                    unit,
                    end,
                    due,
                })
            })
            .collect();
        self.told.extend(&due);
        !due.is_empty()
    }

    /// The instants of the notices of a voucher's end that are still to be given.
    pub(super) fn notices(&self, order: usize, no: u16) -> Vec<Millis> {
        let unit = self.unit(order, no);
        let Some(end) = self.end(order, no) else { return Vec::new() };
        let had_it = |due: Millis| {
            let before = unit.ends.iter().rev().find(|(from, _)| *from < due);
            before.is_some_and(|(_, then)| *then == Some(end))
        };
        let told = |due: Millis| {
            self.told
                .iter()
                .any(|told| (told.order, told.unit, told.end) == (order, no, end) && due <= told.due)
        };
        let all = self.terms.notices.iter().map(|notice| self.counted_back(end, *notice));
        all.filter(|due| had_it(*due) && !told(*due)).collect()
    }

    fn counted_back(&self, end: Millis, notice: Period) -> Millis {
        let zone = self.terms.zone;
        match notice.exact() {
            Some(length) => end - length,
            None => calendar::start_of(zone, notice.from_day(calendar::day_of(zone, end), -1)),
        }
    }
}

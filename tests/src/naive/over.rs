//! What happens to vouchers by themselves: they end, and the offer's end moves.

use jiff::civil::Date;

use super::asks::Answer;
use super::calendar::Millis;
use super::facts::{Model, Pack};
use super::words::Office;

impl Model {
    /// Moves the end of the offer, and with it the vouchers that are alive.
    pub(super) fn extend_offer(&mut self, last_day: Date, at: Millis) -> Answer {
        if self.offer_end.is_none_or(|end| last_day <= end) {
            return Answer::No("end-moves-later");
        }
        self.offer_end = Some(last_day);
        self.extensions.push((at, last_day));
        Answer::Yes
    }

    /// Publishes the version that counts by this office. It governs what is bought from then on, and, where the offer says so,
    /// every voucher that is alive and was never registered.
    pub(super) fn publish(&mut self, office: Option<Office>, at: Millis) -> Answer {
        if self.versions.last().is_some_and(|&(_, now)| now == office) {
            return Answer::No("new-version");
        }
        self.versions.push((at, office));
        Answer::Yes
    }

    pub(super) fn expire(&mut self, order: usize, at: Millis) -> Answer {
        if !self.packs.contains_key(&order) {
            return Answer::No("known-voucher");
        }
        let told = self.tell(order, at);
        let mut done = if told { Answer::Yes } else { Answer::No("due") };
        for (of, unit) in self.all_units() {
            let due = of == order && self.due(of, unit, at);
            if due {
                self.unit_mut(of, unit).expired = self.end(of, unit);
                done = Answer::Yes;
            }
        }
        done
    }

    /// Whether a voucher has ended, and this end is not on record: goodwill may have moved it since one was.
    fn due(&self, order: usize, unit: u16, at: Millis) -> bool {
        let recorded = self.unit(order, unit).expired;
        self.end(order, unit).is_some_and(|end| end <= at && recorded.is_none_or(|recorded| recorded < end))
    }

    /// Every voucher, as order and unit.
    pub(super) fn all_units(&self) -> Vec<(usize, u16)> {
        let units =
            |(&order, pack): (&usize, &Pack)| (1u16..).zip(&pack.units).map(|(no, _)| (order, no)).collect();
        self.packs.iter().flat_map(|pack| -> Vec<_> { units(pack) }).collect()
    }
}

//! Whether goodwill is taken (ruling 17).

use super::ask::{Answer, Ask, Gift, Voucher};
use super::book::{Book, Fate};
use super::day::Millis;
use super::judge::No;
use super::standing::EVER;

impl Book {
    /// What a gift is answered. One that changes nothing is refused, and so is one that comes too late.
    pub(crate) fn extend(&self, voucher: Voucher, gift: Gift, now: Millis) -> Answer {
        let offer = self.offer(voucher.order);
        let mut after = self.clone();
        after.facts.push((now, Ask::Extend { voucher, gift }));
        let (before, after) = (self.shown(voucher), after.shown(voucher));
        let passed =
            self.attempts(voucher, EVER).iter().any(|one| matches!(one.fate(offer), Fate::Passed(_)));
        let mut no = No::default();
        no.when(passed, &["goodwill-allowed"]);
        no.when(self.revoked(voucher.order, EVER).is_some(), &["not-revoked"]);
        let gone = if before.is_over() { self.end_of_used(voucher, EVER) } else { before.end };
        no.when(!offer.revives && gone.is_some_and(|end| end <= now), &["goodwill-allowed"]);
        no.when(before == after, &["goodwill-allowed"]);
        no.answer()
    }
}

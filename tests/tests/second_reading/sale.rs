//! What was sold, under which terms.

use super::ask::{Ask, Voucher};
use super::book::Book;
use super::day::Millis;
use super::terms::{Anchor, Offer};
use jiff::civil::Date;

impl Book {
    /// The version that governs what an order bought.
    pub fn offer(&self, order: usize) -> &Offer {
        let Some((told, Ask::Issue { offer, .. })) = self.issue(order) else { panic!("order {order} was not given") };
        self.sold_as(offer, told).expect("it was on sale")
    }

    /// The version of an offer that was in force at a time.
    pub fn sold_as(&self, id: &str, at: Millis) -> Option<&Offer> {
        let version = |(told, ask): &(Millis, Ask)| match *ask {
            Ask::Publish { version } if *told <= at && self.versions[version].id == id => Some(&self.versions[version]),
            _ => None,
        };
        self.facts.iter().filter_map(version).last()
    }

    /// Whether an order was paid.
    pub fn is_paid(&self, order: usize) -> bool {
        matches!(self.issue(order), Some((_, Ask::Issue { paid: true, .. })))
    }

    /// When a voucher was activated, by `until`.
    pub fn activated(&self, of: Voucher, until: Millis) -> Option<Millis> {
        let one = |(told, ask): &(Millis, Ask)| match *ask {
            Ask::Activate { voucher, .. } if voucher == of && *told <= until => Some(*told),
            _ => None,
        };
        self.facts.iter().find_map(one)
    }

    /// When a right begins; none if at once.
    pub fn not_before(&self, _voucher: Voucher) -> Option<Millis> {
        None
    }

    /// The day of an anchor that is a day.
    pub fn anchored_day(&self, _voucher: Voucher, anchor: Anchor, _until: Millis) -> Option<Date> {
        match anchor {
            Anchor::OfferEnd | Anchor::AgreementStart | Anchor::AgreementEnd | Anchor::FirstOrderEnd => None,
            _ => None,
        }
    }
}

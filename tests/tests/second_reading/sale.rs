//! What was sold, under which terms.

use jiff::civil::Date;

use super::ask::{Answer, Ask, Voucher};
use super::book::Book;
use super::day::{Millis, next, start_of};
use super::judge::No;
use super::terms::{Anchor, Offer};

impl Book {
    /// The version that governs what an order bought: that in force when it was bought (ruling 13).
    pub(crate) fn offer(&self, order: usize) -> &Offer {
        let Some((_, Ask::Issue { offer, purchased_at, .. })) = self.issue(order) else {
            panic!("order {order} was not given")
        };
        self.sold_as(offer, *purchased_at).expect("it was on sale")
    }

    /// When an order was bought.
    pub(crate) fn purchased(&self, order: usize) -> Millis {
        match self.issue(order) {
            Some((_, Ask::Issue { purchased_at, .. })) => *purchased_at,
            _ => panic!("order {order} was not given"),
        }
    }

    /// The version of an offer that was in force at a time.
    pub(crate) fn sold_as(&self, id: &str, at: Millis) -> Option<&Offer> {
        let version = |(told, ask): &(Millis, Ask)| match *ask {
            Ask::Publish { version } if *told <= at && self.versions[version].id == id => {
                Some(&self.versions[version])
            }
            _ => None,
        };
        self.facts.iter().rev().find_map(version).or_else(|| self.first_version(id))
    }

    /// The first version of an offer: what is bought before it goes by it, too.
    fn first_version(&self, id: &str) -> Option<&Offer> {
        self.facts.iter().find_map(|(_, ask)| match *ask {
            Ask::Publish { version } if self.versions[version].id == id => Some(&self.versions[version]),
            _ => None,
        })
    }

    /// What an order is answered.
    pub(crate) fn buy(&self, order: usize, ask: &Ask) -> Answer {
        let Ask::Issue { offer, purchased_at, agreement, .. } = ask else { unreachable!("it is an order") };
        match self.issue(order) {
            Some((_, before)) if before == ask => return Answer::Again,
            Some(_) => return Answer::No(vec!["order-unchanged"]),
            None => {}
        }
        let Some(terms) = self.sold_as(offer, *purchased_at) else {
            return Answer::No(vec!["known-offer", "on-sale-from"]);
        };
        let mut no = No::default();
        let last = self.extended(offer, terms, *purchased_at);
        let over = |day: Date| start_of(terms.zone, if terms.inclusive { next(day) } else { day });
        no.when(last.is_some_and(|day| over(day) <= *purchased_at), &["on-sale-until"]);
        self.ask_agreement(terms, *agreement, *purchased_at, &mut no);
        no.answer()
    }

    /// What the publication of a version is answered.
    pub(crate) fn publish(&self, version: usize) -> Answer {
        let id = &self.versions[version].id;
        let is = |(_, ask): &(Millis, Ask)| match *ask {
            Ask::Publish { version: one } if self.versions[one].id == *id => Some(one),
            _ => None,
        };
        let mut no = No::default();
        no.when(self.facts.iter().rev().find_map(is) == Some(version), &["new-version"]);
        no.answer()
    }

    /// What an extension of an offer is answered.
    pub(crate) fn extend_offer(&self, id: &str, day: Date, now: Millis) -> Answer {
        let Some(terms) = self.sold_as(id, now) else { return Answer::No(vec!["known-offer"]) };
        let last = self.extended(id, terms, now);
        let mut no = No::default();
        no.when(last.is_none_or(|last| day <= last), &["end-moves-later"]);
        no.answer()
    }

    /// The last day of an offer at a time.
    fn extended(&self, id: &str, terms: &Offer, at: Millis) -> Option<Date> {
        let moved = |(told, ask): &(Millis, Ask)| match ask {
            Ask::ExtendOffer { offer, last_day } if offer == id && *told <= at => Some(*last_day),
            _ => None,
        };
        self.facts.iter().filter_map(moved).chain(terms.last_day).max()
    }

    /// Whether an order was paid.
    pub(crate) fn is_paid(&self, order: usize) -> bool {
        matches!(self.issue(order), Some((_, Ask::Issue { paid: true, .. })))
    }

    /// When a voucher was activated, by `until`.
    pub(crate) fn activated(&self, of: Voucher, until: Millis) -> Option<Millis> {
        let one = |(told, ask): &(Millis, Ask)| match *ask {
            Ask::Activate { voucher, .. } if voucher == of && *told <= until => Some(*told),
            _ => None,
        };
        self.facts.iter().find_map(one)
    }

    /// When a right begins; none if at once.
    pub(crate) fn not_before(&self, voucher: Voucher) -> Option<Millis> {
        let offer = self.offer(voucher.order);
        let day = self.anchored_day(voucher, offer.exam(voucher.unit)?.not_before?, super::standing::EVER)?;
        Some(start_of(offer.zone, day))
    }

    /// The day of an anchor that is a day.
    pub(crate) fn anchored_day(&self, voucher: Voucher, anchor: Anchor, until: Millis) -> Option<Date> {
        match anchor {
            Anchor::OfferEnd => self.offer_end(voucher, until),
            Anchor::AgreementStart => self.term(voucher, until).map(|(first, _)| first),
            Anchor::AgreementEnd => self.term(voucher, until).map(|(_, last)| last),
            Anchor::FirstOrderEnd => self.first_order_end(voucher.order, until),
            _ => None,
        }
    }

    /// The end of the offer as a voucher has it: moved by each extension that found the voucher alive (ruling 12).
    fn offer_end(&self, voucher: Voucher, until: Millis) -> Option<Date> {
        let (_, Ask::Issue { offer: id, purchased_at, .. }) = self.issue(voucher.order)? else { return None };
        let offer = self.offer(voucher.order);
        let mut end = self.extended(id, offer, *purchased_at)?;
        for (place, (told, ask)) in self.facts.iter().enumerate() {
            let Ask::ExtendOffer { offer: of, last_day } = ask else { continue };
            if of != id || *told > until || told <= purchased_at || !offer.moves_live {
                continue;
            }
            // What was true then, whenever it was told; but for this extension, and later ones.
            let mut before = self.clone();
            let later = |other: usize, ask: &Ask| other >= place && matches!(ask, Ask::ExtendOffer { .. });
            let mut other = 0;
            before.facts.retain(|(_, ask)| {
                other += 1;
                !later(other - 1, ask)
            });
            if before.lives(voucher, *told) {
                end = end.max(*last_day);
            }
        }
        Some(end)
    }

    /// Whether a voucher had not ended at a time.
    pub(crate) fn lives(&self, voucher: Voucher, at: Millis) -> bool {
        if self.offer(voucher.order).exam(voucher.unit).is_none() {
            return self.end_of_other(voucher, at).is_none_or(|end| at < end);
        }
        let standing = self.standing(voucher, at);
        let end = if standing.is_over() { self.end_of_used(voucher, at) } else { standing.end };
        end.is_none_or(|end| at < end)
    }

    /// Who delivered a voucher's exams at a time; none if anybody does.
    pub(crate) fn provider(&self, voucher: Voucher, at: Millis) -> Option<&'static str> {
        let (_, Ask::Issue { offer: id, .. }) = self.issue(voucher.order)? else { return None };
        let mut provider = *self.offer(voucher.order).exam(voucher.unit)?.providers.first()?;
        for (told, ask) in &self.facts {
            match ask {
                Ask::Migrate { offer, from, to } if offer == id && *told <= at && *from == provider => {
                    provider = to;
                }
                _ => {}
            }
        }
        Some(provider)
    }
}

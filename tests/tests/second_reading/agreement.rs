//! Agreements: what is bought under them ends with them, and with the first subscription.

use jiff::civil::Date;

use super::ask::{Answer, Ask, Voucher};
use super::book::Book;
use super::day::{Millis, day_of, next, start_of};
use super::judge::No;
use super::standing::EVER;
use super::terms::{Benefit, Offer};

/// An agreement: its programme, its first day, its last day.
type Agreement = (&'static str, Date, Date);

impl Book {
    /// An agreement, as it is at a time.
    pub(crate) fn agreement(&self, id: &str, until: Millis) -> Option<Agreement> {
        let mut found = None;
        for (told, ask) in self.facts.iter().filter(|(told, _)| *told <= until) {
            let _ = told;
            match *ask {
                Ask::OpenAgreement { agreement, programme, first_day, last_day, .. } if agreement == id => {
                    found = Some((programme, first_day, last_day));
                }
                Ask::AmendAgreement { agreement, last_day: Some(day), .. } if agreement == id => {
                    found = found.map(|(programme, first, _)| (programme, first, day));
                }
                _ => {}
            }
        }
        found
    }

    /// The agreement that an order was bought under.
    fn bought_under(&self, order: usize) -> Option<&'static str> {
        match self.issue(order) {
            Some((_, Ask::Issue { agreement, .. })) => *agreement,
            _ => None,
        }
    }

    /// The first and the last day of the agreement as a voucher has it: each change that found it alive (ruling 12).
    pub(crate) fn term(&self, voucher: Voucher, until: Millis) -> Option<(Date, Date)> {
        let id = self.bought_under(voucher.order)?;
        let (issued, _) = self.issue(voucher.order)?;
        let (_, first, mut last) = self.agreement(id, issued)?;
        for (place, (told, ask)) in self.facts.iter().enumerate() {
            let Ask::AmendAgreement { agreement, last_day: Some(day), .. } = *ask else { continue };
            if agreement == id && issued < *told && *told <= until {
                let mut before = self.clone();
                before.facts = self
                    .facts
                    .iter()
                    .enumerate()
                    .filter(|(other, (_, ask))| *other < place || !matches!(ask, Ask::AmendAgreement { .. }))
                    .map(|(_, fact)| fact.clone())
                    .collect();
                if before.lives(voucher, *told) {
                    last = day;
                }
            }
        }
        Some((first, last))
    }

    /// Whether an order was bought under an agreement.
    pub(crate) fn is_licensed(&self, order: usize) -> bool {
        self.bought_under(order).is_some()
    }

    /// The last day of the first subscription order of the same agreement that was not taken back (S3-22).
    pub(crate) fn first_order_end(&self, order: usize, until: Millis) -> Option<Date> {
        let agreement = self.bought_under(order)?;
        let bought = self.purchased(order);
        let mut firsts: Vec<(Millis, Millis)> = Vec::new();
        for voucher in self.vouchers() {
            let other = voucher.order;
            let here = self.bought_under(other) == Some(agreement) && self.revoked(other, EVER).is_none();
            let Some(Benefit::Subscription { use_within }) = self.offer(other).benefit(1) else { continue };
            if here && other != order && self.purchased(other) < bought {
                firsts.extend(
                    self.due(voucher, use_within, None, until).map(|ends| (self.purchased(other), ends)),
                );
            }
        }
        // One that is over ties nothing; what is ordered then begins anew.
        let (_, ends) = firsts.into_iter().filter(|(_, ends)| bought < *ends).min()?;
        // Its last day is inside, and it ends as the next one starts.
        Some(day_of(self.offer(order).zone, ends - 1))
    }

    /// Asks whether an order is covered by an agreement.
    pub(crate) fn ask_agreement(&self, terms: &Offer, agreement: Option<&str>, at: Millis, no: &mut No) {
        if terms.agreement.is_empty() {
            return;
        }
        let found = agreement.and_then(|id| self.agreement(id, EVER));
        let Some((programme, _, last)) = found else {
            no.when(true, &["under-agreement", "known-agreement"]);
            return;
        };
        no.when(!terms.agreement.contains(&programme), &["under-agreement"]);
        // An order that is placed before the first day is taken (S3-12).
        no.when(start_of(terms.zone, next(last)) <= at, &["agreement-runs"]);
    }

    /// What the change of an agreement is answered.
    pub(crate) fn amend(&self, id: &str, last_day: Option<Date>) -> Answer {
        let Some((_, first, last)) = self.agreement(id, EVER) else {
            return Answer::No(vec!["known-agreement"]);
        };
        let day = last_day.unwrap_or(last);
        let mut no = No::default();
        no.when(day < first, &["dates-in-order"]);
        if day == last {
            return Answer::Either;
        }
        no.answer()
    }

    /// Whether the exams of a pack would stay inside one of its mixes (S3-7).
    pub(crate) fn breaks_mix(&self, voucher: Voucher, exam: &str, booked: Millis) -> bool {
        let Some(terms) = self.offer(voucher.order).exam(voucher.unit) else { return false };
        let offer = self.offer(voucher.order);
        let mut kinds: Vec<&str> =
            self.catalogue(exam, booked).map(|facts| facts.category).into_iter().collect();
        for other in
            self.vouchers().into_iter().filter(|other| other.order == voucher.order && *other != voucher)
        {
            if offer.exam(other.unit).is_some() {
                let counts = |one: &super::book::Attempt| one.fate(offer) != super::book::Fate::Back;
                // By what was used when it was made, and by what is used in truth.
                let attempts = [self.attempts(other, booked), self.attempts(other, EVER)].concat();
                kinds.extend(
                    attempts
                        .iter()
                        .filter(|one| counts(one))
                        .filter_map(|one| Some(self.catalogue(one.exam, one.booked)?.category)),
                );
            }
        }
        !terms.mix.is_empty() && !terms.mix.iter().any(|set| kinds.iter().all(|kind| set.contains(kind)))
    }
}

//! What is not an exam: practice tests, libraries, subscriptions.

use super::ask::{Answer, Voucher};
use super::book::Book;
use super::day::{Millis, day_of, next, start_of};
use super::ends::earlier;
use super::judge::No;
use super::standing::{EVER, Standing};
use super::terms::{Benefit, Due};

impl Book {
    /// Where something stands that is not an exam.
    pub(crate) fn other_standing(&self, voucher: Voucher) -> Standing {
        let (stage, end) = match self.activated(voucher, EVER) {
            Some(at) => ("active", self.end_of_active(voucher, at, EVER)),
            None if self.revoked(voucher.order, EVER).is_some() => ("revoked", None),
            None => ("unused", self.end_of_unused(voucher, EVER)),
        };
        Standing { stage, used: 0, max: 0, end }
    }

    /// When something that is not an exam ends, by what had happened at `until`.
    pub(crate) fn end_of_other(&self, voucher: Voucher, until: Millis) -> Option<Millis> {
        match self.activated(voucher, until) {
            Some(at) => self.end_of_active(voucher, at, until),
            None => self.end_of_unused(voucher, until),
        }
    }

    fn end_of_unused(&self, voucher: Voucher, until: Millis) -> Option<Millis> {
        match self.offer(voucher.order).benefit(voucher.unit).expect("a unit") {
            Benefit::Practice { activate_by, .. } => self.ends(voucher, activate_by, None, until),
            Benefit::Library { activate_by, use_within } => earlier(
                self.ends(voucher, activate_by, None, until),
                self.ends(voucher, use_within, None, until),
            ),
            Benefit::Subscription { use_within } => self.ends(voucher, use_within, None, until),
            Benefit::Exam(_) => unreachable!("an exam stands otherwise"),
        }
    }

    fn end_of_active(&self, voucher: Voucher, at: Millis, until: Millis) -> Option<Millis> {
        let offer = self.offer(voucher.order);
        match offer.benefit(voucher.unit).expect("a unit") {
            Benefit::Practice { lasts, .. } => {
                let day = lasts.behind(day_of(offer.zone, at)).expect("days");
                let runs = start_of(offer.zone, if offer.inclusive { next(day) } else { day });
                let longer = self.ends(voucher, &Due::On(day), None, until).map_or(runs, |end| end.max(runs));
                Some(longer)
            }
            Benefit::Library { use_within, .. } | Benefit::Subscription { use_within } => {
                self.ends(voucher, use_within, None, until)
            }
            Benefit::Exam(_) => unreachable!("an exam stands otherwise"),
        }
    }

    /// What an activation is answered.
    pub(crate) fn activate(&self, voucher: Voucher, candidate: &str, now: Millis) -> Answer {
        let offer = self.offer(voucher.order);
        if offer.exam(voucher.unit).is_some() {
            return Answer::No(vec!["right-kind"]);
        }
        let holder = self.serves(voucher);
        let mut no = No::default();
        no.when(holder.is_some_and(|holder| holder != candidate), &["holder-matches"]);
        no.when(holder.is_none() && offer.bound_at == super::terms::BoundAt::Assignment, &["assigned-first"]);
        let not_yet = self.not_before(voucher).is_some_and(|begins| now < begins);
        no.when(not_yet, &["not-before"]);
        if self.activated(voucher, EVER).is_some() {
            return match no.answer() {
                Answer::Yes if self.revoked(voucher.order, EVER).is_some() => Answer::Either,
                Answer::Yes => Answer::Again,
                _ => Answer::No(vec!["holder-matches", "activated-once", "not-revoked"]),
            };
        }
        no.when(self.revoked(voucher.order, EVER).is_some(), &["not-revoked"]);
        no.when(
            self.end_of_unused(voucher, EVER).is_some_and(|end| end <= now),
            &["activate-by", "use-within"],
        );
        no.answer()
    }
}

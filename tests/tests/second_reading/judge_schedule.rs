//! Whether a registration is taken. It is judged by when it was made, and by what had happened until then.

use super::ask::{Answer, Ask, Voucher};
use super::book::Book;
use super::day::Millis;
use super::judge::No;
use super::standing::{EVER, Next};

impl Book {
    /// What a registration is answered.
    pub(crate) fn schedule(
        &self,
        voucher: Voucher,
        (candidate, exam): (&str, &'static str),
        (sit, booked): (Millis, Millis),
        provider: Option<&str>,
    ) -> Answer {
        let offer = self.offer(voucher.order);
        let Some(terms) = offer.exam(voucher.unit) else { return Answer::No(vec!["right-kind"]) };
        let next = self.next(voucher, booked);
        let mut no = No::default();
        no.when(sit < booked, &["sitting-ahead"]);
        no.when(booked < self.code_made(voucher), &["not-retroactive"]);
        no.when(self.holder(voucher, booked).is_some_and(|holder| holder != candidate), &["holder-matches"]);
        no.when(self.serves_other(voucher, candidate, booked), &["holder-matches"]);
        let bound_first =
            offer.bound_at == super::terms::BoundAt::Assignment && self.holder(voucher, booked).is_none();
        no.when(bound_first, &["assigned-first"]);
        no.when(self.revoked(voucher.order, booked).is_some(), &["not-revoked"]);
        no.when(self.too_many_open(voucher, (booked, sit)), &["open-registrations"]);
        match next {
            Next::Nothing => no.when(
                true,
                &[
                    "attempts-left",
                    "retake-needs-fail",
                    "retake-only-if-paid",
                    "retake-register-by",
                    "retake-sit-by",
                ],
            ),
            Next::Result => no.when(true, &["one-open-here", "retake-needs-fail", "attempts-left"]),
            Next::First | Next::Retake(..) | Next::Extra(_) => {}
        }
        let (register_by, sit_by) = self.limits(voucher, next, booked);
        let (first, again) = (["register-by", "retake-register-by"], ["sit-by", "retake-sit-by"]);
        no.when(register_by.is_some_and(|end| end <= booked), &first);
        no.when(sit_by.is_some_and(|end| end <= sit), &again);
        if let Next::Retake(fail, _, number) = next
            && let Some((wait, over)) = self.wait(voucher, fail, number)
        {
            no.when(if wait.limits_sit { sit < over } else { booked < over }, &["retake-wait"]);
        }
        no.when(self.not_before(voucher).is_some_and(|begins| booked < begins), &["not-before"]);
        no.when(self.breaks_mix(voucher, exam, booked), &["pack-mix"]);
        self.ask_policy(voucher, (candidate, exam), (sit, booked), &mut no);
        if let Some(asked) = provider {
            no.when(self.provider(voucher, booked).is_some_and(|delivers| delivers != asked), &["provider"]);
        }
        match self.catalogue(exam, booked) {
            None => no.when(true, &["known-exam"]),
            Some(facts) => {
                let judged = next == Next::First || offer.eligible_always;
                no.when(judged && !terms.categories.contains(&facts.category), &["exam-eligible"]);
            }
        }
        if let Some(before) =
            self.attempts(voucher, booked).iter().rfind(|one| one.fate(offer) != super::book::Fate::Back)
        {
            // An offer without retakes says of no other exam that it is the same.
            let same = before.exam == exam || (terms.retakes > 0 && self.is_same(before.exam, exam, booked));
            no.when(!same, &["same-exam"]);
        }
        no.answer()
    }

    /// Whether somebody else is registered with a voucher later on.
    fn serves_other(&self, voucher: Voucher, candidate: &str, booked: Millis) -> bool {
        let offer = self.offer(voucher.order);
        let here = |of: Voucher| of == voucher || (offer.per_pack && of.order == voucher.order);
        self.facts.iter().any(|(told, ask)| match *ask {
            Ask::Activate { voucher: of, candidate: other, .. } => {
                here(of) && *told > booked && other != candidate
            }
            Ask::Schedule { voucher: of, candidate: other, booked_at, .. } => {
                here(of) && booked_at > booked && other != candidate
            }
            _ => false,
        })
    }

    /// Whether too many registrations would be open at a time, each by its own times (ruling 7).
    fn too_many_open(&self, voucher: Voucher, (booked, sit): (Millis, Millis)) -> bool {
        let Some(open) = self.offer(voucher.order).open else { return false };
        let together = |other: &Voucher| {
            if open.over == "voucher" { *other == voucher } else { other.order == voucher.order }
        };
        let others: Vec<Voucher> = self.vouchers().into_iter().filter(together).collect();
        let ends = if open.until_result { EVER } else { sit.max(booked + 1) };
        let spans: Vec<(Millis, Millis)> = others
            .iter()
            .flat_map(|other| self.all_attempts(*other))
            .map(|one| {
                let end = match (one.result, one.cancelled) {
                    (Some((_, sat)), _) => {
                        if open.until_result {
                            one.reported.map_or(EVER, |(_, _, told)| told)
                        } else {
                            sat
                        }
                    }
                    (None, Some((at, _))) => at,
                    (None, None) => {
                        if open.until_result {
                            EVER
                        } else {
                            one.sit()
                        }
                    }
                };
                (one.booked, end)
            })
            .chain([(booked, ends)])
            .collect();
        let at_once = |at: Millis| spans.iter().filter(|(from, to)| *from <= at && at < *to).count();
        spans.iter().any(|(from, _)| booked <= *from && *from < ends && at_once(*from) > open.max)
    }

    /// Whether an exam is the one that was tried, or a later one in its stead (ruling 8).
    fn is_same(&self, tried: &'static str, exam: &str, at: Millis) -> bool {
        let mut one = tried;
        while one != exam {
            match self.catalogue(one, at).and_then(|facts| facts.successor) {
                Some(successor) => one = successor,
                None => return false,
            }
        }
        true
    }

    /// When a voucher's code was made.
    fn code_made(&self, voucher: Voucher) -> Millis {
        self.issue(voucher.order).expect("it was bought").0
    }

    /// Whom a voucher served at a time.
    pub(crate) fn holder(&self, voucher: Voucher, at: Millis) -> Option<&'static str> {
        let offer = self.offer(voucher.order);
        let here = |of: Voucher| of == voucher || (offer.per_pack && of.order == voucher.order);
        let mut holder = None;
        let mut bound: Option<(Millis, &'static str)> = None;
        for (told, ask) in &self.facts {
            match *ask {
                Ask::Issue { order, holder: named, .. } if order == voucher.order => holder = named,
                Ask::Assign { voucher: of, candidate, .. } if here(of) && *told <= at => {
                    holder = Some(candidate);
                }
                Ask::Unassign { voucher: of } if here(of) && *told <= at => holder = None,
                Ask::Schedule { voucher: of, candidate, booked_at, .. } if here(of) && booked_at <= at => {
                    bound = bound.into_iter().chain([(booked_at, candidate)]).min();
                }
                Ask::Activate { voucher: of, candidate, .. } if here(of) && *told <= at => {
                    bound = bound.into_iter().chain([(*told, candidate)]).min();
                }
                _ => {}
            }
        }
        bound.map(|(_, who)| who).or(holder)
    }

    /// Whom a voucher serves, by all that is known.
    pub(crate) fn serves(&self, voucher: Voucher) -> Option<&'static str> {
        self.holder(voucher, EVER)
    }
}

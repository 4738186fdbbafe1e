//! What each command is answered, by brute force from the whole list.

use super::ask::{Answer, Ask, Exam, Voucher};
use super::book::{Book, Fate};
use super::day::Millis;
use super::standing::Next;

/// Rules that say no.
#[derive(Default)]
pub(crate) struct No(Vec<&'static str>);

impl No {
    /// Asks whether something is wrong.
    pub(crate) fn when(&mut self, wrong: bool, rules: &[&'static str]) {
        if wrong {
            self.0.extend(rules);
        }
    }

    /// What is answered.
    pub(crate) fn answer(self) -> Answer {
        if self.0.is_empty() { Answer::Yes } else { Answer::No(self.0) }
    }
}

impl Book {
    /// What a command is answered, that comes at `now`.
    pub(crate) fn answer(&self, ask: &Ask, now: Millis) -> Answer {
        if let Some(voucher) = voucher(ask)
            && !self.vouchers().contains(&voucher)
        {
            return Answer::No(vec!["known-voucher"]);
        }
        if let Ask::Revoke { order, .. } | Ask::Expire { order } = *ask
            && self.issue(order).is_none()
        {
            return Answer::No(vec!["known-voucher"]);
        }
        match *ask {
            Ask::Issue { order, .. } => self.buy(order, ask),
            Ask::Publish { version } => self.publish(version),
            Ask::DefineExam { exam, facts } if self.catalogue(exam, now) == Some(facts) => Answer::Either,
            Ask::AmendAgreement { agreement, last_day, .. } => self.amend(agreement, last_day),
            Ask::Migrate { .. } => {
                let again = self.facts.iter().any(|(_, fact)| fact == ask);
                if again { Answer::No(vec!["new-version"]) } else { Answer::Yes }
            }
            Ask::ExtendOffer { ref offer, last_day } => self.extend_offer(offer, last_day, now),
            Ask::Schedule { voucher, candidate, exam, sit_at, booked_at, provider, .. } => {
                self.schedule(voucher, (candidate, exam), (sit_at, booked_at), provider)
            }
            Ask::Move { voucher, sit_at, moved_at } => self.moved(voucher, sit_at, moved_at),
            Ask::Cancel { voucher, by_provider, cancelled_at } => {
                self.cancel(voucher, by_provider, cancelled_at)
            }
            Ask::Result { voucher, outcome, sat_at } => self.result(voucher, outcome, sat_at, now),
            Ask::Correct { voucher, attempt, outcome, sat_at } => {
                self.correct(voucher, (attempt, outcome), sat_at, now)
            }
            Ask::Assign { voucher, candidate, .. } => self.assign(voucher, candidate, now),
            Ask::Unassign { voucher } => self.unassign(voucher, now),
            Ask::Activate { voucher, candidate, .. } => self.activate(voucher, candidate, now),
            Ask::ReplaceCode { voucher } => self.replace(voucher, now),
            Ask::Revoke { order, refund } => self.revoke(order, refund, now),
            Ask::Extend { voucher, gift } => self.extend(voucher, gift, now),
            _ => Answer::Yes,
        }
    }

    fn moved(&self, voucher: Voucher, sit: Millis, at: Millis) -> Answer {
        let offer = self.offer(voucher.order);
        let all = self.all_attempts(voucher);
        let Some(open) = all.last().filter(|one| one.fate(offer) == Fate::Open) else {
            return Answer::No(vec!["registration-open"]);
        };
        let was = self.was(voucher, open);
        let (_, end) = self.limits(voucher, was, at);
        let mut no = No::default();
        no.when(at < open.changed(), &["changed-in-order"]);
        no.when(open.sit() <= at, &["before-sitting"]);
        no.when(super::ends::is_late(offer, at, open.sit()), &["before-sitting", "cut-off"]);
        no.when(sit < at, &["sitting-ahead"]);
        no.when(end.is_some_and(|end| end <= sit), &["sit-by", "retake-sit-by"]);
        if let Next::Retake(fail, _, number) = was {
            let early =
                self.wait(voucher, fail, number).is_some_and(|(wait, over)| wait.limits_sit && sit < over);
            no.when(early, &["retake-wait"]);
        }
        no.answer()
    }

    fn cancel(&self, voucher: Voucher, by_provider: bool, at: Millis) -> Answer {
        let offer = self.offer(voucher.order);
        let all = self.all_attempts(voucher);
        let Some(last) = all.last() else { return Answer::No(vec!["registration-open"]) };
        if last.result.is_none() && last.cancelled.is_some() {
            return Answer::Again;
        }
        if last.fate(offer) != Fate::Open || last.result.is_some() {
            return Answer::No(vec!["registration-open"]);
        }
        let mut no = No::default();
        no.when(at < last.changed(), &["changed-in-order"]);
        // Cancelled by the provider: always given back (ruling 6).
        no.when(!by_provider && last.sit() <= at, &["before-sitting"]);
        no.answer()
    }

    /// What the catalogue said of an exam at a time.
    pub(crate) fn catalogue(&self, exam: &str, at: Millis) -> Option<Exam> {
        let one = |(told, ask): &(Millis, Ask)| match *ask {
            Ask::DefineExam { exam: of, facts } if of == exam && *told <= at => Some(facts),
            _ => None,
        };
        self.facts.iter().rev().find_map(one).or_else(|| self.first_definition(exam))
    }

    /// What the catalogue said of an exam first: it goes for what was done before, too.
    fn first_definition(&self, exam: &str) -> Option<Exam> {
        self.facts.iter().find_map(|(_, ask)| match *ask {
            Ask::DefineExam { exam: of, facts } if of == exam => Some(facts),
            _ => None,
        })
    }
}

/// The voucher that a command names.
pub(crate) fn voucher(ask: &Ask) -> Option<Voucher> {
    match *ask {
        Ask::Assign { voucher, .. }
        | Ask::Unassign { voucher }
        | Ask::Schedule { voucher, .. }
        | Ask::Move { voucher, .. }
        | Ask::Cancel { voucher, .. }
        | Ask::Result { voucher, .. }
        | Ask::Correct { voucher, .. }
        | Ask::Activate { voucher, .. }
        | Ask::ReplaceCode { voucher }
        | Ask::Extend { voucher, .. } => Some(voucher),
        _ => None,
    }
}

//! Whether a result is taken, and a correction. Both are asked the same: was the exam sat, and in time (ruling 3)?

use super::ask::{Answer, Outcome, Voucher};
use super::book::{Attempt, Book, Fate, numbered};
use super::day::Millis;
use super::judge::No;
use super::standing::EVER;

impl Book {
    /// What a result is answered.
    pub(crate) fn result(
        &self,
        voucher: Voucher,
        outcome: Outcome,
        sat_at: Option<Millis>,
        now: Millis,
    ) -> Answer {
        if self.offer(voucher.order).exam(voucher.unit).is_none() {
            return Answer::No(vec!["right-kind"]);
        }
        let all = self.all_attempts(voucher);
        // A report is known again by the time of its sitting.
        if let Some(sat) = sat_at
            && all.iter().any(|one| one.result == Some((outcome, sat)))
        {
            return Answer::Again;
        }
        let offer = self.offer(voucher.order);
        let counts = all.iter().rfind(|one| one.result.is_some() && one.fate(offer) != Fate::Back);
        let last = counts.or_else(|| all.iter().rfind(|one| one.result.is_some()));
        let same =
            sat_at.is_none() && last.is_some_and(|one| one.result.is_some_and(|(what, _)| what == outcome));
        // What was taken away and its time has come may have been sat all the same.
        let taken_away = all.last().is_some_and(|one| {
            let by_ledger = one.cancelled.is_none_or(|(at, _)| self.revoked(voucher.order, EVER) == Some(at));
            one.result.is_none() && !one.is_awaited() && by_ledger && one.sit() <= now
        });
        if same && !taken_away && ["used", "revoked"].contains(&self.shown(voucher).stage) {
            return Answer::Again;
        }
        let Some(open) = all.iter().rfind(|one| one.is_awaited()) else {
            return Answer::No(vec!["result-awaited", "result-known", "registration-open"]);
        };
        let before = all.iter().any(|one| one.result.is_some_and(|(what, _)| what == outcome));
        if sat_at.is_none() && before && now < open.sit() {
            return Answer::Again;
        }
        let sat = sat_at.unwrap_or_else(|| open.sit());
        self.was_sat(voucher, open, sat, now)
    }

    fn was_sat(&self, voucher: Voucher, attempt: &Attempt, sat: Millis, now: Millis) -> Answer {
        let (_, end) = self.limits(voucher, self.was(voucher, attempt), EVER);
        let mut no = No::default();
        no.when(now < sat, &["sat-in-the-past"]);
        no.when(
            sat < attempt.booked,
            &["changed-in-order", "sat-in-the-past", "sat-in-time", "result-awaited"],
        );
        no.when(end.is_some_and(|end| end <= sat), &["sat-in-time"]);
        // A correction of what was reported in time is not late.
        let first = attempt.result.is_none();
        let late = first && self.offer(voucher.order).late_refused && end.is_some_and(|end| end <= now);
        no.when(late, &["result-in-time"]);
        no.answer()
    }

    /// What a correction is answered.
    pub(crate) fn correct(
        &self,
        voucher: Voucher,
        (number, outcome): (u16, Outcome),
        sat_at: Option<Millis>,
        now: Millis,
    ) -> Answer {
        let mut all = self.all_attempts(voucher);
        let Some(attempt) = numbered(&mut all, number, sat_at) else {
            return Answer::No(vec!["result-known"]);
        };
        let known = attempt.result.map_or_else(|| attempt.sit(), |(_, sat)| sat);
        let sat = sat_at.unwrap_or(known);
        if attempt.result == Some((outcome, sat)) {
            return Answer::Again;
        }
        self.was_sat(voucher, attempt, sat, now)
    }
}

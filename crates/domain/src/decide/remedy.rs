//! Ways out: what a refusal recommends is permitted by the terms that refused (ruling 22).

use chrono::NaiveDate;

use super::OnUnit;
use super::result::Reported;
use crate::terms::{BoundAt, Revives, SameExam, Unassign};
use crate::{
    Attempt, ExamCode, ExamFacts, ExamResult, Fate, Gift, Holder, Judge, Schedule, Stage, Timestamp,
};

/// The way out where an offer takes no result after the deadline, and none came in time.
const TOO_LATE: &str = "the sitting has begun, and its result came too late; a new purchase is needed";

impl OnUnit<'_> {
    /// The way out where time has run out: what the offer's goodwill may give, or none.
    pub(super) fn more_time(&self, what: &str) -> String {
        let longer = Gift::LongerTerm { last_day: NaiveDate::MAX };
        match self.terms.rulings.goodwill.value() {
            _ if self.unit.taken_back.is_some() => {
                format!("{what}, and what is taken back is given no more time; a new purchase is needed")
            }
            Some(goodwill) if goodwill.revives == Revives::Ended && self.has_use_for(&longer) => {
                format!("{what}; only goodwill can give it more time")
            }
            _ => format!("{what}, and the offer lets nobody give it more time; a new purchase is needed"),
        }
    }

    /// The way out where a registration is missing.
    pub(super) fn register_first(&self, at: Timestamp) -> String {
        if !self.standing.awaits_registration() {
            return format!(
                "nothing is registered, and no registration is left: {}",
                self.why_none_is_left()
            );
        }
        if self.nothing_to_sit(at) {
            return "nothing is registered, and no exam that the retake is good for is given any more"
                .to_owned();
        }
        if let Some(end) = self.right.ended(at) {
            return self.register_before(end.at);
        }
        let assigns = self.terms.holder.bound_at == BoundAt::Assignment && *self.holder() == Holder::Nobody;
        let assign = if assigns { "assign the voucher to the candidate, and " } else { "" };
        match self.right.begins_at().resolution.at() {
            Some(begins_at) if at < begins_at => {
                format!("{assign}register for a sitting when the right has begun, at {begins_at}")
            }
            _ => format!("{assign}register for a sitting first"),
        }
    }

    /// The way out where a registration is missing and the right has ended: one that was made in time and was not reported.
    fn register_before(&self, ended_at: Timestamp) -> String {
        let past = self.unit.until_then(ended_at.plus_millis(-1));
        if !self.with(&past).standing.awaits_registration() {
            return format!("nothing is registered, and the right has ended at {ended_at}");
        }
        let policy = if self.terms.programme.value().is_some() {
            ", if the programme's policy permits it"
        } else {
            ""
        };
        format!(
            "the right has ended; a registration that was made before {ended_at} can still be reported{policy}"
        )
    }

    /// Whether the retake is good for no exam that is given from a time on, as far as the catalogue was asked.
    fn nothing_to_sit(&self, at: Timestamp) -> bool {
        let Stage::Retake(failed) = self.standing.stage else { return false };
        let (exam, day) = (&failed.exam, self.right.zone().civil_date(at));
        let given = match self.terms.rulings.same_exam {
            SameExam::Exact => self.known.exam_given_on(exam, day),
            SameExam::OrSuccessor => self.known.given_on(exam, day).is_some(),
            SameExam::AnyEligible => true,
        };
        !given && self.known.exam(exam).is_some()
    }

    /// Why nothing can be registered any more.
    fn why_none_is_left(&self) -> &'static str {
        match self.standing.last {
            _ if self.standing.passed => "the exam was passed; another one needs another voucher",
            _ if self.standing.used >= self.right.attempts_max() => {
                "all attempts of this voucher are used; a new one is needed"
            }
            Some((_, Fate::Failed)) => "the fail earned no retake; another voucher is needed",
            _ => "the attempt was lost and earns no retake; another voucher is needed",
        }
    }

    /// The way out where no fail has earned the attempt that is asked for.
    pub(super) fn earn_a_retake(&self, booked_at: Timestamp) -> String {
        match self.standing.stage {
            Stage::Registered(open) => match self.ended_since(open) {
                Some(ended_at) => format!("it was registered until then; register it at or after {ended_at}"),
                None if self.takes_result(open, ExamResult::Fail, booked_at) => {
                    "a retake opens when a fail of the exam is on record".to_owned()
                }
                None => TOO_LATE.to_owned(),
            },
            Stage::Retake(last) => format!("register it at or after {}", last.over_at()),
            _ => self.why_none_is_left().to_owned(),
        }
    }

    /// The way out where a registration of the voucher was open at the time of another one.
    pub(super) fn close_first(&self, open: &Attempt) -> String {
        match self.ended_since(open) {
            Some(ended_at) => format!("it was registered until then; register it at or after {ended_at}"),
            None => {
                "the voucher is registered; reschedule or cancel that registration, or record what came of it"
                    .to_owned()
            }
        }
    }

    /// When a registration that was open at an earlier time has ended since.
    fn ended_since(&self, open: &Attempt) -> Option<Timestamp> {
        let now = self.on_record.entitlement.unit(self.unit.no)?;
        now.attempts.iter().rfind(|now| now.booked_at == open.booked_at)?.ended_at()
    }

    /// The way out where a sitting has begun.
    pub(super) fn record_it(&self, attempt: &Attempt, at: Timestamp) -> String {
        if self.takes_result(attempt, ExamResult::Missed, at) {
            "the sitting has begun; record what came of it".to_owned()
        } else {
            TOO_LATE.to_owned()
        }
    }

    /// Whether a result of an open registration can be recorded now, or once it was sat.
    fn takes_result(&self, open: &Attempt, result: ExamResult, at: Timestamp) -> bool {
        let reported = Reported { result, sat_at: open.sit_at, before: None };
        at < open.sit_at || self.may_be_reported(open, reported, at, &mut Judge::brief()).is_ok()
    }

    /// The way out where a sitting is too late for a deadline that is still ahead.
    pub(super) fn sit_before(&self, c: &Schedule, ends_at: Timestamp, booked_at: Timestamp) -> String {
        if self.policy_permits(&c.exam, ends_at.plus_millis(-1), booked_at) {
            return format!("choose a sitting before {ends_at}");
        }
        self.more_time("the programme's policy permits no sitting before the right ends")
    }

    fn policy_permits(&self, exam: &ExamCode, sit_at: Timestamp, booked_at: Timestamp) -> bool {
        self.policy_at(booked_at).is_none_or(|policy| {
            self.known.by_policy(policy, exam, sit_at, booked_at, &mut Judge::brief()).is_ok()
        })
    }

    /// The way out where the voucher is assigned to somebody else.
    pub(super) fn free_first(&self, at: Timestamp) -> &'static str {
        let can_be_freed = self.terms.holder.unassign == Unassign::UntilBound
            && matches!(self.holder(), Holder::Assigned(..))
            && self.right.ended(at).is_none();
        if can_be_freed {
            "take the assignment back first; what was done before that stays refused"
        } else {
            "the voucher is not transferable; anybody but its holder needs one of their own"
        }
    }

    /// The way out where an exam is not given on the day of the sitting.
    pub(super) fn exam_given(
        &self,
        exam: &ExamCode,
        facts: &ExamFacts,
        sit_at: Timestamp,
        booked_at: Timestamp,
    ) -> String {
        let zone = self.right.zone();
        let (mut from, mut of_voucher) = (booked_at, true);
        if let Stage::Retake(failed) = self.standing.stage {
            let wait = self.right.wait_until(self.standing.next_number(), failed.over_at());
            from = wait.map_or(from, |(until, _)| until.max(from));
            of_voucher = self.terms.rulings.same_exam == SameExam::AnyEligible;
        }
        let is_possible = |last: &NaiveDate| {
            let last_instant = last.succ_opt().map(|next| zone.start_of_day(next).plus_millis(-1));
            zone.civil_date(from) <= *last
                && last_instant.is_none_or(|sit_at| self.policy_permits(exam, sit_at, booked_at))
        };
        if let Some(last) = facts.retires_on.filter(is_possible) {
            return format!("choose a sitting on or before {last}");
        }
        let next = self.known.given_on(exam, zone.civil_date(sit_at));
        match next.filter(|_| of_voucher || self.terms.rulings.same_exam == SameExam::OrSuccessor) {
            Some(next) => format!("choose the exam that follows, {next}"),
            None if of_voucher => "choose another exam, one that is given then".to_owned(),
            None => {
                "no exam that the retake is good for is given any more; a new purchase is needed".to_owned()
            }
        }
    }

    /// The way out where the exam of a registration is not given on the day that it is moved to.
    pub(super) fn still_given(&self, retires_on: Option<NaiveDate>, moved_at: Timestamp) -> String {
        match retires_on.filter(|last| self.right.zone().civil_date(moved_at) <= *last) {
            Some(last) => format!("choose a sitting on or before {last}"),
            None => "the exam is not given any more; cancel the registration".to_owned(),
        }
    }

    /// The way out where no attempt has the number that a correction names.
    pub(super) fn result_first(&self, at: Timestamp) -> String {
        let attempts = &self.unit.attempts;
        let known = |attempt: &Attempt| self.unit.attempt_to_correct(attempt.number, None).is_some();
        match self.unit.open() {
            _ if attempts.iter().any(known) => {
                "name an attempt that has a result on record, or was cancelled".to_owned()
            }
            Some(open) if !self.takes_result(open, ExamResult::Missed, at) => TOO_LATE.to_owned(),
            Some(_) => {
                "no attempt has a result yet; record what came of the registration that is open".to_owned()
            }
            None => format!("no attempt has a result yet; {}", self.register_first(at)),
        }
    }

    /// The way out where no registration awaits a result.
    pub(super) fn why_no_result_is_awaited(&self, result: ExamResult, at: Timestamp) -> String {
        let last = self.unit.attempts.last();
        let cancelled = last.filter(|attempt| attempt.cancelled.is_some() && attempt.reports.is_empty());
        if let Some(attempt) = cancelled.filter(|attempt| self.takes_a_report(attempt, result, at)) {
            return self.correct_it(attempt);
        }
        let first = self.register_first(at);
        match last.and_then(Attempt::result) {
            Some(known) if known == result => {
                format!("{first}; of a sitting whose result is on record, say when it was sat")
            }
            Some(_) => format!("{first}; a result on record is changed by correcting it"),
            None => first,
        }
    }

    /// The way out where a registration was cancelled, and was sat all the same.
    fn correct_it(&self, attempt: &Attempt) -> String {
        let when = if self.has_its_number(attempt) {
            "say when".to_owned()
        } else {
            format!("say that it was sat at {}", attempt.planned_at)
        };
        format!(
            "the registration was cancelled; if it was sat all the same, {when}, and correct the result of attempt {}",
            attempt.number
        )
    }

    /// Whether a correction that names this attempt's number, and no time of a sitting, is about it.
    fn has_its_number(&self, attempt: &Attempt) -> bool {
        let found = self.unit.attempt_to_correct(attempt.number, None);
        found.is_some_and(|found| self.unit.attempts[found].booked_at == attempt.booked_at)
    }

    /// Whether a cancelled registration could have been sat by `at`, with this result.
    fn takes_a_report(&self, attempt: &Attempt, result: ExamResult, at: Timestamp) -> bool {
        let sat_at = attempt.sit_at.min(at).max(attempt.booked_at);
        let reported = Reported { result, sat_at, before: None };
        (self.has_its_number(attempt) || attempt.planned_at <= at)
            && self.may_be_reported(attempt, reported, at, &mut Judge::brief()).is_ok()
    }
}

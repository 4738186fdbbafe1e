//! Moving an open registration.

use super::{Decision, Known, OnUnit};
use crate::entitlement::Suppose;
use crate::event::{AttemptMoved, ExamRescheduled};
use crate::terms::Waits;
use crate::{Attempt, Judge, Law, Refusal, Reschedule, Rule, Stream, Timestamp};

impl Known {
    pub(super) fn reschedule(
        &self,
        c: &Reschedule,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        on.not_revoked(judge)?;
        let moved_at = c.moved_at.unwrap_or(at);
        let past = on.unit.until_then(moved_at);
        let then = on.with(&past);
        let attempt = on.open_registration(&then, at, judge)?;
        on.before_sitting(attempt, moved_at, at, judge)?;
        let in_time = !on.right.is_late(attempt, moved_at);
        judge.rule(&on.law(), Rule::BeforeSitting, in_time, |d| {
            d.fact("sit-at", attempt.sit_at)
                .fact_or("cut-off", on.right.cut_off(attempt), "none")
                .fact("at", moved_at)
                .remedy("the cut-off has passed; sit it as registered")
        })?;
        on.done_in_order(attempt, "moved-at", moved_at, at, judge)?;
        // It was registered in time; what a move can miss is the deadline of the sitting.
        let sit_by = then.right.sit_rule(attempt);
        // By the catalogue of today, where it still has the exam: a retirement may have been declared or moved since.
        let retires_on = match self.exam(&attempt.exam).and_then(|exam| exam.facts.as_ref()) {
            Some(facts) => facts.retires_on,
            None => attempt.retires_on,
        };
        let suppose = Suppose { retires_on, ..Suppose::default() };
        let end = then.right.deadline(sit_by, suppose);
        let law = end.map_or(on.law(), |end| then.right.law_of(end));
        let ends_at = end.map(|end| end.at);
        for (what, when) in [("at", moved_at), ("sit-at", c.sit_at)] {
            judge.rule(&law, sit_by, ends_at.is_none_or(|ends_at| when < ends_at), |d| {
                d.fact_or("ends-at", ends_at, "never")
                    .fact("deadline", then.right.deadline_words(sit_by, suppose))
                    .fact(what, when)
                    .remedy(ends_at.map_or_else(String::new, |e| {
                        format!("choose a sitting before {e}, while there is time")
                    }))
            })?;
        }
        then.wait_again(c.sit_at, judge)?;
        judge.rule(&Law::LEDGER, Rule::SittingAhead, moved_at <= c.sit_at, |d| {
            d.fact("at", moved_at).fact("sit-at", c.sit_at).remedy("choose a sitting that lies ahead")
        })?;
        let day = on.terms.zone.civil_date(c.sit_at);
        judge.rule(&on.law(), Rule::ExamOffered, retires_on.is_none_or(|last| day <= last), |d| {
            d.fact_or("retires-on", retires_on, "never")
                .fact("sit-on", day)
                .remedy(then.still_given(retires_on, moved_at))
        })?;
        if let Some(policy) = &self.policy {
            let mut others = self.clone();
            others.candidate =
                others.candidate.map(|own| own.without(on.entitlement.id, on.unit.no, attempt.sit_at).into());
            others.by_policy(policy, &attempt.exam, c.sit_at, moved_at, judge)?;
        }
        let mut decision = Decision::default();
        on.put(
            &mut decision,
            moved_at,
            ExamRescheduled { unit: on.unit.no, sit_at: c.sit_at, booked_at: on.unit.mark_of(attempt) },
        );
        let moved = AttemptMoved {
            entitlement: on.entitlement.id,
            unit: on.unit.no,
            sit_at: c.sit_at,
            booked_at: Some(attempt.booked_at),
        };
        decision.put(Stream::Candidate(attempt.candidate.clone()), moved_at, moved);
        Ok(decision)
    }
}

impl<'a> OnUnit<'a> {
    /// The registration that was open then; if none was, the one that is open now, so that the refusal can name what is wrong
    /// with the time. A registration whose result is recorded is not changed any more.
    pub(super) fn open_registration(
        &self,
        then: &OnUnit<'a>,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<&'a Attempt, Refusal> {
        let is_concluded = |attempt: &Attempt| {
            let now = self.unit.attempts.iter().find(|now| now.booked_at == attempt.booked_at);
            now.is_some_and(|now| !now.reports.is_empty())
        };
        let open = then.unit.open().or(self.unit.open()).filter(|attempt| !is_concluded(attempt));
        judge.found(&Law::LEDGER, Rule::RegistrationOpen, open, |d| {
            d.fact("voucher", self.name()).remedy(self.register_first(at))
        })
    }

    /// Asks that a registration was changed before its sitting.
    pub(super) fn before_sitting(
        &self,
        attempt: &Attempt,
        changed_at: Timestamp,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        judge.rule(&self.law(), Rule::BeforeSitting, changed_at < attempt.sit_at, |d| {
            d.fact("sit-at", attempt.sit_at).fact("at", changed_at).remedy(self.record_it(attempt, at))
        })
    }

    /// Asks that a change that is reported later was made after its registration, and not ahead of now.
    pub(super) fn done_in_order(
        &self,
        attempt: &Attempt,
        what: &str,
        changed_at: Timestamp,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let in_order = changed_at == at || (attempt.booked_at <= changed_at && changed_at <= at);
        judge.rule(&Law::LEDGER, Rule::ChangedInOrder, in_order, |d| {
            d.fact("voucher", self.name())
                .fact("booked-at", attempt.booked_at)
                .fact(what, changed_at)
                .fact("at", at)
                .remedy("give the time at which that was done: after the registration, and not ahead of now")
        })
    }

    /// A retake that moves must still lie behind its wait.
    fn wait_again(&self, sit_at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let Some((until, Waits::Sit)) = self
            .standing
            .last
            .and_then(|(last, _)| self.right.wait_until(self.standing.used, last.ended_at()?))
        else {
            return Ok(());
        };
        judge.rule(&self.law(), Rule::RetakeWait, until <= sit_at, |d| {
            d.fact("wait-until", until).fact("sit-at", sit_at).remedy(format!("sit it at or after {until}"))
        })
    }
}

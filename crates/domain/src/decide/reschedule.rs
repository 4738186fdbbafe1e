//! Moving an open registration.

use std::borrow::Cow;

use super::{Decision, Known, OnUnit};
use crate::entitlement::Suppose;
use crate::event::{AttemptCancelled, AttemptMoved, ExamRescheduled};
use crate::terms::Waits;
use crate::{Attempt, CancelledBy, Judge, Law, Refusal, Reschedule, Right, Rule, Stream, Timestamp};

impl Known {
    pub(super) fn reschedule(
        &self,
        c: &Reschedule,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let now = self.on_unit(None, judge)?;
        let moved_at = c.moved_at.unwrap_or(at);
        let ground = self.as_of(c.moved_at);
        let then = ground.on(&now);
        let own =
            then.unit.open().map_or(Cow::Borrowed(then.unit), |open| then.unit.asked_by(&open.candidate));
        let on = then.with(&own);
        on.not_revoked(judge)?;
        let attempt = on.open_registration(at, judge)?;
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
        let sit_by = on.right.sit_rule(attempt);
        // By the catalogue as it was when it was moved: a retirement may have been declared since the registration.
        let retires_on = match on.known.exam(&attempt.exam).and_then(|exam| exam.facts.as_ref()) {
            Some(facts) => facts.retires_on,
            None => attempt.retires_on,
        };
        let suppose = Suppose { retires_on, ..Suppose::default() };
        let end = on.right.deadline(sit_by, suppose);
        let law = end.map_or(on.law(), |end| on.right.law_of(end));
        let ends_at = end.map(|end| end.at);
        for (what, when) in [("at", moved_at), ("sit-at", c.sit_at)] {
            judge.rule(&law, sit_by, ends_at.is_none_or(|ends_at| when < ends_at), |d| {
                d.fact_or("ends-at", ends_at, "never")
                    .fact("deadline", on.right.deadline_words(sit_by, suppose))
                    .fact(what, when)
                    .remedy(ends_at.map_or_else(String::new, |e| {
                        format!("choose a sitting before {e}, while there is time")
                    }))
            })?;
        }
        on.wait_again(c.sit_at, judge)?;
        judge.rule(&Law::LEDGER, Rule::SittingAhead, moved_at <= c.sit_at, |d| {
            d.fact("at", moved_at).fact("sit-at", c.sit_at).remedy("choose a sitting that lies ahead")
        })?;
        let day = on.right.zone().civil_date(c.sit_at);
        judge.rule(&on.law(), Rule::ExamOffered, retires_on.is_none_or(|last| day <= last), |d| {
            d.fact_or("retires-on", retires_on, "never")
                .fact("sit-on", day)
                .remedy(then.still_given(retires_on, moved_at))
        })?;
        if let Some(policy) = on.policy_at(moved_at) {
            let mut others = on.known.clone();
            others.candidate =
                others.candidate.map(|own| own.without(on.entitlement.id, on.unit.no, attempt.sit_at).into());
            others.by_policy(policy, &attempt.exam, c.sit_at, moved_at, judge)?;
        }
        let mut decision = Decision::default();
        on.put(
            &mut decision,
            moved_at,
            ExamRescheduled { unit: on.unit.no, sit_at: c.sit_at, booked_at: now.unit.mark_of(attempt) },
        );
        let moved = AttemptMoved {
            entitlement: on.entitlement.id,
            unit: on.unit.no,
            sit_at: c.sit_at,
            booked_at: Some(attempt.booked_at),
        };
        decision.put(Stream::Candidate(attempt.candidate.clone()), moved_at, moved);
        now.follow_revocation(attempt.booked_at, at, &mut decision);
        now.follow_cancellation(attempt.booked_at, at, &mut decision);
        Ok(decision)
    }
}

impl<'a> OnUnit<'a> {
    /// The registration that was open then; if none was, the one that is open now, so that the refusal can name what is wrong
    /// with the time. A registration whose result is recorded is not changed any more.
    pub(super) fn open_registration(&self, at: Timestamp, judge: &mut Judge) -> Result<&'a Attempt, Refusal> {
        let on_record = self.on_record.entitlement.unit(self.unit.no).unwrap_or(self.unit);
        let is_concluded = |attempt: &Attempt| {
            // Two registrations may have been made at one instant.
            let is_it = |now: &&Attempt| now.booked_at == attempt.booked_at && now.number == attempt.number;
            on_record.attempts.iter().rfind(is_it).is_some_and(|now| !now.reports.is_empty())
        };
        let open = self.unit.open().or(on_record.open()).filter(|attempt| !is_concluded(attempt));
        judge.found(&Law::LEDGER, Rule::RegistrationOpen, open, |d| {
            d.fact("voucher", self.name()).remedy(self.register_first(at))
        })
    }

    /// Says it if the candidate's cancellation, which came after a move that is reported after it, was late or in time by that move.
    fn follow_cancellation(&self, booked_at: Timestamp, at: Timestamp, decision: &mut Decision) {
        let is_late = |right: &Right<'_>| {
            let made_then = right.unit.attempts.iter().rfind(|attempt| attempt.booked_at == booked_at)?;
            let cancelled = made_then.cancelled.filter(|c| c.by == Some(CancelledBy::Candidate))?;
            Some((made_then.candidate.clone(), cancelled.at, right.is_late(made_then, cancelled.at)))
        };
        let Some((candidate, cancelled_at, late)) = self.after(decision, at, |right, _| is_late(right))
        else {
            return;
        };
        if is_late(&self.right).is_some_and(|(.., before)| before != late) {
            let (entitlement, unit) = (self.entitlement.id, self.unit.no);
            let cancelled = AttemptCancelled { entitlement, unit, late, booked_at: Some(booked_at) };
            decision.put(Stream::Candidate(candidate), cancelled_at, cancelled);
        }
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

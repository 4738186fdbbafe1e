//! Moving an open registration.

use super::{Decision, Known, OnUnit};
use crate::calendar_time::{Anchor, DeadlineExpr, Direction, Moment, Origin, Period, Point};
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
        let attempt = on.open_before_sitting(at, judge)?;
        let in_time = on.cut_off(attempt).is_none_or(|cut_off| at < cut_off);
        judge.rule(&on.law(), Rule::BeforeSitting, in_time, |d| {
            d.fact("sit-at", attempt.sit_at)
                .fact_or("cut-off", on.cut_off(attempt), "none")
                .fact("at", at)
                .remedy("the cut-off has passed; sit it as registered")
        })?;
        // It was registered in time; what a move can miss is the deadline of the sitting.
        let sit_by = if attempt.number == 1 { Rule::SitBy } else { Rule::RetakeSitBy };
        // By the catalogue of today, where it still has the exam: a retirement may have been declared or moved since.
        let retires_on = match self.exam(&attempt.exam).and_then(|exam| exam.facts.as_ref()) {
            Some(facts) => facts.retires_on,
            None => attempt.retires_on,
        };
        let suppose = Suppose { retires_on, ..Suppose::default() };
        let ends_at = on.right.deadline(sit_by, suppose).at();
        for (what, when) in [("at", at), ("sit-at", c.sit_at)] {
            judge.rule(&on.law(), sit_by, ends_at.is_none_or(|ends_at| when < ends_at), |d| {
                d.fact_or("ends-at", ends_at, "never")
                    .fact("deadline", on.right.deadline_words(sit_by, suppose))
                    .fact(what, when)
                    .remedy(ends_at.map_or_else(String::new, |e| {
                        format!("choose a sitting before {e}, while there is time")
                    }))
            })?;
        }
        on.wait_again(attempt, c.sit_at, judge)?;
        judge.rule(&Law::LEDGER, Rule::SittingAhead, at <= c.sit_at, |d| {
            d.fact("at", at).fact("sit-at", c.sit_at).remedy("choose a sitting that lies ahead")
        })?;
        let day = on.terms.zone.civil_date(c.sit_at);
        judge.rule(&on.law(), Rule::ExamOffered, retires_on.is_none_or(|last| day <= last), |d| {
            d.fact_or("retires-on", retires_on, "never")
                .fact("sit-on", day)
                .remedy("choose an earlier sitting")
        })?;
        if let Some(policy) = &self.policy {
            let mut others = self.clone();
            others.candidate =
                others.candidate.map(|own| own.without(on.entitlement.id, on.unit.no, attempt.sit_at).into());
            others.by_policy(policy, &attempt.exam, c.sit_at, at, judge)?;
        }
        let mut decision = Decision::default();
        on.put(&mut decision, at, ExamRescheduled { unit: on.unit.no, sit_at: c.sit_at });
        let moved = AttemptMoved { entitlement: on.entitlement.id, unit: on.unit.no, sit_at: c.sit_at };
        decision.put(Stream::Candidate(attempt.candidate.clone()), at, moved);
        Ok(decision)
    }
}

impl<'a> OnUnit<'a> {
    /// The open registration, if its sitting still lies ahead.
    pub(super) fn open_before_sitting(
        &self,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<&'a Attempt, Refusal> {
        let open = self.unit.open();
        judge.rule(&Law::LEDGER, Rule::RegistrationOpen, open.is_some(), |d| {
            d.fact("voucher", self.name()).remedy("register for a sitting first")
        })?;
        let attempt = open.expect("judged just above");
        judge.rule(&self.law(), Rule::BeforeSitting, at < attempt.sit_at, |d| {
            d.fact("sit-at", attempt.sit_at)
                .fact("at", at)
                .remedy("the sitting has begun; record what came of it")
        })?;
        Ok(attempt)
    }

    /// The instant from which a cancellation or move is late.
    pub(super) fn cut_off(&self, attempt: &Attempt) -> Option<Timestamp> {
        let period: &Period = self.terms.rulings.cancel_cut_off.value()?;
        let sit_on = DeadlineExpr::Point(Point {
            origin: Origin::Anchor(Anchor::ExamSat),
            offset: Some((Direction::Before, *period)),
        });
        sit_on
            .starts_at(&|_| Some(Moment::Instant(attempt.sit_at)), self.terms.zone, self.right.calendar())
            .at()
    }

    /// A retake that moves must still lie behind its wait.
    fn wait_again(&self, attempt: &Attempt, sit_at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let Some((until, Waits::Sit)) =
            self.unit.last_used().and_then(|failed| self.right.wait_until(attempt.number, failed.sit_at))
        else {
            return Ok(());
        };
        judge.rule(&self.law(), Rule::RetakeWait, until <= sit_at, |d| {
            d.fact("wait-until", until).fact("sit-at", sit_at).remedy(format!("sit it at or after {until}"))
        })
    }
}

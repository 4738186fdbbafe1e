//! Registration for a sitting: the first try and every retake.

use super::{Decision, Known, OnUnit};
use crate::entitlement::Suppose;
use crate::event::{AttemptBooked, ExamScheduled};
use crate::terms::{TermsInForce, Waits};
use crate::{ExamFacts, Judge, Law, Refusal, Rule, Schedule, Stage, Stream, Timestamp};

impl Known {
    pub(super) fn schedule(
        &self,
        c: &Schedule,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(Some(&c.candidate), judge)?;
        let facts = self.exam(&c.exam).and_then(|exam| exam.facts.as_ref());
        let facts = judge.found(&Law::LEDGER, Rule::KnownExam, facts, |d| {
            d.fact("exam", &c.exam).remedy("define the exam in the catalogue, or correct its code")
        })?;
        let exam = judge.found(&on.law(), Rule::RightKind, on.right.exam(), |d| {
            d.fact("voucher", on.name()).remedy("use an exam voucher; this one carries something else")
        })?;
        on.not_revoked(judge)?;
        let booked_at = c.booked_at.unwrap_or(at);
        judge.rule(&on.law(), Rule::NotRetroactive, on.issued.purchased_at <= booked_at, |d| {
            d.fact("purchased-at", on.issued.purchased_at)
                .fact("booked-at", booked_at)
                .remedy("register again with the code; it can't be attached to an earlier registration")
        })?;
        // What a provider reports later is judged by when it was done (ruling 3), and by what had happened until then.
        let past = on.unit.until_then(booked_at);
        let on = on.with(&past);
        on.begun(booked_at, judge)?;
        on.shared_out(c.branch.as_ref(), booked_at, judge)?;
        on.buyer_at_use(judge)?;
        on.held_by(&c.candidate, judge)?;
        on.attempt_left(booked_at, judge)?;
        on.in_time(c, facts, booked_at, judge)?;
        judge.rule(&Law::LEDGER, Rule::SittingAhead, booked_at <= c.sit_at && booked_at <= at, |d| {
            d.fact("booked-at", booked_at)
                .fact("sit-at", c.sit_at)
                .fact("at", at)
                .remedy("give the times as they were: registered first, sat later")
        })?;
        on.right_exam(c, exam, facts, judge)?;
        on.right_place(c, exam, facts, judge)?;
        on.open_registrations(c, booked_at, judge)?;
        if let Some(policy) = &self.policy {
            self.by_policy(policy, &c.exam, c.sit_at, booked_at, judge)?;
        }
        Ok(on.book(c, facts, booked_at))
    }
}

impl OnUnit<'_> {
    /// Asks that registration and sitting lie before their deadlines and behind the wait.
    fn in_time(
        &self,
        c: &Schedule,
        facts: &ExamFacts,
        booked_at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let first_scheduled_at = self.unit.first_scheduled_at().or(Some(booked_at));
        // A holder who is bound by this registration is assigned by it.
        let assigned_at = Some(booked_at);
        let retires_on = facts.retires_on;
        let suppose = Suppose { assigned_at, first_scheduled_at, retires_on, ..Suppose::default() };
        let retake = matches!(self.standing.stage, Stage::Retake(_));
        let (register, sit) = if retake {
            (Rule::RetakeRegisterBy, Rule::RetakeSitBy)
        } else {
            (Rule::RegisterBy, Rule::SitBy)
        };
        for (rule, what, when) in
            [(register, "at", booked_at), (sit, "at", booked_at), (sit, "sit-at", c.sit_at)]
        {
            let ends_at = self.right.deadline(rule, suppose).at();
            judge.rule(&self.law(), rule, ends_at.is_none_or(|ends_at| when < ends_at), |d| {
                let over = ends_at.is_some_and(|ends_at| ends_at <= booked_at);
                let remedy = if over {
                    self.more_time("the right has ended")
                } else {
                    ends_at.map_or_else(String::new, |e| format!("choose a sitting before {e}"))
                };
                d.fact_or("ends-at", ends_at, "never")
                    .fact("deadline", self.right.deadline_words(rule, suppose))
                    .fact(what, when)
                    .remedy(remedy)
            })?;
        }
        let Stage::Retake(failed) = self.standing.stage else { return Ok(()) };
        let (number, failed_at) = (self.standing.next_number(), failed.over_at());
        let Some((until, limits)) = self.right.wait_until(number, failed_at) else { return Ok(()) };
        let (what, when) = if limits == Waits::Sit { ("sit-at", c.sit_at) } else { ("at", booked_at) };
        judge.rule(&self.law(), Rule::RetakeWait, until <= when, |d| {
            let verb = if limits == Waits::Sit { "sit" } else { "register" };
            d.fact("failed-at", failed_at)
                .fact("wait-until", until)
                .fact(what, when)
                .remedy(format!("{verb} it at or after {until}"))
        })
    }

    fn book(&self, c: &Schedule, facts: &ExamFacts, booked_at: Timestamp) -> Decision {
        let mut decision = Decision::default();
        self.bind(&c.candidate, booked_at, &mut decision);
        let number = self.standing.next_number();
        let follows = self.terms.rulings.terms_in_force == TermsInForce::Scheduling;
        let chosen_now =
            self.unit.first_scheduled_at().is_none() && (follows || self.terms.hash != self.issued.terms);
        let scheduled = ExamScheduled {
            unit: self.unit.no,
            attempt: number,
            candidate: c.candidate.clone(),
            exam: c.exam.clone(),
            categories: facts.categories.clone(),
            sit_at: c.sit_at,
            retires_on: facts.retires_on,
            terms: chosen_now.then_some(self.terms.hash),
            delivery: c.delivery.clone(),
            provider: c.provider.clone(),
            region: c.region.clone(),
            paid: c.paid,
        };
        self.put(&mut decision, booked_at, scheduled);
        let booked = AttemptBooked {
            entitlement: self.entitlement.id,
            unit: self.unit.no,
            exam: c.exam.clone(),
            sit_at: c.sit_at,
            beta: facts.beta,
            programme: self.terms.programme.value().cloned(),
        };
        decision.put(Stream::Candidate(c.candidate.clone()), booked_at, booked);
        if let Some(text) = self.right.retake_out_of_reach(number, c.sit_at) {
            decision.warn(self.law().clause(Rule::RetakeSitBy), text);
        }
        if let Some(policy) = &self.known.policy
            && let until = self.known.next_permitted(policy, &c.exam, c.sit_at)
            && let Some(text) = self.right.retake_behind_policy(number, c.sit_at, until)
        {
            decision.warn(policy.law().clause(Rule::PolicyWait), text);
        }
        decision
    }
}

//! Registration for a sitting: the first try and every retake.

use super::{Decision, Known, OnUnit};
use crate::entitlement::Suppose;
use crate::event::{AttemptBooked, ExamScheduled};
use crate::terms::{TermsInForce, Waits};
use crate::{ExamFacts, Holder, Judge, Law, Refusal, Rule, Schedule, Stage, Stream, Timestamp};

impl Known {
    pub(super) fn schedule(
        &self,
        c: &Schedule,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let now = self.on_unit(Some(&c.candidate), judge)?;
        // What a provider reports later is judged by when it was done (ruling 3), and by what held then.
        let booked_at = c.booked_at.unwrap_or(at);
        let ground = self.as_of(c.booked_at);
        let then = ground.on(&now);
        let own = then.unit.asked_by(&c.candidate);
        let mut decision = then.with(&own).schedule(c, booked_at, at, judge)?;
        now.follow_revocation(booked_at, at, &mut decision);
        Ok(decision)
    }
}

impl OnUnit<'_> {
    fn schedule(
        &self,
        c: &Schedule,
        booked_at: Timestamp,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let facts = self.known.exam(&c.exam).and_then(|exam| exam.facts.as_ref());
        let facts = judge.found(&Law::LEDGER, Rule::KnownExam, facts, |d| {
            d.fact("exam", &c.exam).remedy("define the exam in the catalogue, or correct its code")
        })?;
        let exam = judge.found(&self.law(), Rule::RightKind, self.right.exam(), |d| {
            d.fact("voucher", self.name()).remedy("use an exam voucher; this one carries something else")
        })?;
        self.not_revoked(judge)?;
        // Goodwill that is given for a registration comes after it.
        let given = self.on_record.entitlement.unit(self.unit.no).unwrap_or(self.unit).asked_by(&c.candidate);
        let law = self.law().waiving(given.waived());
        judge.rule(&law, Rule::NotRetroactive, self.issued.purchased_at <= booked_at, |d| {
            d.fact("purchased-at", self.issued.purchased_at)
                .fact("booked-at", booked_at)
                .remedy("register again with the code; it can't be attached to an earlier registration")
        })?;
        self.begun(booked_at, judge)?;
        self.shared_out(c.branch.as_ref(), booked_at, judge)?;
        self.buyer_at_use(judge)?;
        self.held_by(&c.candidate, at, judge)?;
        self.attempt_left(booked_at, judge)?;
        self.in_time(c, facts, booked_at, judge)?;
        judge.rule(&Law::LEDGER, Rule::SittingAhead, booked_at <= c.sit_at && booked_at <= at, |d| {
            d.fact("booked-at", booked_at)
                .fact("sit-at", c.sit_at)
                .fact("at", at)
                .remedy("give the times as they were: registered first, sat later")
        })?;
        self.right_exam(c, exam, facts, judge)?;
        self.right_place(c, exam, facts, booked_at, judge)?;
        self.open_registrations(c, booked_at, judge)?;
        if let Some(policy) = self.policy_at(booked_at) {
            self.known.by_policy(policy, &c.exam, c.sit_at, booked_at, judge)?;
        }
        Ok(self.book(c, facts, booked_at))
    }

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
            let end = self.right.deadline(rule, suppose);
            let law = end.map_or(self.law(), |end| self.right.law_of(end));
            let ends_at = end.map(|end| end.at);
            judge.rule(&law, rule, ends_at.is_none_or(|ends_at| when < ends_at), |d| {
                let over = ends_at.is_some_and(|ends_at| ends_at <= booked_at);
                let remedy = if over {
                    self.more_time("the right has ended")
                } else {
                    ends_at.map_or_else(String::new, |e| self.sit_before(c, e, booked_at))
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
        if let Some(text) = self.unsorted(c, facts) {
            decision.warn(self.law().clause(Rule::ExamEligible), text);
        }
        if let Holder::Assigned(holder, _) = self.holder_on_record()
            && *holder != c.candidate
        {
            let text = format!(
                "it was assigned to {holder} since; it serves {}, who registered before",
                c.candidate
            );
            decision.warn(self.law().clause(Rule::HolderMatches), text);
        }
        decision.warnings.extend(self.right.retake_out_of_reach(number, c.sit_at));
        if let Some(policy) = self.policy_at(booked_at)
            && let until = self.known.next_permitted(policy, &c.exam, c.sit_at)
            && let Some(text) = self.right.retake_behind_policy(number, c.sit_at, until)
        {
            decision.warn(policy.law().clause(Rule::PolicyWait), text);
        }
        decision
    }
}

//! Registration for a sitting: the first try and every retake.

use super::{Decision, Known, OnUnit};
use crate::calendar_time::Resolution;
use crate::entitlement::Suppose;
use crate::event::{AttemptBooked, ExamScheduled};
use crate::terms::{Choice, EligibilityAt, ExamBenefit, SameExam, Scope, TermsInForce, Waits, join};
use crate::{
    AttemptEnd, Category, ExamFacts, Judge, Law, Refusal, RetakeVerdict, Rule, Schedule, Stage, Stream,
    Timestamp,
};

impl Known {
    pub(super) fn schedule(
        &self,
        c: &Schedule,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(Some(&c.candidate), judge)?;
        let facts = self.exam(&c.exam).and_then(|exam| exam.facts.as_ref());
        judge.rule(&Law::LEDGER, Rule::KnownExam, facts.is_some(), |d| {
            d.fact("exam", &c.exam).remedy("define the exam in the catalogue, or correct its code")
        })?;
        let facts = facts.expect("judged just above");
        judge.rule(&on.law(), Rule::RightKind, on.right.exam().is_some(), |d| {
            d.fact("voucher", on.name()).remedy("use an exam voucher; this one carries something else")
        })?;
        let exam = on.right.exam().expect("judged just above");
        on.not_revoked(judge)?;
        let booked_at = c.booked_at.unwrap_or(at);
        judge.rule(&on.law(), Rule::NotRetroactive, on.issued.purchased_at <= booked_at, |d| {
            d.fact("purchased-at", on.issued.purchased_at)
                .fact("booked-at", booked_at)
                .remedy("register again with the code; it can't be attached to an earlier registration")
        })?;
        on.begun(at, judge)?;
        on.shared_out(c.branch.as_ref(), judge)?;
        on.held_by(&c.candidate, judge)?;
        on.attempt_left(at, judge)?;
        on.in_time(c, facts, at, judge)?;
        judge.rule(&Law::LEDGER, Rule::SittingAhead, booked_at <= c.sit_at && booked_at <= at, |d| {
            d.fact("booked-at", booked_at)
                .fact("sit-at", c.sit_at)
                .fact("at", at)
                .remedy("give the times as they were: registered first, sat later")
        })?;
        on.right_exam(c, exam, facts, judge)?;
        on.right_place(c, exam, facts, judge)?;
        on.open_registrations(c, judge)?;
        if let Some(policy) = &self.policy {
            self.by_policy(policy, &c.exam, c.sit_at, at, judge)?;
        }
        Ok(on.book(c, facts, at, booked_at))
    }
}

impl OnUnit<'_> {
    fn begun(&self, at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let begins_at = self.right.begins_at();
        judge.rule(&self.law(), Rule::NotBefore, begins_at.at().is_none_or(|begins| begins <= at), |d| {
            d.fact_or("begins-at", begins_at.at(), "at once")
                .fact("at", at)
                .remedy("register when the right has begun")
        })
    }

    /// Asks that the unit waits for a registration, and says why it does not.
    fn attempt_left(&self, at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let last = self.unit.attempts.last();
        let (used, max) = (self.unit.attempts_used(), self.right.attempts_max());
        let result = last.and_then(|attempt| match attempt.end {
            AttemptEnd::Result { result, at } => Some((result, at, attempt)),
            _ => None,
        });
        let more_would_come = used < max;
        let earned = match self.unit.stage {
            Stage::Registered => !more_would_come,
            Stage::Used => {
                !more_would_come || result.is_some_and(|(result, ..)| self.right.counts_as_fail(result))
            }
            _ => true,
        };
        judge.rule(&self.law(), Rule::RetakeNeedsFail, earned, |d| {
            let was = result.map_or_else(
                || "no result yet".to_owned(),
                |(result, ..)| format!("{result:?}").to_lowercase(),
            );
            d.fact("attempts-used", used)
                .fact("last-result", was)
                .remedy("a retake opens when a fail of the exam is on record")
        })?;
        judge.rule(&self.law(), Rule::OneOpenHere, self.unit.stage != Stage::Registered, |d| {
            d.fact_or("sit-at", last.map(|a| a.sit_at), "none")
                .remedy("the voucher is registered; reschedule or cancel that registration")
        })?;
        let open = matches!(self.unit.stage, Stage::Unused | Stage::Retake { .. });
        if let (false, Some((_, result_at, attempt))) = (open, result) {
            match self.right.verdict(attempt.number, attempt.sit_at, result_at) {
                RetakeVerdict::NotPaid => judge.rule(&self.law(), Rule::RetakeOnlyIfPaid, false, |d| {
                    d.fact("paid", false).remedy("only a paid exam earns a free retake; buy another voucher")
                })?,
                RetakeVerdict::NoTime { .. } => {
                    if let Some((rule, ended_at)) =
                        self.right.too_late(attempt.number, attempt.sit_at, result_at)
                    {
                        judge.rule(&self.law(), rule, false, |d| {
                            d.fact("ends-at", ended_at)
                                .fact("at", at)
                                .remedy("the fail left no time for a retake; only goodwill can give it more")
                        })?;
                    }
                }
                _ => {}
            }
        }
        judge.rule(&self.law(), Rule::AttemptsLeft, open, |d| {
            d.fact("attempts-used", used)
                .fact("attempts", max)
                .remedy("all attempts of this voucher are used; a new one is needed")
        })
    }

    /// Asks that registration and sitting lie before their deadlines and behind the wait.
    fn in_time(
        &self,
        c: &Schedule,
        facts: &ExamFacts,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let first_scheduled_at = self.unit.first_scheduled_at.or(Some(at));
        let suppose = Suppose { first_scheduled_at, retires_on: facts.retires_on, ..Suppose::default() };
        let retake = matches!(self.unit.stage, Stage::Retake { .. });
        let (register, sit) = if retake {
            (Rule::RetakeRegisterBy, Rule::RetakeSitBy)
        } else {
            (Rule::RegisterBy, Rule::SitBy)
        };
        for (rule, what, when) in [(register, "at", at), (sit, "at", at), (sit, "sit-at", c.sit_at)] {
            let ends_at = match self.right.deadline(rule, suppose) {
                Resolution::At(ends_at) => Some(ends_at),
                Resolution::Never | Resolution::Open => None,
            };
            judge.rule(&self.law(), rule, ends_at.is_none_or(|ends_at| when < ends_at), |d| {
                let over = ends_at.is_some_and(|ends_at| ends_at <= at);
                let remedy = if over {
                    "the right has ended; only goodwill can give it more time".to_owned()
                } else {
                    ends_at.map_or_else(String::new, |e| format!("choose a sitting before {e}"))
                };
                d.fact_or("ends-at", ends_at, "never")
                    .fact("deadline", self.right.deadline_words(rule, suppose))
                    .fact(what, when)
                    .remedy(remedy)
            })?;
        }
        let Stage::Retake { failed_at, .. } = &self.unit.stage else { return Ok(()) };
        let number = self.unit.attempts_used() + 1;
        let Some((until, limits)) = self.right.wait_until(number, *failed_at) else { return Ok(()) };
        let (what, when) = if limits == Waits::Sit { ("sit-at", c.sit_at) } else { ("at", at) };
        judge.rule(&self.law(), Rule::RetakeWait, until <= when, |d| {
            let verb = if limits == Waits::Sit { "sit" } else { "register" };
            d.fact("failed-at", failed_at)
                .fact("wait-until", until)
                .fact(what, when)
                .remedy(format!("{verb} it at or after {until}"))
        })
    }

    fn right_exam(
        &self,
        c: &Schedule,
        exam: &ExamBenefit,
        facts: &ExamFacts,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let law = self.law();
        let reach = &exam.eligible;
        let first = matches!(self.unit.stage, Stage::Unused);
        if first || self.terms.rulings.eligibility_at == EligibilityAt::EverySchedule {
            let any = |choice: &Choice<Category>| {
                *choice == Choice::Any || facts.categories.iter().any(|category| choice.holds(Some(category)))
            };
            let excluded: Vec<&Category> =
                facts.categories.iter().filter(|category| reach.not_categories.contains(category)).collect();
            let eligible = any(&reach.categories)
                && excluded.is_empty()
                && reach.prefixes.prefixes(c.exam.as_str())
                && reach.exams.holds(Some(&c.exam));
            judge.rule(&law, Rule::ExamEligible, eligible, |d| {
                d.fact("exam", &c.exam)
                    .fact("categories", join(&facts.categories))
                    .fact("reached", &reach.categories)
                    .fact("excluded", join(&reach.not_categories))
                    .fact("prefixes", &reach.prefixes)
                    .fact("list", &reach.exams)
                    .remedy("choose an exam that the offer reaches")
            })?;
        }
        if let Stage::Retake { exam: failed, .. } = &self.unit.stage {
            let same = match self.terms.rulings.same_exam {
                SameExam::Exact => failed == &c.exam,
                SameExam::OrSuccessor => failed == &c.exam || self.known.follows(failed, &c.exam),
                SameExam::AnyEligible => true,
            };
            judge.rule(&law, Rule::SameExam, same, |d| {
                d.fact("failed", failed).fact("exam", &c.exam).remedy(format!("the retake is for {failed}"))
            })?;
        }
        let others = self
            .entitlement
            .units
            .iter()
            .filter_map(|unit| unit.attempts.iter().rev().find(|a| a.end != AttemptEnd::GivenBack));
        let mut used: Vec<&[Category]> = others.map(|attempt| attempt.categories.as_slice()).collect();
        used.push(&facts.categories);
        let inside = |mix: &Vec<Category>| {
            used.iter().all(|categories| categories.iter().any(|category| mix.contains(category)))
        };
        let mixed = match &exam.mix {
            Choice::Any => true,
            Choice::Only(mixes) => mixes.iter().any(inside),
        };
        judge.rule(&law, Rule::PackMix, mixed, |d| {
            let mixes = match &exam.mix {
                Choice::Any => "any".to_owned(),
                Choice::Only(mixes) => mixes.iter().map(join).collect::<Vec<_>>().join(" | "),
            };
            let mut before: Vec<String> =
                used[..used.len() - 1].iter().map(|categories| join(*categories)).collect();
            before.sort();
            before.dedup();
            d.fact("mixes", mixes)
                .fact("used-before", join(before))
                .fact("exam", &c.exam)
                .fact("categories", join(&facts.categories))
                .remedy("choose an exam inside the mix that this pack has begun")
        })
    }

    fn right_place(
        &self,
        c: &Schedule,
        exam: &ExamBenefit,
        facts: &ExamFacts,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let law = self.law();
        let day = self.terms.zone.civil_date(c.sit_at);
        judge.rule(&law, Rule::ExamOffered, facts.retires_on.is_none_or(|last| day <= last), |d| {
            d.fact_or("retires-on", facts.retires_on, "never")
                .fact("sit-on", day)
                .remedy("choose an earlier sitting, or the exam that follows")
        })?;
        let given = facts.deliveries.is_empty()
            || c.delivery.as_ref().is_some_and(|delivery| facts.deliveries.contains(delivery));
        judge.rule(&law, Rule::Delivery, exam.deliveries.holds(c.delivery.as_ref()) && given, |d| {
            d.fact("offer", &exam.deliveries)
                .fact("exam", join(&facts.deliveries))
                .fact_or("delivery", c.delivery.as_ref(), "not given")
                .remedy("choose a way to sit it that both the offer and the exam have")
        })?;
        let of_offer = match (&exam.providers, &c.provider) {
            (Choice::Any, _) | (_, None) => true,
            (Choice::Only(list), Some(provider)) => {
                list.iter().any(|named| self.right.offer.provider_now(named) == provider)
            }
        };
        let of_exam =
            facts.providers.is_empty() || c.provider.as_ref().is_none_or(|p| facts.providers.contains(p));
        judge.rule(&law, Rule::Provider, of_offer && of_exam, |d| {
            let now = match &exam.providers {
                Choice::Any => "any".to_owned(),
                Choice::Only(list) => join(list.iter().map(|named| self.right.offer.provider_now(named))),
            };
            d.fact("offer", now)
                .fact("exam", join(&facts.providers))
                .fact_or("provider", c.provider.as_ref(), "not given")
                .remedy("register with a provider of the offer")
        })?;
        judge.rule(&law, Rule::RegisterChannel, exam.channels.holds(c.channel.as_ref()), |d| {
            d.fact("channels", &exam.channels)
                .fact_or("channel", c.channel.as_ref(), "not given")
                .remedy("register through one of the channels")
        })?;
        judge.rule(&law, Rule::SitRegion, exam.regions.holds(c.region.as_ref()), |d| {
            d.fact("regions", &exam.regions)
                .fact_or("region", c.region.as_ref(), "not given")
                .remedy("sit it in one of the regions")
        })
    }

    fn open_registrations(&self, c: &Schedule, judge: &mut Judge) -> Result<(), Refusal> {
        let rulings = &self.terms.rulings;
        let Some(&max) = rulings.open_max.value() else { return Ok(()) };
        let open = match rulings.open_over {
            Scope::Voucher => usize::from(self.unit.open().is_some()),
            Scope::Pack => self.entitlement.units.iter().filter(|unit| unit.open().is_some()).count(),
            Scope::Candidate => self.known.candidate.as_ref().map_or(0, |candidate| candidate.open()),
        };
        judge.rule(&self.law(), Rule::OpenRegistrations, open < usize::from(max), |d| {
            d.fact("open", open)
                .fact("max", max)
                .fact("candidate", &c.candidate)
                .remedy("sit or cancel an open registration first")
        })
    }

    fn book(&self, c: &Schedule, facts: &ExamFacts, at: Timestamp, booked_at: Timestamp) -> Decision {
        let mut decision = Decision::default();
        self.bind(&c.candidate, at, &mut decision);
        let number = self.unit.attempts_used() + 1;
        let chosen_now = self.terms.rulings.terms_in_force == TermsInForce::Scheduling
            && self.unit.first_scheduled_at.is_none();
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
        };
        self.put(&mut decision, booked_at, scheduled);
        let booked = AttemptBooked {
            entitlement: self.entitlement.id,
            unit: self.unit.no,
            exam: c.exam.clone(),
            sit_at: c.sit_at,
            beta: facts.beta,
        };
        decision.put(Stream::Candidate(c.candidate.clone()), booked_at, booked);
        if number == 1
            && let Some(text) = self.right.retake_out_of_reach(c.sit_at)
        {
            decision.warn(self.law().clause(Rule::RetakeSitBy), text);
        }
        if let Some(policy) = &self.known.policy
            && let Some(text) = self.right.retake_behind_policy(policy, number, c.sit_at)
        {
            decision.warn(policy.law().clause(Rule::PolicyWait), text);
        }
        decision
    }
}

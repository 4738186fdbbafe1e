//! Benefits that are not exams: practice tests, libraries, subscriptions.

use super::{Decision, Known, OnUnit};
use crate::calendar_time::{Anchor, DeadlineExpr, Direction, Moment, Origin, Period, Point};
use crate::entitlement::Suppose;
use crate::event::{CommandRepeated, LibraryUnlocked, PracticeTestActivated, SubscriptionStarted};
use crate::terms::{BenefitKind, Choice, PracticeTestRuns, join};
use crate::{Activate, Activation, Judge, Law, ProviderId, Refusal, Rule, Timestamp};

impl Known {
    pub(super) fn activate(
        &self,
        c: &Activate,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let on = self.on_unit(Some(&c.candidate), judge)?;
        let own = on.unit.asked_by(&c.candidate);
        let on = on.with(&own);
        let known =
            c.test.as_ref().and_then(|_| self.practice_test.as_deref()).filter(|t| t.offers.is_some());
        judge.rule(&Law::LEDGER, Rule::KnownPracticeTest, c.test.is_none() || known.is_some(), |d| {
            d.fact_or("practice-test", c.test.as_ref(), "none")
                .remedy("define it in the catalogue, or correct its name")
        })?;
        let kind = &on.terms.benefit(on.unit.benefit).kind;
        let right_kind = match kind {
            BenefitKind::Exam(_) => false,
            BenefitKind::PracticeTest { .. } => c.test.is_some(),
            BenefitKind::Library { .. } | BenefitKind::Subscription { .. } => c.test.is_none(),
        };
        judge.rule(&on.law(), Rule::RightKind, right_kind, |d| {
            d.fact("voucher", on.name()).fact_or("practice-test", c.test.as_ref(), "not given").remedy(
                "name a practice test for a practice-test voucher, and none for a library or subscription; \
                 an exam voucher is scheduled",
            )
        })?;
        on.not_revoked(judge)?;
        let mut decision = Decision::default();
        if let Some(Activation { test, .. }) = &on.unit.activation {
            let same = *test == c.test && on.holder().candidate() == Some(&c.candidate);
            judge.rule(&on.law(), Rule::ActivatedOnce, same, |d| {
                d.fact_or("practice-test", test.as_ref(), "none")
                    .fact_or("holder", on.holder().candidate(), "nobody")
                    .remedy("the voucher is used; activate another one")
            })?;
            on.put(&mut decision, at, CommandRepeated { what: "it is active already".to_owned() });
            return Ok(decision);
        }
        let activated_at = on.activated_at(c, at, judge)?;
        let past = on.unit.until_then(activated_at);
        let (on, at) = (on.with(&past), activated_at);
        on.begun(at, judge)?;
        on.shared_out(c.branch.as_ref(), at, judge)?;
        on.buyer_at_use(judge)?;
        on.held_by(&c.candidate, at, judge)?;
        if let BenefitKind::PracticeTest { providers, .. } = kind {
            on.activated_there(c, providers, judge)?;
        }
        on.not_ended(at, judge)?;
        if let (BenefitKind::PracticeTest { tests, lasts, .. }, Some(test)) = (kind, &c.test) {
            let ends_at = on.practice_test_ends_at(*lasts, at);
            judge.rule(&on.law(), Rule::UseWithin, at < ends_at, |d| {
                d.fact("ends-at", ends_at)
                    .fact("at", at)
                    .remedy("the exam's deadline has passed, and the offer ends practice tests with it")
            })?;
            let reached = match tests {
                Choice::Any => known.is_some_and(|t| t.reaches(&on.terms.offer)),
                Choice::Only(list) => list.contains(test),
            };
            judge.rule(&on.law(), Rule::PracticeTestReached, reached, |d| {
                d.fact("practice-test", test)
                    .fact("tests", tests)
                    .remedy("choose a practice test of the promotion")
            })?;
            on.bind(&c.candidate, at, &mut decision);
            on.put(
                &mut decision,
                at,
                PracticeTestActivated {
                    unit: on.unit.no,
                    candidate: c.candidate.clone(),
                    test: test.clone(),
                    ends_at,
                },
            );
            return Ok(decision);
        }
        on.bind(&c.candidate, at, &mut decision);
        let (unit, candidate) = (on.unit.no, c.candidate.clone());
        match kind {
            BenefitKind::Library { .. } => on.put(
                &mut decision,
                at,
                LibraryUnlocked { unit, candidate, conditions: on.terms.conditions.clone() },
            ),
            _ => on.put(&mut decision, at, SubscriptionStarted { unit, candidate }),
        }
        Ok(decision)
    }
}

impl OnUnit<'_> {
    /// Asks that a practice test is activated at a provider of the offer. Where there is one, that one is meant.
    fn activated_there(
        &self,
        c: &Activate,
        providers: &Choice<ProviderId>,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let Choice::Only(list) = providers else { return Ok(()) };
        let now = || list.iter().map(|named| self.right.offer.provider_now(named));
        let fits = c.provider.as_ref().map_or(list.len() == 1, |provider| now().any(|now| now == provider));
        judge.rule(&self.law(), Rule::PracticeTestProvider, fits, |d| {
            d.fact("offer", join(now()))
                .fact_or("provider", c.provider.as_ref(), "not given")
                .remedy("activate it at a provider of the offer")
        })
    }

    /// When it was activated (ruling 20): not before it was bought, and not ahead of now.
    fn activated_at(&self, c: &Activate, at: Timestamp, judge: &mut Judge) -> Result<Timestamp, Refusal> {
        let activated_at = c.activated_at.unwrap_or(at);
        judge.rule(&Law::LEDGER, Rule::ChangedInOrder, activated_at <= at, |d| {
            d.fact("activated-at", activated_at)
                .fact("at", at)
                .remedy("give the time at which it was activated, which is not ahead of now")
        })?;
        judge.rule(&self.law(), Rule::NotRetroactive, self.issued.purchased_at <= activated_at, |d| {
            d.fact("purchased-at", self.issued.purchased_at)
                .fact("activated-at", activated_at)
                .remedy("activate it again; it was not there to be activated then")
        })?;
        Ok(activated_at)
    }

    fn practice_test_ends_at(&self, lasts: Period, at: Timestamp) -> Timestamp {
        let lasting = DeadlineExpr::Point(Point {
            origin: Origin::Anchor(Anchor::Activation),
            offset: Some((Direction::After, lasts)),
        });
        let full = lasting.ends_at(
            &|_| Some(Moment::Instant(at)),
            self.right.zone(),
            self.terms.rulings.last_day,
            self.right.calendar(),
        );
        let full = full.at().unwrap_or(Timestamp::MAX);
        if self.terms.rulings.practice_test_runs == PracticeTestRuns::PastExamDeadline {
            return full;
        }
        // Each by the terms that govern it, which may be others than those of the practice test.
        let exams = self.known.rights().filter(|right| right.exam().is_some());
        exams
            .filter_map(|right| right.deadline(Rule::SitBy, Suppose::default()))
            .map(|end| end.at)
            .max()
            .map_or(full, |exam| full.min(exam))
    }
}

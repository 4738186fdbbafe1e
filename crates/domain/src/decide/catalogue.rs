//! The catalogue: exams and practice tests.

use super::{Decision, Known};
use crate::event::{ExamDefined, PracticeTestDefined};
use crate::{DefineExam, DefinePracticeTest, Judge, Law, Refusal, Rule, Stream, Timestamp};

impl Known {
    pub(super) fn define_exam(
        &self,
        c: &DefineExam,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let same = self.exam(&c.exam).is_some_and(|exam| exam.facts.as_ref() == Some(&c.facts));
        judge.rule(&Law::LEDGER, Rule::NewVersion, !same, |d| {
            d.fact("exam", &c.exam).remedy("nothing to do: the catalogue says so already")
        })?;
        let successor = c.facts.successor.as_ref();
        let is_circle = successor.is_some_and(|next| *next == c.exam || self.follows(next, &c.exam));
        judge.rule(&Law::LEDGER, Rule::SuccessorAhead, !is_circle, |d| {
            d.fact("exam", &c.exam)
                .fact_or("successor", successor, "none")
                .remedy("name an exam that is not followed by this one")
        })?;
        let mut decision = Decision::default();
        decision.put(Stream::Exam(c.exam.clone()), at, ExamDefined { facts: c.facts.clone() });
        if c.facts.categories.is_empty() && !c.facts.beta {
            decision.warn(
                Law::LEDGER.clause(Rule::ExamEligible),
                "the exam is in no category: an offer that excludes categories reaches it, and one that names categories does not",
            );
        }
        Ok(decision)
    }

    pub(super) fn define_practice_test(
        &self,
        c: &DefinePracticeTest,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let same = self.practice_test.as_ref().is_some_and(|test| test.offers.as_ref() == Some(&c.offers));
        judge.rule(&Law::LEDGER, Rule::NewVersion, !same, |d| {
            d.fact("practice-test", &c.test).remedy("nothing to do: the catalogue says so already")
        })?;
        let mut decision = Decision::default();
        decision.put(
            Stream::PracticeTest(c.test.clone()),
            at,
            PracticeTestDefined { offers: c.offers.clone() },
        );
        Ok(decision)
    }
}

//! The second layer of law: what the programme's policy says of a candidate's next sitting.

use super::Known;
use crate::policy::Record;
use crate::terms::{SameExam, Waits, join};
use crate::{ExamCode, Judge, Policy, Refusal, Rule, Timestamp};

impl Known {
    /// Judges a sitting of `exam` at `sit_at`, registered at `at`, by the policy over the candidate's whole record.
    pub(super) fn by_policy(
        &self,
        policy: &Policy,
        exam: &ExamCode,
        sit_at: Timestamp,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let law = policy.law();
        let record = self.record(policy, exam);
        let (passed, unlocks) = (record.passed(), record.unlocks());
        // What was sat before the pass is not locked by it, whenever it is reported.
        let is_before = passed.is_some_and(|passed| sit_at < passed);
        let unlocked = is_before || unlocks.is_none_or(|unlocks| unlocks <= sit_at);
        judge.rule(&law, Rule::PolicyPassLock, unlocked, |d| {
            let remedy = match unlocks {
                Some(unlocks) if unlocks < Timestamp::MAX => format!("sit it at or after {unlocks}"),
                _ => "the exam was passed; choose another one".to_owned(),
            };
            d.fact_or("passed-at", passed, "never").fact("sit-at", sit_at).remedy(remedy)
        })?;

        let beta = self.exam(exam).and_then(|e| e.facts.as_ref()).is_some_and(|facts| facts.beta);
        let sat = record.attempts();
        judge.rule(&law, Rule::PolicyBetaOnce, !(policy.beta_once && beta && sat > 0), |d| {
            d.fact("beta", beta)
                .fact("attempts", sat)
                .remedy("wait for the exam to leave its beta, and register then")
        })?;

        for cap in &policy.caps {
            let full = record.over(cap, sit_at);
            judge.rule(&law, Rule::PolicyCap, full.is_none(), |d| {
                let inside = full.as_deref().unwrap_or_default();
                let window = cap.window.value().map(|window| window.plain());
                d.fact("max", cap.max)
                    .fact_or("window", window, "none")
                    .fact("attempts", join(inside.iter().filter(|at| **at != sit_at)))
                    .fact("sit-at", sit_at)
                    .remedy(sit_from(record.first_permitted(sit_at)))
            })?;
        }

        if let Some((step, last)) = record.wait_before(sit_at) {
            let until = record.wait_until(step, last);
            let (what, when) = if step.limits == Waits::Sit { ("sit-at", sit_at) } else { ("at", at) };
            judge.rule(&law, Rule::PolicyWait, until <= when, |d| {
                d.fact("attempt", record.number(sit_at))
                    .fact("last-sat-at", last)
                    .fact("wait", step.wait.plain())
                    .fact("wait-until", until)
                    .fact(what, when)
                    .remedy(match step.limits {
                        Waits::Sit => sit_from(record.first_permitted(sit_at)),
                        Waits::Register => format!("register it at or after {until}"),
                    })
            })?;
        }
        // A sitting put in before one that is registered already must leave that one its wait.
        if let Some((step, next)) = record.wait_behind(sit_at) {
            let until = record.wait_until(step, sit_at);
            judge.rule(&law, Rule::PolicyWait, until <= next, |d| {
                d.fact("attempt", record.number(sit_at))
                    .fact("next-sit-at", next)
                    .fact("wait", step.wait.plain())
                    .fact("wait-until", until)
                    .remedy("move or cancel the later sitting first")
            })?;
        }
        Ok(())
    }

    /// When the policy permits the sitting behind one of `exam` at `sit_at` that is failed; none if it never does.
    pub(super) fn next_permitted(
        &self,
        policy: &Policy,
        exam: &ExamCode,
        sit_at: Timestamp,
    ) -> Option<Timestamp> {
        self.record(policy, exam).with_fail(sit_at).first_permitted(sit_at)
    }

    /// The candidate's record of an exam, as the policy counts it.
    pub(super) fn record<'a>(&'a self, policy: &'a Policy, exam: &ExamCode) -> Record<'a> {
        let all = self.candidate.as_deref().map_or(&[][..], |own| &own.attempts);
        let same = all.iter().filter(|own| self.same_by_policy(policy, &own.exam, exam));
        Record::new(policy, self.zones.known(), same)
    }

    fn same_by_policy(&self, policy: &Policy, one: &ExamCode, other: &ExamCode) -> bool {
        one == other
            || match policy.same_exam {
                SameExam::Exact => false,
                SameExam::OrSuccessor => self.follows(one, other) || self.follows(other, one),
                SameExam::AnyEligible => true,
            }
    }
}

/// The way out of a wait or a full cap.
fn sit_from(permitted: Option<Timestamp>) -> String {
    match permitted {
        Some(at) => format!("sit it at or after {at}"),
        None => "the programme gives no further attempt at this exam; choose another one".to_owned(),
    }
}

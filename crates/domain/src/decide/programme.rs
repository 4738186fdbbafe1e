//! The second layer of law: what the programme's policy says of a candidate's next sitting.

use super::Known;
use crate::calendar_time::{Counted, Period, Wait};
use crate::policy::ladder;
use crate::terms::{SameExam, Waits};
use crate::{
    Cap, Counts, ExamCode, ExamResult, Judge, OwnAttempt, OwnEnd, PassLock, Policy, Refusal, Rule, Timestamp,
    Window,
};

/// The end of a window of this length that begins with a sitting.
fn window_end(policy: &Policy, period: Period, from: Timestamp) -> Timestamp {
    let counted = if period.exact_seconds().is_some() { Counted::Exact } else { Counted::CalendarDays };
    Wait::new(period, counted).map_or(Timestamp::MAX, |wait| wait.until(from, policy.zone, None))
}

impl Known {
    /// Judges a sitting of `exam` at `sit_at` by the policy, over the candidate's whole record.
    pub(super) fn by_policy(
        &self,
        policy: &Policy,
        exam: &ExamCode,
        sit_at: Timestamp,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let law = policy.law();
        let all = self.candidate.as_deref().map_or(&[][..], |c| &c.attempts);
        let same: Vec<&OwnAttempt> =
            all.iter().filter(|own| self.same_by_policy(policy, &own.exam, exam)).collect();
        let mut counted: Vec<&OwnAttempt> = same.iter().copied().filter(|own| counts(policy, own)).collect();
        counted.sort_by_key(|own| own.sit_at);

        let passed =
            same.iter().filter(|own| own.end == OwnEnd::Result(ExamResult::Pass)).map(|own| own.sit_at).max();
        let unlocks = passed.and_then(|passed| match policy.lock_after_pass {
            PassLock::None => None,
            PassLock::ForEver => Some(Timestamp::MAX),
            PassLock::For(period) => Some(window_end(policy, period, passed)),
        });
        judge.rule(&law, Rule::PolicyPassLock, unlocks.is_none_or(|unlocks| unlocks <= sit_at), |d| {
            let remedy = match unlocks {
                Some(unlocks) if unlocks < Timestamp::MAX => format!("sit it at or after {unlocks}"),
                _ => "the exam was passed; choose another one".to_owned(),
            };
            d.fact_or("passed-at", passed, "never").fact("sit-at", sit_at).remedy(remedy)
        })?;

        let beta = self.exam(exam).and_then(|e| e.facts.as_ref()).is_some_and(|facts| facts.beta);
        judge.rule(&law, Rule::PolicyBetaOnce, !(policy.beta_once && beta && !counted.is_empty()), |d| {
            d.fact("beta", beta).fact("attempts", counted.len()).remedy("wait for the exam to leave its beta")
        })?;

        for cap in &policy.caps {
            let inside = in_window(policy, cap, &counted, sit_at);
            judge.rule(&law, Rule::PolicyCap, inside.len() < usize::from(cap.max), |d| {
                let first = inside.first().map(|own| window_end(policy, cap.window, own.sit_at));
                d.fact("max", cap.max)
                    .fact("window", cap.window.plain())
                    .fact(
                        "attempts",
                        inside.iter().map(|own| own.sit_at.to_string()).collect::<Vec<_>>().join(", "),
                    )
                    .fact("sit-at", sit_at)
                    .remedy(first.map_or_else(String::new, |first| format!("sit it at or after {first}")))
            })?;
        }

        let since_pass = counted
            .iter()
            .filter(|own| own.sit_at <= sit_at && passed.is_none_or(|passed| passed < own.sit_at));
        let earlier: Vec<_> = since_pass.collect();
        let number = u16::try_from(earlier.len() + 1).unwrap_or(u16::MAX);
        if let (Some(step), Some(last)) = (ladder(&policy.waits, number), earlier.last()) {
            let until = step.wait.until(last.sit_at, policy.zone, self.calendar.as_deref());
            let (what, when) = if step.limits == Waits::Sit { ("sit-at", sit_at) } else { ("at", at) };
            judge.rule(&law, Rule::PolicyWait, until <= when, |d| {
                d.fact("attempt", number)
                    .fact("last-sat-at", last.sit_at)
                    .fact("wait", step.wait.plain())
                    .fact("wait-until", until)
                    .fact(what, when)
                    .remedy(format!(
                        "{} it at or after {until}",
                        if step.limits == Waits::Sit { "sit" } else { "register" }
                    ))
            })?;
        }
        Ok(())
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

/// Whether the policy counts an attempt. An open registration counts as the sitting that it will be.
fn counts(policy: &Policy, own: &OwnAttempt) -> bool {
    let as_what = match own.end {
        OwnEnd::Open | OwnEnd::Result(ExamResult::Pass | ExamResult::Fail) => Counts::Sat,
        OwnEnd::Cancelled => return false,
        OwnEnd::CancelledLate => Counts::LateCancel,
        OwnEnd::Result(ExamResult::Missed) => Counts::NoShow,
        OwnEnd::Result(ExamResult::TechnicalFault) => Counts::TechnicalFault,
        OwnEnd::Result(ExamResult::Invalidated) => Counts::Invalidated,
    };
    policy.counts.contains(&as_what)
}

/// The attempts that share the cap's window with a sitting at `sit_at`, oldest first.
fn in_window<'a>(
    policy: &Policy,
    cap: &Cap,
    counted: &[&'a OwnAttempt],
    sit_at: Timestamp,
) -> Vec<&'a OwnAttempt> {
    let earlier = counted.iter().copied().filter(|own| own.sit_at <= sit_at);
    match cap.from {
        Window::Rolling => {
            earlier.filter(|own| sit_at < window_end(policy, cap.window, own.sit_at)).collect()
        }
        Window::FirstAttempt => {
            let mut inside: Vec<&OwnAttempt> = Vec::new();
            for own in earlier {
                if inside
                    .first()
                    .is_some_and(|first| window_end(policy, cap.window, first.sit_at) <= own.sit_at)
                {
                    inside.clear();
                }
                inside.push(own);
            }
            if inside.first().is_some_and(|first| window_end(policy, cap.window, first.sit_at) <= sit_at) {
                inside.clear();
            }
            inside
        }
    }
}

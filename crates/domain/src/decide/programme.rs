//! The second layer of law: what the programme's policy says of a candidate's next sitting.

use super::Known;
use crate::calendar_time::{Counted, Period, Resolution, Wait, ZonesKnown};
use crate::policy::ladder;
use crate::terms::{RetakeWait, SameExam, Waits, join};
use crate::{
    Cap, Counts, ExamCode, ExamResult, Judge, OwnAttempt, OwnEnd, PassLock, Policy, Refusal, Rule, Timestamp,
    Window,
};

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
        let (passed, unlocks) = (record.passed, record.unlocks());
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
        let sat = record.counted.len();
        judge.rule(&law, Rule::PolicyBetaOnce, !(policy.beta_once && beta && sat > 0), |d| {
            d.fact("beta", beta).fact("attempts", sat).remedy("wait for the exam to leave its beta")
        })?;

        for cap in &policy.caps {
            let full = record.over(cap, sit_at);
            judge.rule(&law, Rule::PolicyCap, full.is_none(), |d| {
                let inside = full.as_deref().unwrap_or_default();
                let free = record.free_from(cap, sit_at);
                d.fact("max", cap.max)
                    .fact("window", cap.window.plain())
                    .fact("attempts", join(inside.iter().filter(|at| **at != sit_at)))
                    .fact("sit-at", sit_at)
                    .remedy(free.map_or_else(String::new, |free| format!("sit it at or after {free}")))
            })?;
        }

        if let Some((step, last)) = record.wait_before(sit_at) {
            let until = record.wait_until(step, last);
            let (verb, what, when) =
                if step.limits == Waits::Sit { ("sit", "sit-at", sit_at) } else { ("register", "at", at) };
            judge.rule(&law, Rule::PolicyWait, until <= when, |d| {
                d.fact("attempt", record.number(sit_at))
                    .fact("last-sat-at", last)
                    .fact("wait", step.wait.plain())
                    .fact("wait-until", until)
                    .fact(what, when)
                    .remedy(format!("{verb} it at or after {until}"))
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

    /// When the policy permits the sitting behind one of `exam` at `sit_at` that is failed.
    pub(super) fn next_permitted(&self, policy: &Policy, exam: &ExamCode, sit_at: Timestamp) -> Timestamp {
        let record = self.record(policy, exam);
        let wait = ladder(&policy.waits, record.number(sit_at).saturating_add(1));
        let mut next = wait.map_or(sit_at, |step| record.wait_until(step, sit_at));
        for cap in &policy.caps {
            loop {
                let inside = record.inside(cap, &record.times_with(&[sit_at, next]), next);
                let over = inside.len() > usize::from(cap.max);
                let Some(first) = inside.first().filter(|first| over && **first < next) else { break };
                next = record.window_end(cap.window, *first);
            }
        }
        next
    }

    fn record<'a>(&'a self, policy: &'a Policy, exam: &ExamCode) -> Record<'a> {
        let all = self.candidate.as_deref().map_or(&[][..], |c| &c.attempts);
        let same = || all.iter().filter(|own| self.same_by_policy(policy, &own.exam, exam));
        let mut counted: Vec<&OwnAttempt> = same().filter(|own| counts(policy, own)).collect();
        counted.sort_by_key(|own| own.sit_at);
        let passes = same().filter(|own| own.end == OwnEnd::Result(ExamResult::Pass));
        Record { policy, zones: self.zones.known(), passed: passes.map(|own| own.sit_at).max(), counted }
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

/// A candidate's record of one exam, as a policy counts it.
struct Record<'a> {
    policy: &'a Policy,
    zones: ZonesKnown<'a>,
    /// Attempts that count, by when they were or will be sat.
    counted: Vec<&'a OwnAttempt>,
    /// The last pass.
    passed: Option<Timestamp>,
}

impl Record<'_> {
    fn unlocks(&self) -> Option<Timestamp> {
        let passed = self.passed?;
        match self.policy.lock_after_pass {
            PassLock::None => None,
            PassLock::ForEver => Some(Timestamp::MAX),
            PassLock::For(period) => Some(self.window_end(period, passed)),
        }
    }

    /// Attempts up to `sit_at`, since the last pass.
    fn before(&self, sit_at: Timestamp) -> impl DoubleEndedIterator<Item = &OwnAttempt> {
        let since_pass = move |own: &&OwnAttempt| self.passed.is_none_or(|passed| passed < own.sit_at);
        self.counted.iter().copied().filter(since_pass).filter(move |own| own.sit_at <= sit_at)
    }

    /// Which attempt a sitting is.
    fn number(&self, sit_at: Timestamp) -> u16 {
        u16::try_from(self.before(sit_at).count() + 1).unwrap_or(u16::MAX)
    }

    /// The wait that a sitting has to keep, and the sitting it counts from.
    fn wait_before(&self, sit_at: Timestamp) -> Option<(&RetakeWait, Timestamp)> {
        let step = ladder(&self.policy.waits, self.number(sit_at))?;
        Some((step, self.before(sit_at).next_back()?.sit_at))
    }

    /// The wait that the next registered sitting has to keep, and that sitting.
    fn wait_behind(&self, sit_at: Timestamp) -> Option<(&RetakeWait, Timestamp)> {
        let step = ladder(&self.policy.waits, self.number(sit_at).saturating_add(1))?;
        let next = self.counted.iter().find(|own| sit_at < own.sit_at && own.end == OwnEnd::Open)?;
        Some((step, next.sit_at))
    }

    fn wait_until(&self, step: &RetakeWait, sat_at: Timestamp) -> Timestamp {
        self.ends(step.wait, sat_at)
    }

    /// The end of a window of this length that begins with a sitting.
    fn window_end(&self, period: Period, from: Timestamp) -> Timestamp {
        let counted = if period.exact_seconds().is_some() { Counted::Exact } else { Counted::CalendarDays };
        Wait::new(period, counted).map_or(Timestamp::MAX, |wait| self.ends(wait, from))
    }

    /// When a wait is over that begins with a sitting, in the policy's zone.
    fn ends(&self, wait: Wait, from: Timestamp) -> Timestamp {
        let read = |zone| Resolution::At(wait.until(from, zone, None));
        self.zones.settle(self.policy.zone, from, read).at().unwrap_or(Timestamp::MAX)
    }

    /// The times of all sittings with the new ones, oldest first.
    fn times_with(&self, new: &[Timestamp]) -> Vec<Timestamp> {
        let mut times: Vec<_> =
            self.counted.iter().map(|own| own.sit_at).chain(new.iter().copied()).collect();
        times.sort_unstable();
        times
    }

    /// The sittings of the first window that a new one would fill beyond the cap.
    fn over(&self, cap: &Cap, sit_at: Timestamp) -> Option<Vec<Timestamp>> {
        let times = self.times_with(&[sit_at]);
        let windows = times.iter().filter(|seen_at| sit_at <= **seen_at);
        windows
            .map(|seen_at| self.inside(cap, &times, *seen_at))
            .find(|inside| inside.len() > usize::from(cap.max) && inside.contains(&sit_at))
    }

    /// The first instant behind `sit_at` at which the cap lets a sitting in: where a window ends.
    fn free_from(&self, cap: &Cap, sit_at: Timestamp) -> Option<Timestamp> {
        let mut ends: Vec<_> =
            self.counted.iter().map(|own| self.window_end(cap.window, own.sit_at)).collect();
        ends.sort_unstable();
        ends.into_iter().find(|end| sit_at <= *end && self.over(cap, *end).is_none())
    }

    /// The sittings that share the cap's window with the one at `seen_at`, which is inside; oldest first.
    fn inside(&self, cap: &Cap, times: &[Timestamp], seen_at: Timestamp) -> Vec<Timestamp> {
        let ends = |first: Timestamp| self.window_end(cap.window, first);
        let earlier = times.iter().copied().filter(|at| *at <= seen_at);
        match cap.from {
            Window::Rolling => earlier.filter(|at| seen_at < ends(*at)).collect(),
            Window::FirstAttempt => earlier.fold(Vec::new(), |mut inside: Vec<Timestamp>, at| {
                if inside.first().is_some_and(|first| ends(*first) <= at) {
                    inside.clear();
                }
                inside.push(at);
                inside
            }),
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

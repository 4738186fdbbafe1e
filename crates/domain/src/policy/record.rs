//! A candidate's record of one exam, as a policy counts it.

use super::{Cap, Counts, CountsOver, LadderRestarts, PassLock, Policy, Window, ladder};
use crate::calendar_time::{Counted, Period, Resolution, Wait, ZonesKnown};
use crate::terms::{Limit, RetakeWait};
use crate::{ExamResult, OwnAttempt, OwnEnd, Timestamp};

/// A candidate's record of one exam, as a policy counts it.
#[derive(Debug, Clone)]
pub(crate) struct Record<'a> {
    policy: &'a Policy,
    zones: ZonesKnown<'a>,
    /// Attempts that count, by when they were or will be sat.
    counted: Vec<Sitting>,
    /// The sittings that were passed, oldest first.
    passes: Vec<Timestamp>,
}

/// One attempt that counts.
#[derive(Debug, Clone, Copy)]
struct Sitting {
    at: Timestamp,
    is_open: bool,
}

impl<'a> Record<'a> {
    /// The record of these attempts, all of the same exam.
    pub(crate) fn new<'b>(
        policy: &'a Policy,
        zones: ZonesKnown<'a>,
        attempts: impl IntoIterator<Item = &'b OwnAttempt>,
    ) -> Self {
        let mut record = Self { policy, zones, counted: Vec::new(), passes: Vec::new() };
        for own in attempts {
            if counts(policy, own) {
                record.counted.push(Sitting { at: own.sit_at, is_open: own.end == OwnEnd::Open });
            }
            if own.end == OwnEnd::Result(ExamResult::Pass) {
                record.passes.push(own.sit_at);
            }
        }
        record.counted.sort_by_key(|sitting| sitting.at);
        record.passes.sort_unstable();
        record
    }

    /// The record with one more exam, sat and failed then.
    pub(crate) fn with_fail(&self, at: Timestamp) -> Self {
        let mut record = self.clone();
        if self.policy.counts.contains(&Counts::Sat) {
            record.counted.push(Sitting { at, is_open: false });
            record.counted.sort_by_key(|sitting| sitting.at);
        }
        record
    }

    /// When the exam was last passed.
    pub(crate) fn passed(&self) -> Option<Timestamp> {
        self.passes.last().copied()
    }

    /// How many attempts count, whenever they were.
    pub(crate) fn attempts(&self) -> usize {
        self.counted.len()
    }

    /// When the lock of the last pass ends; none if nothing is locked.
    pub(crate) fn unlocks(&self) -> Option<Timestamp> {
        let passed = self.passed()?;
        match self.policy.lock_after_pass {
            PassLock::None => None,
            PassLock::ForEver => Some(Timestamp::MAX),
            PassLock::For(period) => Some(self.window_end(period, passed)),
        }
    }

    /// Which attempt of its ladder a sitting is.
    pub(crate) fn number(&self, sit_at: Timestamp) -> u16 {
        u16::try_from(self.ladder_before(sit_at).len() + 1).unwrap_or(u16::MAX)
    }

    /// The wait that a sitting has to keep, and the sitting it counts from.
    pub(crate) fn wait_before(&self, sit_at: Timestamp) -> Option<(&'a RetakeWait, Timestamp)> {
        let step = ladder(&self.policy.waits, self.number(sit_at))?;
        Some((step, *self.ladder_before(sit_at).last()?))
    }

    /// The wait that the next registered sitting has to keep, and that sitting.
    pub(crate) fn wait_behind(&self, sit_at: Timestamp) -> Option<(&'a RetakeWait, Timestamp)> {
        let step = ladder(&self.policy.waits, self.number(sit_at).saturating_add(1))?;
        let next = self.counted.iter().find(|sitting| sit_at < sitting.at && sitting.is_open)?.at;
        let on_one_ladder = match self.policy.ladder_restarts {
            LadderRestarts::Never | LadderRestarts::AfterPass => self.sees(sit_at, next),
            LadderRestarts::After(_) => self.with_fail(sit_at).ladder_before(next).contains(&sit_at),
        };
        on_one_ladder.then_some((step, next))
    }

    pub(crate) fn wait_until(&self, step: &RetakeWait, sat_at: Timestamp) -> Timestamp {
        self.ends(step.wait, sat_at)
    }

    /// The sittings of the first window that a new one would fill beyond the cap.
    pub(crate) fn over(&self, cap: &Cap, sit_at: Timestamp) -> Option<Vec<Timestamp>> {
        let mut times: Vec<_> = self.counted.iter().map(|sitting| sitting.at).chain([sit_at]).collect();
        times.sort_unstable();
        let windows = times.iter().filter(|seen_at| sit_at <= **seen_at);
        windows
            .map(|seen_at| self.inside(cap, &times, *seen_at))
            .find(|inside| inside.len() > usize::from(cap.max) && inside.contains(&sit_at))
    }

    /// The first instant from `from` on at which waits and caps let the exam be sat; none if they never do.
    ///
    /// Waits and caps let go only where one of them ends, so these are the instants that are tried.
    pub(crate) fn first_permitted(&self, from: Timestamp) -> Option<Timestamp> {
        let ends = self.counted.iter().flat_map(|sitting| self.ends_of(sitting.at));
        let mut turns: Vec<_> =
            ends.filter(|end| from < *end && *end < Timestamp::MAX).chain([from]).collect();
        turns.sort_unstable();
        turns.dedup();
        turns.into_iter().find(|at| self.permits(*at))
    }

    /// Whether waits and caps let the exam be sat then.
    fn permits(&self, sit_at: Timestamp) -> bool {
        let waited =
            self.wait_before(sit_at).is_none_or(|(step, last)| self.wait_until(step, last) <= sit_at);
        waited && self.policy.caps.iter().all(|cap| self.over(cap, sit_at).is_none())
    }

    /// Every instant at which something ends that counts from a sitting.
    fn ends_of(&self, sat_at: Timestamp) -> Vec<Timestamp> {
        let waits = self.policy.waits.iter().filter_map(Limit::value);
        let mut ends: Vec<_> = waits.map(|step| self.wait_until(step, sat_at)).collect();
        let mut windows: Vec<_> =
            self.policy.caps.iter().filter_map(|cap| cap.window.value().copied()).collect();
        if let CountsOver::Window(period) = self.policy.counts_over {
            windows.push(period);
        }
        if let LadderRestarts::After(period) = self.policy.ladder_restarts {
            windows.push(period);
        }
        ends.extend(windows.into_iter().map(|period| self.window_end(period, sat_at)));
        ends
    }

    /// Whether a sitting at `seen_at` counts an attempt that was sat before it.
    fn sees(&self, sat_at: Timestamp, seen_at: Timestamp) -> bool {
        match self.policy.counts_over {
            CountsOver::Ever => true,
            CountsOver::SinceLastPass => {
                let passed = self.passes.iter().rfind(|passed| **passed < seen_at);
                passed.is_none_or(|passed| *passed < sat_at)
            }
            CountsOver::Window(period) => seen_at < self.window_end(period, sat_at),
        }
    }

    /// The attempts before a sitting on the ladder that it belongs to, oldest first.
    fn ladder_before(&self, sit_at: Timestamp) -> Vec<Timestamp> {
        let sat = self.counted.iter().map(|sitting| sitting.at);
        let seen = sat.filter(|at| *at <= sit_at && self.sees(*at, sit_at));
        match self.policy.ladder_restarts {
            LadderRestarts::Never => seen.collect(),
            LadderRestarts::AfterPass => {
                let passed = self.passed();
                seen.filter(|at| passed.is_none_or(|passed| passed < *at)).collect()
            }
            LadderRestarts::After(period) => {
                let mut ladder = self.last_run(period, seen.chain([sit_at]));
                ladder.pop();
                ladder
            }
        }
    }

    /// Of sittings in order, those since the last one that began a period of this length.
    fn last_run(&self, period: Period, sat: impl Iterator<Item = Timestamp>) -> Vec<Timestamp> {
        sat.fold(Vec::new(), |mut run, at| {
            if run.first().is_some_and(|first| self.window_end(period, *first) <= at) {
                run.clear();
            }
            run.push(at);
            run
        })
    }

    /// The sittings that share the cap's window with the one at `seen_at`, which is inside; oldest first.
    fn inside(&self, cap: &Cap, times: &[Timestamp], seen_at: Timestamp) -> Vec<Timestamp> {
        let earlier = times.iter().copied().filter(|at| *at <= seen_at && self.counts_with(*at, seen_at));
        match (cap.window, cap.from) {
            (Limit::None, _) => earlier.collect(),
            (Limit::Some(period), Some(Window::FirstAttempt)) => self.last_run(period, earlier),
            (Limit::Some(period), _) => earlier.filter(|at| seen_at < self.window_end(period, *at)).collect(),
        }
    }

    /// As [`Record::sees`]; a sitting counts itself.
    fn counts_with(&self, sat_at: Timestamp, seen_at: Timestamp) -> bool {
        sat_at == seen_at || self.sees(sat_at, seen_at)
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

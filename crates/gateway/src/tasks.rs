//! Background tasks of a process: each has a name and a bound, and reports that it moves.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// All background tasks of a process.
#[derive(Debug, Default)]
pub(crate) struct Tasks(Mutex<BTreeMap<&'static str, Arc<Task>>>);

/// A background task. It reports each step, and that it waits before it waits for something that may never come. A task that
/// does neither for longer than its bound makes the process not ready.
#[derive(Debug)]
pub struct Task {
    name: &'static str,
    bound: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// It does something, and moved at this instant.
    MovedAt(Instant),
    /// It has nothing to do until something happens.
    Waits,
    /// It did not reach its goal when it last tried, and will try again.
    Fails { reason: String, moved_at: Instant },
    /// It is gone before the process was asked to stop.
    Ended,
}

impl State {
    fn step(&mut self, now: Instant) {
        match self {
            State::MovedAt(at) | State::Fails { moved_at: at, .. } => *at = now,
            State::Waits | State::Ended => {}
        }
    }
}

impl Task {
    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// It has done what it is there for at `now`, and goes on. What failed before works again.
    pub fn moves(&self, now: Instant) {
        self.set(State::MovedAt(now));
    }

    /// It waits for something that may take any time. What failed before works again.
    pub fn waits(&self) {
        self.set(State::Waits);
    }

    /// It failed at `now`, and tries again. This is a reason in health until it moves or waits.
    pub fn fails(&self, reason: impl Into<String>, now: Instant) {
        self.set(State::Fails { reason: reason.into(), moved_at: now });
    }

    /// It begins with something at `now`. A failure that it reported stays until that is done.
    pub fn begins(&self, now: Instant) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Waits {
            *state = State::MovedAt(now);
        }
        state.step(now);
    }

    /// It made a step at `now` of what it began, as somebody may see who looks at its work from outside.
    pub fn steps(&self, now: Instant) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).step(now);
    }

    /// It is gone, though the process was not asked to stop.
    pub fn ended(&self) {
        self.set(State::Ended);
    }

    /// What is wrong with it at `now`.
    pub(crate) fn fault(&self, now: Instant) -> Option<String> {
        let (name, bound) = (self.name, self.bound.as_secs());
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let stuck = |moved_at: Instant| {
            let silent = now.saturating_duration_since(moved_at);
            (silent > self.bound).then(|| {
                format!(
                    "{name} has not moved for {} seconds ({bound} at most); see the log of this process, and restart it if \
                     that goes on",
                    silent.as_secs()
                )
            })
        };
        match state {
            State::MovedAt(at) => stuck(at),
            State::Waits => None,
            State::Fails { reason, moved_at } => Some(
                stuck(moved_at)
                    .map_or(format!("{name} fails: {reason}"), |stuck| format!("{stuck}: {reason}")),
            ),
            State::Ended => Some(format!(
                "{name} has ended by a mistake of this program; restart the process, and report what it logged"
            )),
        }
    }
}

impl Tasks {
    /// The task of this name; a new one if there is none.
    pub(crate) fn task(&self, name: &'static str, bound: Duration, now: Instant) -> Arc<Task> {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Task { name, bound, state: Mutex::new(State::MovedAt(now)) });
        tasks.entry(name).or_insert_with(new).clone()
    }

    /// Each task, and what is wrong with it at `now`.
    pub(crate) fn all(&self, now: Instant) -> Vec<(&'static str, Option<String>)> {
        let tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().map(|(name, task)| (*name, task.fault(now))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::stopwatch;

    const BOUND: Duration = Duration::from_mins(1);

    type Step = fn(&Task, Instant);

    /// What is wrong after these steps, each at its second, at the last second.
    fn fault(steps: &[(u64, Step)], second: u64) -> Option<String> {
        let (tasks, begin) = (Tasks::default(), stopwatch());
        let task = tasks.task("the indexer", BOUND, begin);
        for (at, step) in steps {
            step(&task, begin + Duration::from_secs(*at));
        }
        tasks.all(begin + Duration::from_secs(second)).remove(0).1
    }

    #[test]
    fn a_task_that_stands_still_longer_than_its_bound_is_a_fault_until_it_moves() {
        assert_eq!(fault(&[], 60), None);
        let text = fault(&[], 61).unwrap();
        assert!(text.starts_with("the indexer has not moved for 61 seconds (60 at most)"), "{text}");
        assert_eq!(fault(&[(50, Task::moves)], 110), None);
        assert!(fault(&[(50, Task::moves)], 111).is_some());
        assert_eq!(fault(&[(300, Task::moves)], 310), None);
    }

    #[test]
    fn a_task_that_waits_may_wait_for_any_time() {
        assert_eq!(fault(&[(1, |task, _| task.waits())], 1_000_000), None);
        assert_eq!(fault(&[(1, |task, _| task.waits()), (100, Task::steps)], 200), None);
        assert!(fault(&[(1, |task, _| task.waits()), (100, Task::begins)], 200).is_some());
    }

    #[test]
    fn a_failure_is_a_fault_at_once_and_until_something_works() {
        const FAILS: (u64, fn(&Task, Instant)) = (1, |task, now| task.fails("the disk is full", now));
        assert_eq!(fault(&[FAILS], 1).unwrap(), "the indexer fails: the disk is full");
        assert_eq!(fault(&[FAILS, (2, Task::begins)], 3).unwrap(), "the indexer fails: the disk is full");
        assert_eq!(fault(&[FAILS, (2, Task::moves)], 3), None);
        assert_eq!(fault(&[FAILS, (2, |task, _| task.waits())], 3), None);
        let both = fault(&[FAILS], 100).unwrap();
        assert!(both.contains("has not moved for 99 seconds") && both.contains("the disk is full"), "{both}");
    }

    #[test]
    fn a_task_that_has_ended_is_a_fault_for_good() {
        assert!(fault(&[(1, |task, _| task.ended())], 1).unwrap().contains("has ended"));
    }
}

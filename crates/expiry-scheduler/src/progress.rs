//! How far a scheduler is and what it is doing, for readers that must not wait for it.

use resit_domain::Timestamp;
use resit_event_log::Position;
use tokio::sync::watch;

/// What a scheduler is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activity {
    /// Nothing.
    #[default]
    Idle,
    /// It brings the agenda up to the log.
    CatchUp,
    /// It makes the agenda again from the first record on.
    Rebuild,
    /// It sends commands for what is due.
    Expire,
}

/// How many activities there are.
const ACTIVITIES: usize = 4;

impl Activity {
    /// The name under which it is reported.
    pub fn name(self) -> &'static str {
        match self {
            Activity::Idle => "idle",
            Activity::CatchUp => "catch-up",
            Activity::Rebuild => "rebuild",
            Activity::Expire => "expire",
        }
    }
}

/// How far a scheduler is. Every value is as of the last bounded step, never later than the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The position up to which the log is in the agenda.
    pub position: Position,
    /// The log's head when the running or the last catch-up began. The agenda is complete once `position` reaches it.
    pub head: Position,
    /// How many entitlements the running step has looked at again, because something changed that they share. The checkpoint
    /// does not move meanwhile.
    pub members: u64,
    /// When the next thing falls due, as of `position`; none if nothing does, or while that is not known yet.
    pub next_due_at: Option<Timestamp>,
    /// How many entitlements were due and not on record, by the last count. Counted at the start and the end of a tick;
    /// between, it shrinks with every answer. [`Progress::overdue_at`] is what to report.
    pub overdue: u64,
    /// How many commands of the running or the last tick were answered.
    pub answered: u64,
    /// How many callers do what, by [`Activity`].
    pub(crate) running: [u32; ACTIVITIES],
}

impl Progress {
    /// What is running; the one that takes longest where it is several things.
    pub fn activity(&self) -> Activity {
        let order = [Activity::Rebuild, Activity::Expire, Activity::CatchUp];
        order.into_iter().find(|activity| self.running[*activity as usize] > 0).unwrap_or_default()
    }

    /// How many entitlements are due by `now` and not on record: at least one while the next one is due, 0 before that.
    pub fn overdue_at(&self, now: Timestamp) -> u64 {
        if self.next_due_at.is_some_and(|due_at| due_at <= now) { self.overdue.max(1) } else { 0 }
    }

    /// Whether the agenda is behind the log as it was when the catch-up began.
    pub fn is_behind(&self) -> bool {
        self.position < self.head
    }

    /// Begins at the first record again.
    pub(crate) fn restart(&mut self) {
        *self = Self { head: self.head, running: self.running, ..Self::default() };
    }
}

/// Publishes what is running until it is dropped, also by a caller that gives up.
pub(crate) struct Running<'a> {
    progress: &'a watch::Sender<Progress>,
    activity: Activity,
}

impl<'a> Running<'a> {
    pub(crate) fn begin(progress: &'a watch::Sender<Progress>, activity: Activity) -> Self {
        progress.send_modify(|progress| progress.running[activity as usize] += 1);
        Self { progress, activity }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.progress.send_modify(|progress| progress.running[self.activity as usize] -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_of_several_activities_is_reported_until_its_caller_is_gone() {
        let progress = watch::Sender::new(Progress::default());
        let activity = || progress.borrow().activity();
        let catch_up = Running::begin(&progress, Activity::CatchUp);
        let tick = Running::begin(&progress, Activity::Expire);
        assert_eq!(activity(), Activity::Expire);
        let rebuild = Running::begin(&progress, Activity::Rebuild);
        drop(tick);
        assert_eq!(activity(), Activity::Rebuild);
        drop(rebuild);
        assert_eq!(activity(), Activity::CatchUp);
        drop(catch_up);
        assert_eq!(activity(), Activity::Idle);
    }

    #[test]
    fn what_is_overdue_is_never_reported_as_nothing() {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let progress = Progress { next_due_at: Some(at(10)), ..Progress::default() };
        assert_eq!((progress.overdue_at(at(9)), progress.overdue_at(at(10))), (0, 1));
        let counted = Progress { overdue: 7, ..progress };
        assert_eq!((counted.overdue_at(at(9)), counted.overdue_at(at(10))), (0, 7));
        let none = Progress { next_due_at: None, ..counted };
        assert_eq!(none.overdue_at(at(10)), 0);
    }
}

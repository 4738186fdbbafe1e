//! The steps of a follower of the log, for health and for whoever asks how far it is.

use std::sync::Arc;

use resit_event_log::Position;
use resit_gateway::{Gauges, Task, UnderWay, Work};

use crate::clock;

/// Fewer records than these are taken in so soon that nobody has to be told.
pub(crate) const LONG: u64 = 10_000;

/// How far a follower gets while it takes in what is on record.
pub(crate) struct Steps {
    task: Option<Arc<Task>>,
    under_way: Option<UnderWay>,
}

impl Steps {
    /// It begins at a position; the log ends at `head`.
    pub(crate) fn begin(
        gauges: &Gauges,
        task: Option<Arc<Task>>,
        work: Work,
        position: Position,
        head: Position,
    ) -> Self {
        let is_long = head.0.saturating_sub(position.0) > LONG;
        let under_way = is_long.then(|| gauges.works().begin(work, clock::now(), head.0));
        let steps = Self { task, under_way };
        steps.at(position);
        steps
    }

    /// It has come this far.
    pub(crate) fn at(&self, position: Position) {
        if let Some(task) = &self.task {
            task.steps(clock::stopwatch());
        }
        if let Some(under_way) = &self.under_way {
            under_way.done(position.0);
        }
    }
}

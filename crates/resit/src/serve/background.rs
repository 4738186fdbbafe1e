//! Background tasks of a process, each of which is known to health by its name.

use std::sync::Arc;
use std::time::Duration;

use resit_gateway::{Gauges, Task};
use tokio::task::JoinHandle;

use super::stop::Stop;
use crate::clock;

/// How long a background task may make no step while it has something to do.
pub(crate) const STILL_MAX: Duration = resit_gateway::STILL_MAX;

/// Starts a task on this runtime. If it ends before it is time to stop, by a panic too, that is a reason in health.
pub(crate) fn background<F>(
    gauges: &Gauges,
    stop: &Stop,
    name: &'static str,
    run: impl FnOnce(Arc<Task>) -> F,
) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let task = gauges.task(name, STILL_MAX, clock::stopwatch());
    let at_end = AtEnd { task: task.clone(), stop: stop.clone() };
    let work = run(task);
    tokio::spawn(async move {
        let _at_end = at_end;
        work.await
    })
}

/// Notes that a task is gone, unless it was asked to go.
struct AtEnd {
    task: Arc<Task>,
    stop: Stop,
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        if !self.stop.is_now() {
            self.task.ended();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the task that ended so is a fault.
    fn is_missed(stopping: bool, work: impl Future<Output = ()> + Send + 'static) -> bool {
        let (gauges, (stopper, stop)) = (Gauges::default(), super::super::stop::stop());
        if stopping {
            stopper.stop();
        }
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            drop(background(&gauges, &stop, "lease", |_| work).await);
        });
        gauges.reasons(clock::stopwatch()).iter().any(|reason| reason.contains("lease has ended"))
    }

    #[test]
    fn a_task_that_ends_by_itself_is_missed_and_one_that_was_asked_to_is_not() {
        assert!(is_missed(false, async {}));
        assert!(is_missed(false, async { panic!("by a mistake") }));
        assert!(!is_missed(true, async {}));
    }
}

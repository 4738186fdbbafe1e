//! A role of the server, on a thread of its own: its work with files and stores keeps no request waiting.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use resit_gateway::{Gauges, Task};
use tokio::runtime::Builder;

use super::background::STILL_MAX;
use super::stop::{Stop, Stopper};
use crate::clock;
use crate::exit::Stopped;

/// How long what a role has begun on other threads may take when the role ends.
const END_MAX: Duration = Duration::from_secs(1);

/// A role that runs.
pub(crate) struct Role {
    name: &'static str,
    thread: JoinHandle<()>,
}

/// Gives the word to stop when a role comes to its end, however it does.
struct AtEnd(Stopper);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Role {
    /// Starts a role, which health knows by its name. When it ends, the server stops.
    pub(crate) fn start(
        name: &'static str,
        gauges: &Gauges,
        stopper: Stopper,
        stop: Stop,
        run: impl AsyncFnOnce(Stop, Arc<Task>) + Send + 'static,
    ) -> Result<Self, Stopped> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let task = gauges.task(name, STILL_MAX, clock::stopwatch());
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _at_end = AtEnd(stopper);
            runtime.block_on(run(stop, task));
            runtime.shutdown_timeout(END_MAX);
        })?;
        Ok(Self { name, thread })
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// If it ended by a mistake of this program. What it did is on record, or is made anew.
    pub(crate) fn end(self) -> Result<(), Stopped> {
        self.thread.join().map_err(|_| Stopped::Role(self.name))
    }
}

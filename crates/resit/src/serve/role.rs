//! A role of the server, on a thread of its own: its work with files and stores keeps no request waiting.

use std::thread::{self, JoinHandle};

use tokio::runtime::Builder;

use super::stop::{Stop, Stopper};
use crate::exit::Stopped;

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
    /// Starts a role. When it ends, the server stops.
    pub(crate) fn start(
        name: &'static str,
        stopper: Stopper,
        stop: Stop,
        run: impl AsyncFnOnce(Stop) + Send + 'static,
    ) -> Result<Self, Stopped> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _at_end = AtEnd(stopper);
            runtime.block_on(run(stop));
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

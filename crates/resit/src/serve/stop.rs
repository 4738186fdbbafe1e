//! Stopping: a signal from outside, or a role that came to its end by itself.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Says when it is time to stop. Clones hear the same word.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// Gives the word.
#[derive(Debug, Clone)]
pub(crate) struct Stopper(watch::Sender<bool>);

pub(crate) fn stop() -> (Stopper, Stop) {
    let (stopper, stop) = watch::channel(false);
    (Stopper(stopper), Stop(stop))
}

impl Stopper {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Whether the word was given.
    pub(crate) fn is_now(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for the word; that nobody is left who could give it is the word as well.
    pub(crate) async fn asked(&mut self) {
        drop(self.0.wait_for(|stop| *stop).await);
    }
}

/// Waits for the first signal to end, gives the word, and ends the process at a second one.
pub(crate) async fn on_signals(stopper: Stopper) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut either = async || {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    };
    let name = either().await;
    tracing::info!(signal = name, "stopping: what is in flight is finished; a second signal ends at once");
    stopper.stop();
    let name = either().await;
    tracing::warn!(signal = name, "ended at once");
    // Nothing acknowledged is lost by it: the log is durable before it answers.
    std::process::exit(130);
}

//! Stopping: a signal from outside, or a role that came to its end by itself.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
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

/// The signals that ask a process to end. From the moment this is made they do not end it by themselves.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes the signals over; inside a runtime.
    pub(crate) fn take() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the first signal, gives the word, and ends the process at a second one.
    pub(crate) async fn give(mut self, stopper: Stopper) {
        let name = self.next().await;
        tracing::info!(
            signal = name,
            "stopping: what is in flight is finished; a second signal ends at once"
        );
        stopper.stop();
        let name = self.next().await;
        tracing::warn!(signal = name, "ended at once");
        // Nothing acknowledged is lost by it: the log is durable before it answers.
        std::process::exit(130);
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

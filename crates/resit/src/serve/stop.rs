//! Stopping: a signal from outside, or a role that came to its end by itself; and the limit on how long it may take.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use resit_gateway::{Gauges, Task};
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::timeout;

use super::background::STILL_MAX;
use crate::clock;
use crate::exit::{Status, Stopped};

/// How long a process may take to end after it was asked to. Ten seconds are promised.
const STOP_MAX: Duration = Duration::from_millis(9_500);

/// The same before it is at work: there is nothing to finish.
const STOP_EARLY_MAX: Duration = Duration::from_millis(500);

/// The same of a command on a stopped ledger, which ends between two of its steps.
const COMMAND_STOP_MAX: Duration = Duration::from_secs(5);

/// Says when it is time to stop. Clones hear the same word.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// Gives the word.
#[derive(Debug, Clone)]
pub(crate) struct Stopper {
    stop: watch::Sender<bool>,
    at_work: Arc<AtomicBool>,
}

/// What a process is, and so how it ends if it does not end by itself.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A server, or a role, of this name.
    Serving(&'static str),
    /// A command on a stopped ledger.
    Command,
}

pub(super) fn stop() -> (Stopper, Stop) {
    let (stop, heard) = watch::channel(false);
    (Stopper { stop, at_work: Arc::default() }, Stop(heard))
}

impl Stopper {
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// From now on there may be something to finish when the word comes.
    pub(crate) fn is_at_work(&self) {
        self.at_work.store(true, Ordering::Relaxed);
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

    /// What a piece of work comes to; none if the word is given before it is done.
    pub(crate) async fn unless_asked<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut stop = self.clone();
        tokio::select! {
            done = work => Some(done),
            () = stop.asked() => None,
        }
    }
}

/// Takes over the signals that ask a process to end, and sees that it does: a process that has not ended in time after the
/// word was given is ended. Both are done on a thread of their own, so that no other work delays them.
///
/// # Errors
///
/// If the signals can't be taken over.
pub(crate) fn stop_by_signals(who: &'static str, gauges: &Gauges) -> io::Result<(Stopper, Stop)> {
    hear(Kind::Serving(who), gauges)
}

/// The same, for a command on a stopped ledger. As the first process of a container it would not hear signals otherwise.
///
/// # Errors
///
/// If the signals can't be taken over.
pub(crate) fn interrupt_by_signals() -> io::Result<Stop> {
    hear(Kind::Command, &Gauges::default()).map(|(_, stop)| stop)
}

fn hear(kind: Kind, gauges: &Gauges) -> io::Result<(Stopper, Stop)> {
    let (stopper, stop) = stop();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _inside = runtime.enter();
        Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? }
    };
    let task = gauges.task("signals", STILL_MAX, clock::stopwatch());
    let (ender, heard) = (stopper.clone(), stop.clone());
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(signals.end_in_time(kind, &task, &ender, heard));
    })?;
    Ok((stopper, stop))
}

/// The signals that ask a process to end. From the moment this is made they do not end it by themselves.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Waits for the first signal and gives the word. Ends the process at a second signal, or if it takes too long.
    async fn end_in_time(mut self, kind: Kind, task: &Task, stopper: &Stopper, mut stop: Stop) {
        task.waits();
        tokio::select! {
            name = self.next() => tracing::info!(
                signal = name,
                "stopping: what is in flight is finished; a second signal ends at once"
            ),
            () = stop.asked() => {}
        }
        stopper.stop();
        let (limit, late) = match kind {
            Kind::Serving(who) if stopper.at_work.load(Ordering::Relaxed) => {
                (STOP_MAX, Stopped::Late(who, STOP_MAX.as_secs()))
            }
            Kind::Serving(_) => (STOP_EARLY_MAX, Stopped::BeforeWork),
            Kind::Command => (COMMAND_STOP_MAX, Stopped::Interrupted),
        };
        // Nothing acknowledged is lost by ending here: the log is durable before it answers, and all else is derived from it.
        match timeout(limit, self.next()).await {
            Ok(name) => {
                tracing::warn!(signal = name, "ended at once");
                std::process::exit(Status::Interrupted.code().into());
            }
            Err(_) if matches!(late, Stopped::BeforeWork) => {
                tracing::info!("stopped before it was at work");
                std::process::exit(Status::Done.code().into());
            }
            Err(_) => {
                // Where that can't be written, the exit code says it.
                drop(writeln!(io::stderr(), "error: {late}"));
                std::process::exit(late.status().code().into());
            }
        }
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

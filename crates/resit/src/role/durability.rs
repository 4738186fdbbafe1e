//! Whether what is acknowledged outlives a power cut: asked before anything is, on every new connection, and again and again.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use resit_gateway::{Gauges, Task};
use resit_nats::durability::{NotDurable, Proof, prove};
use resit_nats::layout::LayoutError;
use resit_nats::{Durability, Link};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::patience::Patience;
use crate::clock::stopwatch;
use crate::exit::{Stopped, in_one_line};
use crate::serve::Stop;

/// How often it is looked whether the connection is another one.
const LOOK: Duration = Duration::from_millis(100);

/// How long a process that begins asks, and how long it waits in between.
const START_MAX: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_secs(1);

/// What is known of it.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    /// The connection over which the servers last answered.
    pub(super) connection: u64,
    /// Why it is not proven any more, and what to do; none if it is.
    pub(super) fault: Option<String>,
}

/// The proof that a process needs before it begins; none is asked for if the ledger is run without.
pub(super) async fn first(link: &Link, gauges: &Gauges) -> Result<Option<watch::Sender<Standing>>, Stopped> {
    if link.settings.durability == Durability::Relaxed {
        let remark = "durability is relaxed: a power cut may lose what was acknowledged";
        tracing::warn!("{remark}");
        gauges.note_remark(remark);
        return Ok(None);
    }
    let connection = link.connection();
    let proof = proven(link).await?;
    tracing::info!(servers = ?proof.servers, "every server syncs before it acknowledges");
    Ok(Some(watch::Sender::new(Standing { connection, fault: None })))
}

/// The proof, from servers that may only just have begun: a stream that was just made has no leader for a moment.
async fn proven(link: &Link) -> Result<Proof, NotDurable> {
    let mut last = None;
    let asking = async {
        loop {
            match prove(link).await {
                Err(error) if may_pass(&error) => {
                    tracing::warn!(
                        error = in_one_line(&error),
                        "the servers do not answer yet; asking again"
                    );
                    last = Some(error);
                    drop(timeout(PAUSE, std::future::pending::<()>()).await);
                }
                proven => return proven,
            }
        }
    };
    match timeout(START_MAX, asking).await {
        Ok(proven) => proven,
        Err(elapsed) => Err(last.unwrap_or_else(|| NotDurable::Unasked(elapsed.into()))),
    }
}

/// Whether it says no more than that somebody did not answer.
fn may_pass(error: &NotDurable) -> bool {
    match error {
        NotDurable::Streams(LayoutError::Denied { .. } | LayoutError::NoJetStream) => false,
        NotDurable::Unasked(_) | NotDurable::Streams(_) | NotDurable::Silent { .. } => true,
        _ => false,
    }
}

/// Asks again and again. While it is not proven, the process is not ready, and its log takes nothing.
pub(super) async fn again(
    link: Link,
    gauges: Arc<Gauges>,
    standing: watch::Sender<Standing>,
    mut stop: Stop,
    task: Arc<Task>,
) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut patience = Patience::since(looks.tick().await, standing.borrow().connection);
    loop {
        let now = tokio::select! {
            now = looks.tick() => now,
            () = stop.asked() => return,
        };
        task.moves(stopwatch());
        let connection = link.connection();
        if !patience.has_to_ask(now, connection, &standing.borrow()) {
            continue;
        }
        patience.asks(now, connection);
        let answer = prove(&link).await;
        // Asking takes time: the next tick is one that has not passed yet, and tells it rightly.
        looks.reset();
        if !answer.as_ref().is_err_and(may_pass) {
            patience.is_answered();
        } else if patience.bears_silence() {
            // Who does not answer acknowledges nothing either: what was proven holds for a while.
            if let Err(error) = answer {
                let error = in_one_line(&error);
                tracing::warn!(error, "the servers do not say how they keep the log; asking again");
            }
            continue;
        }
        let fault = answer.err().map(|error| {
            tracing::error!(error = &error as &dyn Error, "durability is not proven any more");
            in_one_line(&error)
        });
        gauges.note_fault("durability", fault.clone());
        standing.send_replace(Standing { connection, fault });
    }
}

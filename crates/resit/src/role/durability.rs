//! Whether what is acknowledged outlives a power cut: asked before anything is, on every new connection, and again and again.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use resit_gateway::Gauges;
use resit_nats::durability::{NotDurable, Proof, prove};
use resit_nats::layout::LayoutError;
use resit_nats::{Durability, Link};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::exit::{Stopped, in_one_line};
use crate::serve::Stop;

/// How often it is asked: a server may come back with another configuration, and no connection tell of it.
const EVERY: Duration = Duration::from_secs(10);

/// The same while it is not proven: whoever mended it waits for that.
const SOON: Duration = Duration::from_secs(1);

/// How often it is looked whether the connection is another one.
const LOOK: Duration = Duration::from_millis(100);

/// How often in a row nobody may answer before what was proven is not believed any more.
const UNANSWERED_MAX: u32 = 6;

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
) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut looked, mut unanswered) = (0, 0);
    loop {
        tokio::select! {
            _ = looks.tick() => looked += 1,
            () = stop.asked() => return,
        }
        let is_new = standing.borrow().connection != link.connection();
        let every = if standing.borrow().fault.is_some() { SOON } else { EVERY };
        if !is_new && LOOK * looked < every {
            continue;
        }
        looked = 0;
        let connection = link.connection();
        let fault = match prove(&link).await {
            Ok(_) => {
                unanswered = 0;
                None
            }
            // Who does not answer acknowledges nothing either: what was proven holds for a while.
            Err(error) if may_pass(&error) && unanswered < UNANSWERED_MAX => {
                tracing::warn!(
                    error = in_one_line(&error),
                    "the servers do not say how they keep the log; asking again"
                );
                unanswered += 1;
                continue;
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn Error, "durability is not proven any more");
                Some(in_one_line(&error))
            }
        };
        gauges.note_fault("durability", fault.clone());
        standing.send_replace(Standing { connection, fault });
    }
}

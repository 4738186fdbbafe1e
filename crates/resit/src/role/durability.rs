//! Whether what is acknowledged outlives a power cut: asked before anything is, and again from time to time.

use std::error::Error;
use std::time::Duration;

use resit_gateway::Gauges;
use resit_nats::durability::{NotDurable, Proof, prove};
use resit_nats::{Durability, Link};
use std::sync::Arc;

use crate::exit::{Stopped, in_one_line};
use crate::serve::Stop;

/// How often it is asked: a server may come back with another configuration.
const EVERY: Duration = Duration::from_mins(1);

/// How often a process that begins asks, and how long it waits in between.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_secs(1);

/// The proof that a process needs before it begins; none is asked for if the ledger is run without.
pub(super) async fn first(link: &Link, gauges: &Gauges) -> Result<(), Stopped> {
    match link.settings.durability {
        Durability::Durable => {
            let proof = proven(link).await?;
            tracing::info!(servers = ?proof.servers, "every server syncs before it acknowledges");
        }
        Durability::Relaxed => {
            let remark = "durability is relaxed: a power cut may lose what was acknowledged";
            tracing::warn!("{remark}");
            gauges.note_remark(remark);
        }
    }
    Ok(())
}

/// The proof, from servers that may only just have begun: a stream that was just made has no leader for a moment.
async fn proven(link: &Link) -> Result<Proof, NotDurable> {
    for _ in 1..TRIES {
        match prove(link).await {
            Err(error @ (NotDurable::Unasked(_) | NotDurable::Streams(_) | NotDurable::Silent { .. })) => {
                tracing::warn!(error = in_one_line(&error), "the servers do not answer yet; asking again");
                drop(tokio::time::timeout(PAUSE, std::future::pending::<()>()).await);
            }
            proven => return proven,
        }
    }
    prove(link).await
}

/// Asks again and again. While it is not proven, the process is not ready.
pub(super) async fn again(link: Link, gauges: Arc<Gauges>, mut stop: Stop) {
    if link.settings.durability == Durability::Relaxed {
        return;
    }
    while tokio::time::timeout(EVERY, stop.asked()).await.is_err() {
        let fault = match prove(&link).await {
            Ok(_) => None,
            // A server that is busy or gone acknowledges nothing: that nobody speaks is told elsewhere.
            Err(NotDurable::Unasked(_) | NotDurable::Streams(_)) => continue,
            Err(error) => {
                tracing::error!(error = &error as &dyn Error, "durability is not proven any more");
                Some(in_one_line(&error))
            }
        };
        gauges.note_fault("durability", fault);
    }
}

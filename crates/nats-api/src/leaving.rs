//! Leaving a queue group without losing what is on its way.
//!
//! A client forgets a subscription when it asks the server to end it. What the server had sent by then comes to nobody, and
//! whoever asked waits in vain. So, before the subscriptions end, plain ones are made beside them: each request is then
//! sent to one of the group, as ever, and to this process. What came to it alone is known by being overlooked by its own
//! endpoint; it is answered. So may be some that another of the group answers too: each counts once.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{Message, Subscriber};
use futures_util::{FutureExt as _, StreamExt as _};
use resit_api::Operation;
use resit_nats::Link;
use tokio::task::unconstrained;

use crate::served::Served;

/// How long it is waited for what the servers have sent.
const COMES_MAX: Duration = Duration::from_secs(1);

/// How long copies are taken after the subscriptions have ended. Other servers of a cluster hear of that later, and what they
/// have sent until then comes by connections of their own, behind which no answer of one server comes.
const ON_ROUTES: Duration = Duration::from_millis(250);

/// A process that leaves.
pub(crate) struct Leaving {
    copies: Vec<(Arc<Served>, Subscriber)>,
}

impl Leaving {
    /// Sees from now on what is sent to the others, too.
    pub(crate) async fn begin(link: &Link, served: &[Arc<Served>]) -> Self {
        let mut copies = Vec::new();
        for served in served.iter().filter(|served| may_be_done_twice(served.route().operation)) {
            served.begin_to_leave();
            match link.client.subscribe(link.names.api_route(served.route().id)).await {
                Ok(copy) => copies.push((served.clone(), copy)),
                Err(error) => tracing::warn!(%error, "requests that are on their way may be lost"),
            }
        }
        come_in(link).await;
        Self { copies }
    }

    /// The requests that no endpoint of this process took, once its subscriptions have ended.
    pub(crate) async fn overlooked(self, link: &Link) -> Vec<(Arc<Served>, Message)> {
        come_in(link).await;
        drop(tokio::time::timeout(ON_ROUTES, pending::<()>()).await);
        let mut overlooked = Vec::new();
        for (served, mut copies) in self.copies {
            // A task that has read much for one turn would be told that there is no more.
            while let Some(Some(copy)) = unconstrained(copies.next()).now_or_never() {
                if !served.took(&copy) {
                    overlooked.push((served.clone(), copy));
                }
            }
        }
        if !overlooked.is_empty() {
            tracing::info!(requests = overlooked.len(), "answering what was on its way");
        }
        overlooked
    }
}

/// Waits until what the server has sent to this process so far has come in: a question to it comes back behind all that.
async fn come_in(link: &Link) {
    let asked = tokio::time::timeout(COMES_MAX, link.jetstream.query_account()).await;
    if !matches!(asked, Ok(Ok(_))) {
        tracing::debug!("the servers did not answer in time; what is on its way may be lost");
    }
}

/// Whether it costs nothing but time if two processes do it.
fn may_be_done_twice(operation: Operation) -> bool {
    !matches!(operation, Operation::Verify | Operation::Rebuild | Operation::ExpireDue)
}

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
            let missed = come_so_far(&mut copies).into_iter().filter(|copy| !served.took(copy));
            overlooked.extend(missed.map(|copy| (served.clone(), copy)));
        }
        if !overlooked.is_empty() {
            tracing::info!(requests = overlooked.len(), "answering what was on its way");
        }
        overlooked
    }
}

/// The messages that have come to a subscription and were not taken yet.
fn come_so_far(copies: &mut Subscriber) -> Vec<Message> {
    // A task that has read much for one turn would be told that there is no more.
    let next = || unconstrained(copies.next()).now_or_never().flatten();
    std::iter::from_fn(next).collect()
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

#[cfg(test)]
mod tests {
    use resit_nats::Settings;
    use resit_nats_fixture::{NatsServer, ServerConfig};

    use super::*;

    /// More than one turn of a task may read.
    const REQUESTS: usize = 1_000;

    #[tokio::test]
    async fn all_that_has_come_is_taken_however_much_it_is() {
        let server = NatsServer::start(ServerConfig::default());
        let link = Link::connect(Settings::open(&server.url(), "resit".parse().unwrap())).await.unwrap();
        let mut copies = link.client.subscribe("copies").await.unwrap();
        come_in(&link).await;
        for n in 0..REQUESTS {
            link.client.publish("copies", n.to_string().into()).await.unwrap();
        }
        come_in(&link).await;
        let come = come_so_far(&mut copies);
        let all: Vec<String> = (0..REQUESTS).map(|n| n.to_string()).collect();
        let bodies: Vec<_> = come.iter().map(|copy| String::from_utf8_lossy(&copy.payload)).collect();
        assert_eq!(bodies, all);
    }
}

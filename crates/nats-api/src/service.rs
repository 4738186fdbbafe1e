//! A process that answers the API over NATS.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::service::{Service as NatsService, ServiceExt as _};
use resit_api::{Service, routes};
use resit_gateway::{App, Hatch};
use resit_nats::{Link, SpanIds};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::leaving::Leaving;
use crate::served::Served;

/// How many seconds requests that were taken have to be answered when the process stops.
pub const STOP_S_MAX: u64 = 6;

/// Why the API can't be served.
#[derive(Debug, thiserror::Error)]
#[error("the API can't be served over NATS as {service}: {reason}")]
pub struct NotServed {
    service: &'static str,
    reason: String,
}

/// A service that runs.
pub struct ApiService {
    service: NatsService,
    app: Arc<App>,
    link: Link,
    served: Vec<Arc<Served>>,
    /// Each ends when its endpoint does, with what is under way.
    endpoints: JoinSet<JoinSet<()>>,
    /// By each of these an endpoint is asked whether it has taken what came in.
    taken: Vec<mpsc::Sender<oneshot::Sender<()>>>,
}

impl ApiService {
    /// Serves the routes of one kind of process, beside others of its kind.
    ///
    /// # Errors
    ///
    /// If the servers don't let this process listen there.
    pub async fn start(
        link: &Link,
        kind: Service,
        app: &Arc<App>,
        spans: &Arc<SpanIds>,
    ) -> Result<Self, NotServed> {
        let failed = |reason: String| NotServed { service: kind.name(), reason };
        let routes: Vec<_> =
            routes().into_iter().filter(|route| route.operation.service() == Some(kind)).collect();
        let faults: HashMap<String, Arc<AtomicU64>> =
            routes.iter().map(|route| (route.id.to_owned(), Arc::default())).collect();
        let counted = faults.clone();
        let service = link
            .client
            .service_builder()
            .description(format!("{} of the ledger {}", kind.name(), link.names.ledger()))
            .queue_group(kind.name())
            .stats_handler(move |endpoint, _| {
                json!({ "faults": counted.get(&endpoint).map_or(0, |count| count.load(Ordering::Relaxed)) })
            })
            .start(format!("{}-{}", link.names.ledger(), kind.name()), env!("CARGO_PKG_VERSION"))
            .await
            .map_err(|error| failed(error.to_string()))?;
        let (mut endpoints, mut all, mut taken) = (JoinSet::new(), Vec::new(), Vec::new());
        for route in routes {
            let (subject, faults) = (link.names.api_route(route.id), faults[route.id].clone());
            let endpoint = service.endpoint_builder().name(route.id).add(subject).await;
            let endpoint = endpoint.map_err(|error| failed(error.to_string()))?;
            let hatch = Hatch::to(app, &Arc::new(route));
            let served = Arc::new(Served::new(link.clone(), hatch, spans.clone(), faults));
            let (ask, asked) = mpsc::channel(1);
            endpoints.spawn(served.clone().serve(endpoint, asked));
            taken.push(ask);
            all.push(served);
        }
        Ok(Self { service, app: app.clone(), link: link.clone(), served: all, endpoints, taken })
    }

    /// Takes no more requests, and answers those that were taken, or were on their way.
    pub async fn stop(self) {
        let Self { service, app, link, served, mut endpoints, taken } = self;
        app.begin_to_stop();
        let leaving = Leaving::begin(&link, &served).await;
        // What came in before there were copies waits in an endpoint, which forgets it when it is stopped.
        for ask in taken {
            let (tell, told) = oneshot::channel();
            if ask.send(tell).await.is_ok() {
                drop(told.await);
            }
        }
        // Others of its kind get what comes from now on.
        if let Err(error) = service.stop().await {
            tracing::warn!(error, "the service could not be taken off");
        }
        let answered = async {
            let mut under_way = Vec::new();
            while let Some(ended) = endpoints.join_next().await {
                under_way.extend(ended);
            }
            let mut late = JoinSet::new();
            for (served, message) in leaving.overlooked(&link).await {
                late.spawn(async move { served.answer_copy(message).await });
            }
            under_way.push(late);
            for mut some in under_way {
                while some.join_next().await.is_some() {}
            }
        };
        if tokio::time::timeout(Duration::from_secs(STOP_S_MAX), answered).await.is_err() {
            tracing::warn!("some requests were not answered within {STOP_S_MAX} seconds");
        }
        // Answers that were given are sent before the connection goes.
        if let Err(error) = link.client.flush().await {
            tracing::warn!(%error, "the last answers may not have been sent");
        }
    }
}

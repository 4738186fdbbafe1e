//! A process that answers the API over NATS.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::service::endpoint::Endpoint;
use async_nats::service::{Request, Service as NatsService, ServiceExt as _};
use futures_util::StreamExt as _;
use resit_api::{Problem, ProblemKind, Service, header, routes};
use resit_gateway::{App, Brought, Hatch};
use resit_nats::{Link, SpanIds, TraceContext};
use serde_json::json;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::message::{accepts, asked, inward, told};

/// How many seconds requests that were taken have to be answered when the process stops.
pub const STOP_S_MAX: u64 = 10;

/// What an answer's headers may take of a message.
const HEADERS_BYTES: usize = 4 << 10;

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
    endpoints: JoinSet<()>,
}

/// One route, served.
struct Served {
    link: Link,
    hatch: Hatch,
    spans: Arc<SpanIds>,
    /// How many answers were problems of the service's own making.
    faults: Arc<AtomicU64>,
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
        let mut endpoints = JoinSet::new();
        for route in routes {
            let (subject, faults) = (link.names.api_route(route.id), faults[route.id].clone());
            let endpoint = service.endpoint_builder().name(route.id).add(subject).await;
            let endpoint = endpoint.map_err(|error| failed(error.to_string()))?;
            let hatch = Hatch::to(app, &Arc::new(route));
            let served = Arc::new(Served { link: link.clone(), hatch, spans: spans.clone(), faults });
            endpoints.spawn(served.serve(endpoint));
        }
        Ok(Self { service, app: app.clone(), endpoints })
    }

    /// Takes no more requests, and answers those that were taken.
    pub async fn stop(mut self) {
        self.app.begin_to_stop();
        // Others of its kind get what comes from now on.
        if let Err(error) = self.service.stop().await {
            tracing::warn!(error, "the service could not be taken off");
        }
        let limit = Duration::from_secs(STOP_S_MAX);
        let answered =
            tokio::time::timeout(limit, async { while self.endpoints.join_next().await.is_some() {} });
        if answered.await.is_err() {
            tracing::warn!("some requests were not answered within {STOP_S_MAX} seconds");
        }
    }
}

impl Served {
    /// Answers what comes until the endpoint is closed, and then what is under way.
    async fn serve(self: Arc<Self>, mut endpoint: Endpoint) {
        let mut under_way = JoinSet::new();
        loop {
            tokio::select! {
                request = endpoint.next() => match request {
                    Some(request) => _ = under_way.spawn(self.clone().answer(request)),
                    None => break,
                },
                Some(answered) = under_way.join_next() => if let Err(error) = answered {
                    tracing::error!(%error, "a request met a bug");
                },
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    async fn answer(self: Arc<Self>, request: Request) {
        let message = &request.message;
        let headers = inward(message.headers.as_ref());
        let came = headers.get(header::TRACE).and_then(|text| TraceContext::parse(text.to_str().ok()?));
        let trace = came.map_or_else(|| self.spans.root(), |came| self.spans.child(came));
        let route = self.hatch.route().id;
        let span =
            tracing::info_span!("request", route, trace_id = %trace.trace_id(), span_id = %trace.span_id());
        let accept = accepts(&headers);
        let answered = async {
            let subject = message.subject.as_str();
            match asked(&self.link.names, self.hatch.route(), subject, headers, message.payload.clone()) {
                Ok(handed_in) => self.hatch.answer(handed_in).await,
                Err(problem) => Hatch::problem(&problem).await,
            }
        };
        let brought = self.short_enough(answered.instrument(span.clone()).await).await;
        if brought.status.is_server_error() {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        let (mut headers, body) = told(brought, accept.as_deref());
        headers.insert(header::TRACE, trace.to_string());
        // Who sent no subject for the answer wants none.
        if message.reply.is_some()
            && let Err(error) = request.respond_with_headers(Ok(body), headers).await
        {
            span.in_scope(|| tracing::warn!(%error, "an answer could not be sent"));
        }
    }

    /// The answer; or, if the servers would not take it, that it is too long.
    async fn short_enough(&self, brought: Brought) -> Brought {
        let max = self.link.client.server_info().max_payload;
        let length = brought.body.len();
        if max == 0 || length + HEADERS_BYTES <= max {
            return brought;
        }
        let detail = format!(
            "the answer has {length} bytes, and the NATS servers take {max}; what was asked for is done: ask for less of \
             it (`limit`, `Prefer: return=minimal`, fewer pieces), or raise their max_payload"
        );
        Hatch::problem(&Problem::new(ProblemKind::TooLarge, detail)).await
    }
}

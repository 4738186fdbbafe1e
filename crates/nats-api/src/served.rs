//! One route, served over NATS.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_nats::service::Request;
use async_nats::service::endpoint::Endpoint;
use async_nats::{HeaderMap, Message};
use axum::body::Bytes;
use futures_util::StreamExt as _;
use resit_api::{Problem, ProblemKind, Route, header};
use resit_gateway::{Brought, Hatch};
use resit_nats::{Link, SpanIds, TraceContext};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument as _;

use crate::message::{accepts, asked, encoded, inward, reads_the_form_before, told};

/// What an answer's headers may take of a message.
const HEADERS_BYTES: usize = 4 << 10;

/// One route, served.
pub(crate) struct Served {
    link: Link,
    hatch: Hatch,
    spans: Arc<SpanIds>,
    /// How many answers were problems of the service's own making.
    faults: Arc<AtomicU64>,
    /// Where the answers of requests go that came in since it began to leave; none before that.
    came: Mutex<Option<HashSet<String>>>,
}

impl Served {
    pub(crate) fn new(link: Link, hatch: Hatch, spans: Arc<SpanIds>, faults: Arc<AtomicU64>) -> Self {
        Self { link, hatch, spans, faults, came: Mutex::new(None) }
    }

    /// Its route.
    pub(crate) fn route(&self) -> &Route {
        self.hatch.route()
    }

    /// It begins to leave: from now on it is noted what comes.
    pub(crate) fn begin_to_leave(&self) {
        *self.came() = Some(HashSet::new());
    }

    /// Whether a request came since then.
    pub(crate) fn took(&self, message: &Message) -> bool {
        message
            .reply
            .as_ref()
            .is_none_or(|reply| self.came().as_ref().is_some_and(|came| came.contains(reply.as_str())))
    }

    fn came(&self) -> std::sync::MutexGuard<'_, Option<HashSet<String>>> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers what comes until the endpoint is closed; what is under way by then is handed back. Whoever asks by `taken` is
    /// answered as soon as everything that has come in is taken.
    pub(crate) async fn serve(
        self: Arc<Self>,
        mut endpoint: Endpoint,
        mut taken: mpsc::Receiver<oneshot::Sender<()>>,
    ) -> JoinSet<()> {
        let mut under_way = JoinSet::new();
        loop {
            while let Some(answered) = under_way.try_join_next() {
                told_of_bug(answered);
            }
            tokio::select! {
                biased;
                request = endpoint.next() => match request {
                    Some(request) => {
                        if let (Some(came), Some(reply)) = (&mut *self.came(), &request.message.reply) {
                            came.insert(reply.to_string());
                        }
                        under_way.spawn(self.clone().answer(request));
                    }
                    None => return under_way,
                },
                Some(asked) = taken.recv() => drop(asked.send(())),
                Some(answered) = under_way.join_next() => told_of_bug(answered),
            }
        }
    }

    async fn answer(self: Arc<Self>, request: Request) {
        let (headers, body) = self.answered(&request.message).await;
        // Who sent no subject for the answer wants none.
        if request.message.reply.is_some()
            && let Err(error) = request.respond_with_headers(Ok(body), headers).await
        {
            tracing::warn!(%error, route = self.route().id, "an answer could not be sent");
        }
    }

    /// Answers a request that came beside the endpoint.
    pub(crate) async fn answer_copy(&self, message: Message) {
        let (headers, body) = self.answered(&message).await;
        if let Some(reply) = message.reply
            && let Err(error) = self.link.client.publish_with_headers(reply, headers, body).await
        {
            tracing::warn!(%error, route = self.route().id, "an answer could not be sent");
        }
    }

    async fn answered(&self, message: &Message) -> (HeaderMap, Bytes) {
        let headers = inward(message.headers.as_ref());
        let came = headers.get(header::TRACE).and_then(|text| TraceContext::parse(text.to_str().ok()?));
        let trace = came.map_or_else(|| self.spans.root(), |came| self.spans.child(came));
        let route = self.hatch.route().id;
        let span =
            tracing::info_span!("request", route, trace_id = %trace.trace_id(), span_id = %trace.span_id());
        let accept = accepts(&headers);
        let form_before = reads_the_form_before(&self.link.names, message.subject.as_str(), &headers);
        let answered = async {
            let subject = message.subject.as_str();
            match asked(&self.link.names, self.hatch.route(), subject, headers, message.payload.clone()) {
                Ok(handed_in) => self.hatch.answer(handed_in).await,
                Err(problem) => Hatch::problem(&problem).await,
            }
        };
        let brought = encoded(answered.instrument(span.clone()).await, accept.as_deref());
        let brought = self.short_enough(brought, accept.as_deref()).await;
        if brought.status.is_server_error() {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        span.in_scope(|| tracing::debug!(status = brought.status.as_u16(), "answered"));
        let (mut headers, body) = told(brought, form_before);
        headers.insert(header::TRACE, trace.to_string());
        (headers, body)
    }

    /// The answer; or, if the servers would not take it, that it is too long.
    async fn short_enough(&self, brought: Brought, accept: Option<&str>) -> Brought {
        let max = self.link.client.server_info().max_payload;
        let length = brought.body.len();
        if max == 0 || length + HEADERS_BYTES <= max {
            return brought;
        }
        let detail = format!(
            "the answer has {length} bytes, and the NATS servers take {max}; what was asked for is done: ask for less of \
             it (`limit`, `Prefer: return=minimal`, fewer pieces), or raise their max_payload"
        );
        encoded(Hatch::problem(&Problem::new(ProblemKind::TooLarge, detail)).await, accept)
    }
}

fn told_of_bug(answered: Result<(), JoinError>) {
    if let Err(error) = answered {
        tracing::error!(%error, "a request met a bug");
    }
}

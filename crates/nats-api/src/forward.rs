//! Handing requests on.

use std::time::Duration;

use async_nats::{Message, Request, RequestErrorKind};
use async_trait::async_trait;
use axum::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use resit_access::Role;
use resit_api::{Problem, ProblemKind, Service, header};
use resit_gateway::{Beyond, Brought, Onward};
use resit_nats::{Link, SpanIds, TraceContext};
use std::sync::Arc;
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::message::{inward, outward, shown};
use crate::presence::Presence;
use crate::ready;

/// How long to wait before the next try where nobody listens: a process takes longer to start than a round trip.
const PAUSE: Duration = Duration::from_millis(100);

/// How many seconds nobody may be there, in which a process is started again.
const NOBODY_S_MAX: u64 = 15;

/// The same in tries.
const NOBODY_MAX: u32 = 150;

/// How often in all a request is sent again that reached a process whose clock is not trusted. With one such process of three, it
/// reaches another all but once in a thousand million times.
const UNTRUSTED_MAX: u32 = 20;

/// How many seconds whoever sent it should wait before the next try: it was tried for long.
const RETRY_AFTER_S: u32 = 5;

/// What concerns one connection alone, and not the request; and what only a door may see.
const OF_THE_DOOR: [HeaderName; 5] = [AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING];

/// Hands requests on to the services over NATS, and brings their answers.
pub struct Forwarder {
    link: Link,
    spans: Arc<SpanIds>,
    handlers: Presence,
}

/// Why a try brought no answer.
enum Unanswered {
    /// Nobody listens there.
    Nobody,
    /// Nobody answered in time, or the connection broke: what came of it is unknown.
    Unknown(String),
    /// It can't be sent at all.
    Never(Problem),
}

impl Forwarder {
    /// A forwarder over a connection.
    pub fn new(link: Link, spans: Arc<SpanIds>) -> Self {
        Self { link, spans, handlers: Presence::new() }
    }

    async fn tried(&self, subject: &str, request: Request) -> Result<Message, Unanswered> {
        let sent = self.link.client.send_request(subject.to_owned(), request).await;
        sent.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => Unanswered::Nobody,
            RequestErrorKind::TimedOut | RequestErrorKind::Other => Unanswered::Unknown(error.to_string()),
            RequestErrorKind::MaxPayloadExceeded => {
                let max = self.link.client.server_info().max_payload;
                let detail =
                    format!("the NATS servers take {max} bytes at most, with the headers; split the request");
                Unanswered::Never(Problem::new(ProblemKind::TooLarge, detail))
            }
            RequestErrorKind::InvalidSubject => {
                Unanswered::Never(Problem::new(ProblemKind::Bug, "the request has no subject"))
            }
        })
    }

    /// Sends a request until it is answered, or it has been tried long enough. Each try is the same request under the same
    /// key, so that whatever came of one before counts once; and whichever is answered first is the answer.
    async fn sent(&self, onward: &Onward<'_>, headers: async_nats::HeaderMap) -> Result<Message, Problem> {
        let (role, name) =
            (onward.caller.role.unwrap_or(Role::Operator).name(), onward.caller.actor.as_str());
        let subject = self.link.names.api_by_gateway(role, name, onward.route.id);
        let (first, altogether) = onward.route.operation.waits_s();
        let altogether = Duration::from_secs(altogether);
        let mut wait = Duration::from_secs(first);
        let (mut why, mut nobody, mut untrusted) = (String::from("nobody did in time"), 0, 0);
        let mut tries = FuturesUnordered::new();
        let trying = async {
            loop {
                let request = Request::new().payload(onward.body.clone()).headers(headers.clone());
                tries.push(self.tried(&subject, request.timeout(Some(altogether))));
                // A try that fails at once has shown that another one is due soon; one that is silent, later.
                match timeout(wait, tries.next()).await {
                    Ok(Some(Ok(message)))
                        if untrusted < UNTRUSTED_MAX && is_of_an_untrusted_clock(&message) =>
                    {
                        // It was not judged, and another process may have a clock that is right.
                        untrusted += 1;
                        pause().await;
                    }
                    Ok(Some(Ok(message))) => {
                        if onward.route.operation.service() == Some(Service::CommandHandler) {
                            self.handlers.heard();
                        }
                        return Ok(message);
                    }
                    Ok(Some(Err(Unanswered::Never(problem)))) => return Err(problem),
                    Ok(Some(Err(Unanswered::Nobody))) => {
                        "nobody serves it now".clone_into(&mut why);
                        nobody += 1;
                        pause().await;
                    }
                    Ok(Some(Err(Unanswered::Unknown(reason)))) => {
                        (why, nobody) = (reason, 0);
                        pause().await;
                    }
                    Ok(None) | Err(_) => {
                        (wait, nobody) = (wait * 2, 0);
                    }
                }
                if nobody >= NOBODY_MAX {
                    return Err(unanswered(onward, &why));
                }
                tracing::debug!(route = onward.route.id, why, "no answer; sending it again");
            }
        };
        tokio::select! {
            answered = timeout(altogether, trying) => {
                answered.unwrap_or_else(|_| Err(unanswered(onward, "nobody did in time")))
            }
            () = self.deserted(onward) => Err(unanswered(onward, "none has said anything for ten seconds")),
        }
    }

    /// Waits until it is clear that nobody works on a request. What may take long is waited for long, and one that hangs has
    /// taken it too: while there is no answer, handlers are asked whether they are there.
    async fn deserted(&self, onward: &Onward<'_>) {
        let (first, altogether) = onward.route.operation.waits_s();
        if altogether <= NOBODY_S_MAX || onward.route.operation.service() != Some(Service::CommandHandler) {
            std::future::pending::<()>().await;
        }
        drop(timeout(Duration::from_secs(first), std::future::pending::<()>()).await);
        self.handlers.nobody_is_there(&self.link).await;
    }
}

/// Whether an answer says that the clock of whoever gave it is not trusted.
fn is_of_an_untrusted_clock(message: &Message) -> bool {
    let status = message.headers.as_ref().and_then(|headers| headers.get(shown(header::STATUS)));
    // The kind stands in the body as text, in whichever form that is.
    let kind = format!("/problems/{}", ProblemKind::ClockUntrusted.name());
    status.is_some_and(|status| status.as_str() == "503")
        && message.payload.windows(kind.len()).any(|part| part == kind.as_bytes())
}

/// Waits before the next try where none can be under way.
async fn pause() {
    drop(timeout(PAUSE, std::future::pending::<()>()).await);
}

fn unanswered(onward: &Onward<'_>, why: &str) -> Problem {
    let kind = onward.route.operation.service().map_or("service", Service::name);
    let detail = format!("no {kind} answered: {why}; send it again with the same key");
    Problem::new(ProblemKind::Unavailable, detail).retry_after(RETRY_AFTER_S)
}

#[async_trait]
impl Beyond for Forwarder {
    async fn answer(&self, onward: Onward<'_>) -> Result<Brought, Problem> {
        let came =
            onward.headers.get(header::TRACE).and_then(|text| TraceContext::parse(text.to_str().ok()?));
        let trace = came.map_or_else(|| self.spans.root(), |came| self.spans.child(came));
        let mut headers = outward(&kept(onward.headers));
        headers.insert(shown(header::PATH), onward.path);
        headers.insert(header::TRACE, trace.to_string());
        if let Some(shop) = &onward.caller.shop {
            headers.insert(shown(header::SHOP), shop.to_string());
        }
        let route = onward.route.id;
        let span =
            tracing::info_span!("request", route, trace_id = %trace.trace_id(), span_id = %trace.span_id());
        let message = self.sent(&onward, headers).instrument(span).await?;
        let mut headers = inward(message.headers.as_ref());
        let status =
            headers.remove(header::STATUS).and_then(|status| StatusCode::from_bytes(status.as_bytes()).ok());
        let status = status.ok_or_else(|| {
            Problem::new(
                ProblemKind::Bug,
                "an answer came without its status; whoever gave it is no service of this ledger",
            )
        })?;
        for name in [async_nats::service::NATS_SERVICE_ERROR, async_nats::service::NATS_SERVICE_ERROR_CODE] {
            headers.remove(name);
        }
        Ok(Brought { status, headers, body: message.payload })
    }

    async fn faults(&self) -> Vec<String> {
        ready::faults(&self.link).await
    }
}

/// The headers that go on with a request. Who asks is said by the subject, and the rest would only be believed.
fn kept(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in OF_THE_DOOR {
        kept.remove(name);
    }
    for name in [header::ACTOR, header::PATH, header::SHOP, header::STATUS, header::TRACE] {
        kept.remove(name);
    }
    kept
}

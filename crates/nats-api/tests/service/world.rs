//! A ledger in memory, doors to it over HTTP and over NATS, and a door that has only NATS behind it.

use std::sync::Arc;

use async_nats::{Message, Request as NatsRequest};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use resit_api::Service;
use resit_command_handler::{CommandHandler, Settings};
use resit_domain::Timestamp;
use resit_event_log::{EventLog, MemoryLog, Position};
use resit_gateway::{
    Answers, App, Auth, Clock, ClockFixed, Follower, Front, Gauges, Limits, NoUpkeep, Parts, router,
};
use resit_nats::{Link, Settings as NatsSettings, SpanIds};
use resit_nats_api::{ApiService, Forwarder};
use resit_nats_fixture::{NatsServer, ServerConfig};
use resit_voucher_code::CodeKey;
use serde_json::Value;
use tokio::sync::watch;
use tower::ServiceExt as _;

/// The day on which everything here happens.
struct OneDay;

impl Clock for OneDay {
    fn now(&self) -> Timestamp {
        "2026-01-05T10:00Z".parse().unwrap()
    }

    fn is_settable(&self) -> bool {
        false
    }

    fn set(&self, _: Timestamp) -> Result<(), ClockFixed> {
        Err(ClockFixed)
    }
}

/// A server, and the log that all handlers share.
pub(crate) struct World {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) link: Link,
    server: NatsServer,
}

/// An answer.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) position: Option<String>,
    pub(crate) body: Value,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::that_takes("8MB").await
    }

    /// On a server that takes no longer messages than that.
    pub(crate) async fn that_takes(max_payload: &str) -> Self {
        let more = format!("max_payload: {max_payload}\n");
        let server = NatsServer::start(ServerConfig { more, ..ServerConfig::default() });
        let settings = NatsSettings::open(&server.url(), "resit".parse().unwrap());
        let link = Link::connect(settings).await.unwrap();
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let world = Self { log, link, server };
        let setting = world.handler(Auth::Open);
        let offer = include_str!("../../../../deploy/offers/exam-replay.toml");
        let published = serde_json::json!({ "source": offer });
        let answer =
            over_http(&router(&setting), "POST", "/v1/commands/publish-offer", "o-1", &published).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        world
    }

    /// A handler of its own over the log.
    pub(crate) fn handler(&self, auth: Auth) -> Arc<App> {
        let key = Arc::new(CodeKey::from_bytes([7; 32]));
        let parts = Parts {
            handler: Arc::new(CommandHandler::new(self.log.clone(), key, Settings::default())),
            log: self.log.clone(),
            read_models: None,
            follower: Follower {
                role: "command_handler",
                called: "the states",
                position: watch::Sender::new(Position::START).subscribe(),
                hurry: Arc::default(),
                still_max: None,
            },
            upkeep: Arc::new(NoUpkeep),
        };
        App::new(front(auth), Answers::Here(Arc::new(parts)))
    }

    /// A handler that answers over NATS.
    pub(crate) async fn serve(&self) -> ApiService {
        let spans = Arc::new(SpanIds::seeded([1; 8]));
        ApiService::start(&self.link, Service::CommandHandler, &self.handler(Auth::Vouched), &spans)
            .await
            .unwrap()
    }

    /// An HTTP door that has only NATS behind it.
    pub(crate) fn gateway(&self) -> Router {
        let forwarder = Forwarder::new(self.link.clone(), Arc::new(SpanIds::seeded([2; 8])));
        router(&App::new(front(Auth::Open), Answers::Beyond(Arc::new(forwarder))))
    }

    /// Where clients find the server.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// A request over NATS.
    pub(crate) async fn ask(
        &self,
        subject: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Message {
        let mut sent = async_nats::HeaderMap::new();
        for (name, value) in headers {
            sent.insert(*name, *value);
        }
        let request = NatsRequest::new().headers(sent).payload(body.into().into());
        self.link.client.send_request(subject.to_owned(), request).await.unwrap()
    }
}

fn front(auth: Auth) -> Front {
    Front { clock: Arc::new(OneDay), auth, gauges: Arc::new(Gauges::default()), limits: Limits::default() }
}

pub(crate) fn answer(message: &Message) -> Answer {
    let headers = message.headers.as_ref().unwrap();
    Answer {
        status: headers.get("Resit-Status").unwrap().as_str().parse().unwrap(),
        position: headers.get("Resit-Position").map(|position| position.as_str().to_owned()),
        body: serde_json::from_slice(&message.payload).unwrap(),
    }
}

pub(crate) async fn over_http(router: &Router, verb: &str, path: &str, key: &str, body: &Value) -> Answer {
    over_http_with(router, &[], verb, path, key, body).await
}

pub(crate) async fn over_http_with(
    router: &Router,
    more: &[(&str, &str)],
    verb: &str,
    path: &str,
    key: &str,
    body: &Value,
) -> Answer {
    let mut request = Request::builder().method(verb).uri(path);
    for (name, text) in more {
        request = request.header(*name, *text);
    }
    let request = request
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .header("resit-actor", "web")
        .body(Body::from(body.to_string()))
        .unwrap();
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let headers: HeaderMap = head.headers;
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: head.status.as_u16(),
        position: headers.get("resit-position").map(|position| position.to_str().unwrap().to_owned()),
        body: serde_json::from_slice(&body).unwrap(),
    }
}

/// The command that issues an order's first line.
pub(crate) fn order(number: &str) -> Value {
    serde_json::json!({ "order": { "shop": "web", "number": number, "line": 1 }, "offer": "exam-replay" })
}

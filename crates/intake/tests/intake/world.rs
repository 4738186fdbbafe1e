//! A ledger with an offer, and intake over a real server.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_nats::{HeaderMap, Subscriber};
use futures_util::StreamExt as _;
use resit_command_handler::{CommandHandler, Outcome, Request, Settings as HandlerSettings};
use resit_domain::{Command, DefineExam, EntitlementId, ExamFacts, OrderLine, PublishOffer, Timestamp};
use resit_event_log::{EventLog, MemoryLog, Position};
use resit_intake::parked::ParkedEvents;
use resit_intake::{CloudEvent, Counts, Encoding, Failing, Intake, OwnHandler, Settings};
use resit_nats::layout::{self, Layout};
use resit_nats::{Link, Settings as NatsSettings, SpanIds};
use resit_nats_fixture::{Cluster, NatsServer, ServerConfig};
use resit_voucher_code::CodeKey;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const OFFER: &str = include_str!("../../../../deploy/offers/exam-replay.toml");

/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A ledger, a server, and intake between them.
pub(crate) struct World {
    pub(crate) link: Link,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) handler: Arc<CommandHandler>,
    pub(crate) outcomes: Subscriber,
    pub(crate) settings: Settings,
    clock: Arc<AtomicI64>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    failing: Arc<Failing>,
    _servers: Vec<NatsServer>,
}

/// What was told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) subject: String,
    pub(crate) headers: HeaderMap,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) data: Value,
}

pub(crate) fn parsed<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The id of the first piece of line 1 of an order of the shop `web`.
pub(crate) fn entitlement(number: &str) -> EntitlementId {
    EntitlementId::of_order(&OrderLine { shop: parsed("web"), number: parsed(number), line: 1 }, 1)
}

pub(crate) fn order(number: &str) -> Value {
    json!({ "shop": "web", "number": number, "lines": [{ "line": 1, "offer": "exam-replay" }] })
}

/// An event of the shop `web`, in JSON.
pub(crate) fn event(id: &str, kind: &str, data: &Value) -> CloudEvent {
    CloudEvent {
        id: id.to_owned(),
        source: "web".to_owned(),
        kind: kind.to_owned(),
        subject: None,
        time: None,
        extensions: [].into(),
        encoding: Encoding::Json,
        data: data.to_string().into(),
    }
}

impl World {
    /// On one server.
    pub(crate) async fn new() -> Self {
        let server = NatsServer::start(ServerConfig::default());
        Self::on(server.url(), vec![server]).await
    }

    /// On one server that takes no longer messages than that.
    pub(crate) async fn that_takes(max_payload: &str) -> Self {
        let more = format!("max_payload: {max_payload}\n");
        let server = NatsServer::start(ServerConfig { more, ..ServerConfig::default() });
        Self::on(server.url(), vec![server]).await
    }

    /// On three servers, each of which keeps everything.
    pub(crate) async fn replicated() -> Self {
        let cluster = Cluster::start(&ServerConfig::default()).await;
        Self::on(cluster.url(), cluster.servers).await
    }

    async fn on(url: String, servers: Vec<NatsServer>) -> Self {
        let link = Link::connect(NatsSettings::open(&url, parsed("resit"))).await.unwrap();
        let created = streams(&link, servers.len()).await;
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let key = Arc::new(CodeKey::from_bytes([7; 32]));
        let handler = Arc::new(CommandHandler::new(log.clone(), key, HandlerSettings::default()));
        let outcomes = link.client.subscribe("resit.outcome.>").await.unwrap();
        let clock = Arc::new(AtomicI64::new(created.millis()));
        let mut world = Self {
            link,
            log,
            handler,
            outcomes,
            settings: Settings::default(),
            clock,
            running: None,
            failing: Arc::default(),
            _servers: servers,
        };
        world.yes("offer", PublishOffer { source: OFFER.to_owned() }.into()).await;
        world.yes("exam", DefineExam { exam: parsed("EX-1"), facts: ExamFacts::default() }.into()).await;
        world.start();
        world
    }

    pub(crate) async fn yes(&self, id: &str, command: Command) {
        let request = Request { id: parsed(id), actor: parsed("operator"), command, confirm: false };
        let reply = self.handler.handle(request, self.now()).await.unwrap();
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{id}: {:?}", reply.outcome);
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    /// Lets time go on.
    pub(crate) fn later(&self, span: Duration) {
        self.clock.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// Starts intake.
    pub(crate) fn start(&mut self) {
        let commands = Arc::new(OwnHandler::new(self.handler.clone(), self.log.clone()));
        let clock = self.clock.clone();
        let now = Arc::new(move || Ok(Timestamp::from_millis(clock.load(Ordering::Relaxed)).unwrap()));
        let intake = Intake::new(
            self.link.clone(),
            commands,
            self.settings,
            now,
            Arc::new(Counts::default()),
            Arc::new(SpanIds::seeded([7; 8])),
        );
        self.failing = intake.failing();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            intake.run(async move { drop(stopped.await) }).await.unwrap();
        });
        self.running = Some((stop, running));
    }

    /// Which events keep failing.
    pub(crate) fn failing(&self) -> Option<String> {
        self.failing.reason(self.now())
    }

    /// Stops intake, which finishes what it has begun.
    pub(crate) async fn stop(&mut self) {
        let (stop, running) = self.running.take().expect("it runs");
        drop(stop);
        running.await.unwrap();
    }

    /// Sends an event as the shop `web`, in binary mode.
    pub(crate) async fn send(&self, event: &CloudEvent) {
        self.send_as("purchase.web", event).await;
    }

    /// Sends an event as somebody: a role, a dot, a name.
    pub(crate) async fn send_as(&self, sender: &str, event: &CloudEvent) {
        let (headers, payload) = event.binary();
        self.raw(&format!("resit.intake.{sender}.{}", event.kind), headers, payload).await;
    }

    pub(crate) async fn raw(&self, subject: &str, headers: HeaderMap, payload: impl Into<bytes::Bytes>) {
        let sent =
            self.link.jetstream.publish_with_headers(subject.to_owned(), headers, payload.into()).await;
        sent.unwrap().await.unwrap();
    }

    /// What is told next.
    pub(crate) async fn told(&mut self) -> Told {
        let message = tokio::time::timeout(PATIENCE, self.outcomes.next()).await;
        let message = message.expect("something is told").expect("the server runs");
        let headers = message.headers.clone().unwrap();
        let event = CloudEvent::read(&headers, &message.payload).unwrap();
        assert_eq!(event.source, "resit");
        Told {
            subject: message.subject.to_string(),
            headers,
            kind: event.kind,
            id: event.id,
            data: serde_json::from_slice(&event.data).unwrap(),
        }
    }

    /// How many messages of intake are still to be taken or acknowledged.
    pub(crate) async fn left(&self) -> u64 {
        let stream = self.link.jetstream.get_stream("resit-intake").await.unwrap();
        stream.get_info().await.unwrap().state.messages
    }

    pub(crate) async fn parked(&self) -> ParkedEvents {
        let mut parked = ParkedEvents::of(self.link.clone()).await.unwrap();
        parked.catch_up().await.unwrap();
        parked
    }

    /// How many facts of a type are on record.
    pub(crate) async fn count(&self, kind: &str) -> usize {
        let records = self.log.read(Position::START, usize::MAX).await.unwrap();
        records.iter().flat_map(|record| &record.events).filter(|event| event.kind == kind).count()
    }
}

/// Makes what a ledger needs, and returns the server's time.
async fn streams(link: &Link, replicas: usize) -> Timestamp {
    let layout = Layout::of(&link.names, replicas, &[]);
    layout::apply(link, &layout).await.unwrap();
    let stream = link.jetstream.get_stream(link.names.intake_stream()).await.unwrap();
    let millis = stream.get_info().await.unwrap().created.unix_timestamp_nanos() / 1_000_000;
    Timestamp::from_millis(i64::try_from(millis).unwrap()).unwrap()
}

//! What Prometheus asks for.

use std::sync::OnceLock;
use std::time::Instant;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use resit_api::{Problem, ProblemKind};

use resit_domain::Timestamp;

use crate::lag::{seconds, signed};
use crate::respond::Answered;
use crate::{Answers, App, lag};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CommandLabels {
    command: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    clause: String,
    rule: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: &'static str,
    status: u16,
}

/// What is counted. What was never counted here, as commands where none are taken, is not shown.
pub(crate) struct Metrics {
    registry: Registry,
    commands: Family<CommandLabels, Counter>,
    command_seconds: OnceLock<Histogram>,
    refusals: Family<RefusalLabels, Counter>,
    requests: Family<RouteLabels, Counter>,
}

/// From a tenth of a sync to a stall that somebody should look at.
const BUCKETS: [f64; 16] =
    [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

impl Metrics {
    /// The metrics of a door; `own` puts others of its process beside them.
    pub(crate) fn new(own: impl FnOnce(&mut Registry)) -> Self {
        let mut registry = Registry::with_prefix("resit");
        let commands = Family::default();
        registry.register("commands", "Commands by name and outcome", commands.clone());
        let refusals = Family::default();
        let help = "Commands that the rules refused, by clause and rule";
        registry.register("refusals", help, refusals.clone());
        let requests = Family::default();
        registry.register("http_requests", "Requests by route and status", requests.clone());
        own(&mut registry);
        Self { registry, commands, command_seconds: OnceLock::new(), refusals, requests }
    }
}

/// The time that passes, for measuring alone.
#[expect(clippy::disallowed_methods, reason = "it measures how long an answer took; nothing is judged by it")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

impl Metrics {
    pub(crate) fn request(&self, route: &'static str, status: u16) {
        self.requests.get_or_create(&RouteLabels { route, status }).inc();
    }

    /// A command was answered: `accepted`, `refused`, or with the name of a problem.
    pub(crate) fn command(&self, command: &'static str, outcome: &'static str, since: Instant) {
        self.commands.get_or_create(&CommandLabels { command, outcome }).inc();
        let seconds = self.command_seconds.get_or_init(|| Histogram::new(BUCKETS));
        seconds.observe(since.elapsed().as_secs_f64());
    }

    pub(crate) fn refusal(&self, clause: &str, rule: resit_domain::Rule) {
        let labels = RefusalLabels { clause: clause.to_owned(), rule: rule.name() };
        self.refusals.get_or_create(&labels).inc();
    }
}

/// All of it, as Prometheus reads it.
pub(crate) async fn shown(app: &App, now: Timestamp) -> Result<Answered, Problem> {
    let known = known(app, now).await;
    let mut page = String::with_capacity(8_192);
    let written = text::encode_registry(&mut page, &app.metrics.registry)
        .and_then(|()| text::encode_registry(&mut page, &known))
        .and_then(|()| text::encode_eof(&mut page));
    written.map_err(|error| {
        tracing::error!(%error, "the metrics can't be written");
        Problem::new(ProblemKind::Bug, "the metrics can't be written")
    })?;
    Ok(Answered::text("application/openmetrics-text; version=1.0.0; charset=utf-8", page))
}

/// What this process knows at this moment. A number that it does not know is left out: no number would be true.
async fn known(app: &App, now: Timestamp) -> Registry {
    let mut known = Registry::with_prefix("resit");
    if let Some(latency) = app.metrics.command_seconds.get() {
        let help = "Time from a command's last byte in to its answer, durable";
        known.register_with_unit("command_latency", help, Unit::Seconds, latency.clone());
    }
    let in_flight = i64::try_from(app.in_flight.count()).unwrap_or(i64::MAX);
    known.register("http_in_flight", "Requests at work", ConstGauge::new(in_flight));
    if let Some(free) = app.front.gauges.free_disk_bytes() {
        let help = "Bytes that are free on the ledger's disk";
        known.register("free_disk_bytes", help, ConstGauge::new(signed(free)));
    }
    if let Some(lag) = app.front.gauges.expiry_lag_millis(now) {
        let help = "How long the oldest due end waits to be put on record";
        known.register_with_unit("expiry_lag", help, Unit::Seconds, seconds(lag));
    }
    let trusted = ConstGauge::new(i64::from(app.front.clock.trusted_now().is_ok()));
    known.register(
        "clock_trusted",
        "Whether the clock is trusted; while it is not, nothing is judged",
        trusted,
    );
    if let Answers::Here(parts) = &app.answers {
        lag::tell(parts, now, &mut known).await;
    }
    known
}

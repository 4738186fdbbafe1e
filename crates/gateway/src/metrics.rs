//! What Prometheus asks for.

use std::time::Instant;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use resit_api::{Problem, ProblemKind};

use resit_domain::Timestamp;

use crate::lag::{Lag, signed};
use crate::respond::Answered;
use crate::{Answers, App};

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

/// Counters and gauges, with their registry.
pub(crate) struct Metrics {
    registry: Registry,
    commands: Family<CommandLabels, Counter>,
    command_seconds: Histogram,
    refusals: Family<RefusalLabels, Counter>,
    requests: Family<RouteLabels, Counter>,
    in_flight: Gauge,
    free_disk: Gauge,
    /// Of a process that reads the log.
    lag: Option<Lag>,
}

/// From a tenth of a sync to a stall that somebody should look at.
const BUCKETS: [f64; 16] =
    [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

impl Metrics {
    /// The metrics of a door; `own` puts others of its process beside them.
    pub(crate) fn of(answers: &Answers, own: impl FnOnce(&mut Registry)) -> Self {
        let mut registry = Registry::with_prefix("resit");
        let commands = Family::default();
        registry.register("commands", "Commands by name and outcome", commands.clone());
        let command_seconds = Histogram::new(BUCKETS);
        let help = "Time from a command's last byte in to its answer, durable";
        registry.register_with_unit("command_latency", help, Unit::Seconds, command_seconds.clone());
        let refusals = Family::default();
        registry.register(
            "refusals",
            "Commands that the rules refused, by clause and rule",
            refusals.clone(),
        );
        let requests = Family::default();
        registry.register("http_requests", "Requests by route and status", requests.clone());
        let mut gauge = |name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let in_flight = gauge("http_in_flight", "Requests at work");
        let free_disk = gauge("free_disk_bytes", "Bytes that are free on the ledger's disk");
        let lag = match answers {
            Answers::Here(parts) => Some(Lag::of(parts, &mut registry)),
            Answers::Beyond(_) => None,
        };
        own(&mut registry);
        Self { registry, commands, command_seconds, refusals, requests, in_flight, free_disk, lag }
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
        self.command_seconds.observe(since.elapsed().as_secs_f64());
    }

    pub(crate) fn refusal(&self, clause: &str, rule: resit_domain::Rule) {
        let labels = RefusalLabels { clause: clause.to_owned(), rule: rule.name() };
        self.refusals.get_or_create(&labels).inc();
    }
}

/// All of it, as Prometheus reads it.
pub(crate) async fn shown(app: &App, now: Timestamp) -> Result<Answered, Problem> {
    let App { metrics, in_flight, .. } = app;
    if let (Answers::Here(parts), Some(lag)) = (&app.answers, &metrics.lag) {
        lag.measure(parts, app, now).await?;
    }
    metrics.free_disk.set(app.front.gauges.free_disk_bytes().map_or(-1, signed));
    metrics.in_flight.set(i64::try_from(in_flight.count()).unwrap_or(i64::MAX));
    let mut page = String::with_capacity(8_192);
    text::encode(&mut page, &metrics.registry).map_err(|error| {
        tracing::error!(%error, "the metrics can't be written");
        Problem::new(ProblemKind::Bug, "the metrics can't be written")
    })?;
    Ok(Answered::text("application/openmetrics-text; version=1.0.0; charset=utf-8", page))
}

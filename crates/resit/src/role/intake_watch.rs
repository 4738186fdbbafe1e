//! What is told of intake: what was taken, what waits, what is parked.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use resit_domain::Timestamp;
use resit_gateway::{Clock as _, Gauges, Task};
use resit_intake::parked::ParkedEvents;
use resit_intake::{Announcer, Counts, Failing, IntakeError, Trouble, waiting};
use resit_nats::Link;
use tokio::sync::watch;

use super::process::Process;
use crate::clock::{ServerClock, stopwatch};
use crate::exit::{Stopped, in_one_line};
use crate::serve::Stop;

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// What of the events is left to do.
#[derive(Debug, Clone, Default)]
pub(super) struct Left {
    parked: Gauge,
    waiting: Gauge,
    oldest_seconds: Gauge<f64, AtomicU64>,
    announcer_failing_seconds: Gauge<f64, AtomicU64>,
}

/// Looks at what is left to do.
pub(super) struct Backlog {
    link: Link,
    clock: Arc<ServerClock>,
    parked: ParkedEvents,
    left: Left,
    gauges: Arc<Gauges>,
    failing: Arc<Failing>,
    announcing: Announcing,
}

/// How announcing gets on.
#[derive(Debug)]
struct Announcing {
    trouble: watch::Receiver<Option<Trouble>>,
    since: Option<Timestamp>,
}

/// After how many tries in vain announcing is said to stand still: a server that was away is back before.
const TRIES_MIN: u32 = 3;

impl Announcing {
    /// Since when it stands still, and why; none if it gets on.
    fn stands_still(&mut self, now: Timestamp) -> Option<(Timestamp, String)> {
        let Some(Trouble { tries, position, reason }) = self.trouble.borrow().clone() else {
            self.since = None;
            return None;
        };
        let since = *self.since.get_or_insert(now);
        let text = format!(
            "facts after position {position} are not announced; {tries} tries failed since {since}: {reason}"
        );
        (tries >= TRIES_MIN).then_some((since, text))
    }
}

impl Backlog {
    pub(super) async fn of(
        process: &Process,
        failing: Arc<Failing>,
        announcer: &Announcer,
    ) -> Result<Self, Stopped> {
        let parked = ParkedEvents::of(process.link.clone()).await?;
        let announcing = Announcing { trouble: announcer.trouble(), since: None };
        Ok(Self {
            link: process.link.clone(),
            clock: process.clock.clone(),
            parked,
            left: Left::default(),
            gauges: process.gauges.clone(),
            failing,
            announcing,
        })
    }

    /// The numbers that it keeps up.
    pub(super) fn gauges(&self) -> Left {
        self.left.clone()
    }

    /// Looks again and again until it is time to stop.
    pub(super) async fn watch(mut self, mut stop: Stop, task: Arc<Task>) {
        loop {
            self.note_faults();
            task.begins(stopwatch());
            let Some(looked) = stop.unless_asked(self.look()).await else { return };
            match looked {
                Ok(()) => task.moves(stopwatch()),
                Err(error) => {
                    task.fails(in_one_line(&error), stopwatch());
                    tracing::warn!(error = &error as &dyn Error, "what is left to take in is not known");
                }
            }
            if tokio::time::timeout(EVERY, stop.asked()).await.is_ok() {
                return;
            }
        }
    }

    /// Says in health what keeps failing.
    fn note_faults(&mut self) {
        let now = self.clock.now();
        self.gauges.note_fault("settling", self.failing.reason(now));
        let standing = self.announcing.stands_still(now);
        let seconds =
            standing.as_ref().map_or(0, |(since, _)| now.millis().saturating_sub(since.millis()).max(0));
        self.left.announcer_failing_seconds.set(Duration::from_millis(seconds.unsigned_abs()).as_secs_f64());
        self.gauges.note_fault("announcing", standing.map(|(_, text)| text));
    }

    async fn look(&mut self) -> Result<(), IntakeError> {
        self.parked.catch_up().await?;
        let open = self.parked.open().count();
        let (count, oldest) = waiting(&self.link).await?;
        self.left.parked.set(i64::try_from(open).unwrap_or(i64::MAX));
        self.left.waiting.set(i64::try_from(count).unwrap_or(i64::MAX));
        let now = self.clock.now();
        let age = oldest.map_or(0, |oldest| now.millis().saturating_sub(oldest.millis()).max(0));
        self.left.oldest_seconds.set(Duration::from_millis(age.unsigned_abs()).as_secs_f64());
        Ok(())
    }
}

/// The metrics of intake.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) counts: Arc<Counts>,
    pub(super) backlog: Left,
}

impl Told {
    pub(super) fn register(self, registry: &mut Registry) {
        let Left { parked, waiting, oldest_seconds, announcer_failing_seconds } = self.backlog.clone();
        registry.register("parked_events", "Events that are parked, and nothing was done about", parked);
        registry.register("intake_pending_events", "Events that came in and are not settled yet", waiting);
        let help = "Age of the oldest event that is not settled yet";
        registry.register_with_unit("intake_oldest", help, Unit::Seconds, oldest_seconds);
        let help = "For how long announcing facts has failed; 0 while it gets on";
        registry.register_with_unit("announcer_failing", help, Unit::Seconds, announcer_failing_seconds);
        registry.register_collector(Box::new(self));
    }
}

impl Collector for Told {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let help = "Events by what came of them, from the start of the process";
        let mut events = encoder.encode_descriptor("intake_events", help, None, MetricType::Counter)?;
        for (outcome, count) in self.counts.all() {
            let labels = [("outcome", outcome.as_str())];
            ConstCounter::new(count).encode(events.encode_family(&labels)?)?;
        }
        let help = "Commands of events that the rules refused, by clause and rule";
        let mut refusals = encoder.encode_descriptor("intake_refusals", help, None, MetricType::Counter)?;
        for ((clause, rule), count) in self.counts.refusals() {
            let labels = [("clause", clause.as_str()), ("rule", rule.name())];
            ConstCounter::new(count).encode(refusals.encode_family(&labels)?)?;
        }
        let help = "Facts that were announced, from the start of the process";
        let facts = encoder.encode_descriptor("announced_facts", help, None, MetricType::Counter)?;
        ConstCounter::new(self.counts.facts()).encode(facts)
    }
}

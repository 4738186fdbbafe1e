//! How far what is kept behind the log is behind it.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use resit_api::Problem;
use resit_domain::Timestamp;

use crate::{App, Parts};

type Seconds = Gauge<f64, AtomicU64>;

/// How what is kept behind the log stands.
pub(crate) struct Lag {
    head: Gauge,
    records: Gauge,
    seconds: Seconds,
    expiry_lag_seconds: Seconds,
}

impl Lag {
    pub(crate) fn of(parts: &Parts, registry: &mut Registry) -> Self {
        let (role, called) = (parts.follower.role, parts.follower.called);
        let (head, lag) = (Gauge::default(), Gauge::default());
        registry.register("log_head_position", "Position of the last record of the log", head.clone());
        let help = format!("Records that {called} are behind the log");
        registry.register(format!("{role}_lag_records"), help, lag.clone());
        let mut seconds = |name: String, help: String| {
            let gauge = Seconds::default();
            registry.register_with_unit(name, help, Unit::Seconds, gauge.clone());
            gauge
        };
        let lag_seconds =
            seconds(format!("{role}_lag"), format!("Age of the oldest record that {called} lack"));
        let expiry_lag_seconds = seconds(
            "expiry_lag".to_owned(),
            "How long the oldest due end waits to be put on record".to_owned(),
        );
        Self { head, records: lag, seconds: lag_seconds, expiry_lag_seconds }
    }

    /// Looks how it stands now.
    pub(crate) async fn measure(&self, parts: &Parts, app: &App, now: Timestamp) -> Result<(), Problem> {
        let position = *parts.follower.position.borrow();
        let head = parts.log.head().await?;
        let next = parts.log.read(position, 1).await?;
        // A rehearsal's clock may stand before what is on record.
        let waits = next.first().map_or(0, |record| (now.millis() - record.recorded_at.millis()).max(0));
        self.head.set(signed(head.0));
        self.records.set(signed(head.0.saturating_sub(position.0)));
        self.seconds.set(seconds(waits));
        self.expiry_lag_seconds.set(seconds(app.front.gauges.expiry_lag_millis(now)));
        Ok(())
    }
}

/// A count as gauges have it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a lag of 285,000 years would lose a millisecond")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}

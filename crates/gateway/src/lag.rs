//! How far what is kept behind the log is behind it.

use std::time::Duration;

use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use resit_domain::Timestamp;
use resit_event_log::{Position, ReadError};
use tokio::time::timeout;

use crate::Parts;

/// How long the log may take to say how it stands: whoever asks for metrics does not wait for a log that is away.
const ANSWER_MAX: Duration = Duration::from_secs(1);

/// How what is kept behind the log stands.
struct Lag {
    head: Position,
    /// How many records it lacks.
    records: u64,
    /// The age of the oldest of them.
    millis: i64,
}

/// Tells whether the log can be reached, and, if it can, how far what follows it is behind.
pub(crate) async fn tell(parts: &Parts, now: Timestamp, registry: &mut Registry) {
    let lag = timeout(ANSWER_MAX, measured(parts, now)).await;
    let reachable = ConstGauge::new(i64::from(matches!(lag, Ok(Ok(_)))));
    registry.register("log_reachable", "Whether the log says within a second how it stands", reachable);
    let Ok(Ok(lag)) = lag else { return };
    let (role, called) = (parts.follower.role, parts.follower.called);
    let (head, records) = (ConstGauge::new(signed(lag.head.0)), ConstGauge::new(signed(lag.records)));
    registry.register("log_head_position", "Position of the last record of the log", head);
    let help = format!("Records that {called} are behind the log");
    registry.register(format!("{role}_lag_records"), help, records);
    let help = format!("Age of the oldest record that {called} lack");
    registry.register_with_unit(format!("{role}_lag"), help, Unit::Seconds, seconds(lag.millis));
}

async fn measured(parts: &Parts, now: Timestamp) -> Result<Lag, ReadError> {
    let position = *parts.follower.position.borrow();
    let head = parts.log.head().await?;
    let next = parts.log.read(position, 1).await?;
    // A rehearsal's clock may stand before what is on record.
    let millis = next.first().map_or(0, |record| (now.millis() - record.recorded_at.millis()).max(0));
    Ok(Lag { head, records: head.0.saturating_sub(position.0), millis })
}

/// A count as gauges have it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a lag of 285,000 years would lose a millisecond")]
pub(crate) fn seconds(millis: i64) -> ConstGauge<f64> {
    ConstGauge::new(millis as f64 / 1_000.0)
}

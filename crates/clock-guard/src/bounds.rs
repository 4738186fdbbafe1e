//! How far a clock may be off.

use std::time::Duration;

/// How far a clock may be off before it is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The largest difference from the uptime clock and the NATS servers in either direction, and the most that the clock may be
    /// behind what is on record, in milliseconds.
    pub(crate) skew_ms: i64,
    /// The most that the clock may be ahead of the last evidence when a process starts, in milliseconds.
    pub(crate) gap_ms: i64,
}

impl Bounds {
    /// Bounds of these lengths.
    pub fn new(skew_max: Duration, gap_max: Duration) -> Self {
        let millis =
            |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        Self { skew_ms: millis(skew_max), gap_ms: millis(gap_max) }
    }

    /// The largest difference from other clocks.
    pub fn skew_max(self) -> Duration {
        Duration::from_millis(self.skew_ms.unsigned_abs())
    }
}

//! What measuring needs of the machine: time that passes, and how busy the processors were.

use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "measuring is what this is for")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The processors' time that this process has had so far.
pub(crate) fn busy() -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit_once(") ").map(|(_, fields)| fields.split(' ').skip(11).take(2));
    TICK * ticks.into_iter().flatten().filter_map(|ticks| ticks.parse::<u32>().ok()).sum()
}

/// So many per second; none if no time passed.
pub(crate) fn rate(count: u64, took: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let count = count as f64;
    if took.is_zero() { 0.0 } else { count / took.as_secs_f64() }
}

//! What the machine itself says of the time: how long it has run, and which start of it that is.

use std::fs;

use resit_clock_guard::Reading;

use super::now;

/// Both clocks, read together.
pub(crate) fn reading() -> Reading {
    Reading { wall: now(), uptime_ms: uptime_ms() }
}

/// How long the machine has run, sleep included where the system counts it, in milliseconds.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn uptime_ms() -> i64 {
    #[cfg(target_os = "linux")]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = rustix::time::ClockId::Monotonic;
    let up = rustix::time::clock_gettime(clock);
    up.tv_sec.saturating_mul(1_000).saturating_add(up.tv_nsec / 1_000_000)
}

/// Names this start of the machine, and the namespace that its uptime is counted in; none where the system does not tell. Uptimes
/// of two processes compare only under the same name.
pub(crate) fn boot() -> Option<String> {
    let start = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/time").unwrap_or_default();
    Some(format!("{} {}", start.trim(), namespace.display()).trim().to_owned())
}

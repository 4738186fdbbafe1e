//! The guard: readings and evidence in, a trusted time or a reason out.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

use resit_domain::Timestamp;

use crate::{Against, Bounds, Untrusted};

/// Both clocks of a machine, read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock.
    pub wall: Timestamp,
    /// How long the machine has run, sleep included, in milliseconds. Nobody can set it.
    pub uptime_ms: i64,
}

impl Reading {
    /// When this machine would have started by its wall clock, in milliseconds since the epoch. It moves only when the wall clock
    /// is set or drifts.
    fn offset(self) -> i64 {
        self.wall.millis().saturating_sub(self.uptime_ms)
    }
}

/// No evidence of this kind.
const NONE: i64 = i64::MIN;

/// The most that the guard follows a trusted clock: one millisecond in so many of uptime.
const DRIFT: i64 = 1_000;

/// Decides whether readings of one machine's clock can be trusted. Shared freely; nothing here blocks.
#[derive(Debug)]
pub struct ClockGuard {
    bounds: Bounds,
    /// The offset of the wall clock from uptime, as it was last trusted in this boot.
    offset: AtomicI64,
    /// The uptime at which the offset last followed the wall clock.
    followed_at: AtomicI64,
    /// The latest recorded time.
    recorded: AtomicI64,
    /// The last trusted reading of an earlier process.
    seen: AtomicI64,
    needs_servers: AtomicBool,
    /// The offset of the servers' time from this machine's uptime when they answered, and how long the answer took at most.
    servers: AtomicI64,
    servers_took: AtomicI64,
}

impl ClockGuard {
    /// A guard without any evidence. It trusts the first reading.
    pub fn new(bounds: Bounds) -> Self {
        let none = || AtomicI64::new(NONE);
        Self {
            bounds,
            offset: none(),
            followed_at: none(),
            recorded: none(),
            seen: none(),
            needs_servers: AtomicBool::new(false),
            servers: none(),
            servers_took: AtomicI64::new(0),
        }
    }

    /// The bounds.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Something was recorded at `at`.
    pub fn note_recorded(&self, at: Timestamp) {
        raise(&self.recorded, at.millis());
    }

    /// An earlier process trusted the clock when it read `at`.
    pub fn note_seen(&self, at: Timestamp) {
        raise(&self.seen, at.millis());
    }

    /// An earlier process of this boot trusted this reading.
    pub fn note_earlier(&self, reading: Reading) {
        self.note_seen(reading.wall);
        self.offset.store(reading.offset(), Relaxed);
        self.followed_at.store(reading.uptime_ms, Relaxed);
    }

    /// Nothing is trusted before the NATS servers have answered with their time.
    pub fn require_servers(&self) {
        self.needs_servers.store(true, Relaxed);
    }

    /// The NATS servers answered with `at`; they were asked and heard at these uptimes.
    pub fn note_servers(&self, at: Timestamp, asked_ms: i64, heard_ms: i64) {
        self.servers.store(at.millis().saturating_sub(heard_ms), Relaxed);
        self.servers_took.store(heard_ms.saturating_sub(asked_ms).max(0), Relaxed);
    }

    /// An operator confirmed this reading.
    pub fn confirm(&self, reading: Reading) {
        self.seen.store(reading.wall.millis(), Relaxed);
        self.begin(reading);
    }

    /// The time to judge by.
    ///
    /// # Errors
    ///
    /// If the reading does not fit the evidence.
    pub fn trusted(&self, reading: Reading) -> Result<Timestamp, Untrusted> {
        let Reading { wall, uptime_ms } = reading;
        let Bounds { skew_ms, gap_ms } = self.bounds;
        let reads = wall.millis();
        let no = |against, expected: i64| {
            let expected = Timestamp::from_millis(expected).unwrap_or(wall);
            Err(Untrusted { reads: wall, expected, against })
        };
        let servers = known(&self.servers).map(|offset| offset.saturating_add(uptime_ms));
        if let Some(servers) = servers {
            let took = self.servers_took.load(Relaxed);
            if reads > servers.saturating_add(took + skew_ms) || reads < servers.saturating_sub(skew_ms) {
                return no(Against::Servers, servers);
            }
        } else if self.needs_servers.load(Relaxed) {
            return no(Against::ServersSilent, reads);
        }
        let recorded = known(&self.recorded);
        if let Some(recorded) = recorded.filter(|recorded| *recorded > reads.saturating_add(skew_ms)) {
            return no(Against::RecordAhead, recorded);
        }
        if let Some(expected) = self.by_uptime(uptime_ms) {
            if reads.abs_diff(expected) > skew_ms.unsigned_abs() {
                return no(Against::Uptime, expected);
            }
            return Ok(wall);
        }
        let seen = known(&self.seen);
        if let Some(seen) = seen.filter(|seen| *seen > reads.saturating_add(skew_ms)) {
            return no(Against::SeenAhead, seen);
        }
        if let Some(last) = recorded.max(seen).filter(|last| reads > last.saturating_add(gap_ms)) {
            return no(Against::Gap, last);
        }
        self.begin(reading);
        Ok(wall)
    }

    /// The best that is known of the time, for what may be shown by a clock that is not trusted.
    pub fn estimate(&self, reading: Reading) -> Timestamp {
        match self.trusted(reading) {
            Ok(at) => at,
            // Either may be wrong, and the machine's own count is the better witness.
            Err(Untrusted { against: Against::RecordAhead, .. }) => {
                self.by_uptime(reading.uptime_ms).and_then(Timestamp::from_millis).unwrap_or(reading.wall)
            }
            Err(Untrusted { expected, .. }) => expected,
        }
    }

    /// Follows a trusted clock that drifts. Call it about once a second.
    pub fn follow(&self, reading: Reading) {
        if self.trusted(reading).is_err() {
            return;
        }
        let (offset, followed_at) = (self.offset.load(Relaxed), self.followed_at.load(Relaxed));
        let may = reading.uptime_ms.saturating_sub(followed_at) / DRIFT;
        if offset != NONE && may > 0 {
            let off = reading.offset().saturating_sub(offset).clamp(-may, may);
            self.offset.store(offset + off, Relaxed);
            self.followed_at.store(reading.uptime_ms, Relaxed);
        }
    }

    fn begin(&self, reading: Reading) {
        self.followed_at.store(reading.uptime_ms, Relaxed);
        self.offset.store(reading.offset(), Relaxed);
    }

    /// The time by this machine's uptime.
    fn by_uptime(&self, uptime_ms: i64) -> Option<i64> {
        known(&self.offset).map(|offset| offset.saturating_add(uptime_ms))
    }
}

fn known(millis: &AtomicI64) -> Option<i64> {
    Some(millis.load(Relaxed)).filter(|millis| *millis != NONE)
}

/// Raises a time that many threads note; most of them find it raised already.
fn raise(millis: &AtomicI64, at: i64) {
    if millis.load(Relaxed) < at {
        millis.fetch_max(at, Relaxed);
    }
}

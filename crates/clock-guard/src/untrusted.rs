//! Why a clock is not trusted.

use std::fmt;

use resit_domain::Timestamp;

/// The evidence that a reading does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Against {
    /// The NATS servers' own time.
    Servers,
    /// The NATS servers have not answered with their time yet.
    ServersSilent,
    /// The last record, which is later than the clock.
    RecordAhead,
    /// The uptime of this machine since a trusted reading.
    Uptime,
    /// The last trusted reading of an earlier process, which is later than the clock.
    SeenAhead,
    /// The latest evidence of an earlier time, which is long ago.
    Gap,
}

/// A clock that is not trusted: what it reads, what it should read, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untrusted {
    /// What the clock reads.
    pub reads: Timestamp,
    /// What the evidence says: the time now, or the latest time that is known to have passed.
    pub expected: Timestamp,
    /// The evidence.
    pub against: Against,
}

impl Untrusted {
    /// How far the clock is ahead, in milliseconds; negative if it is behind.
    pub fn ahead_ms(&self) -> i64 {
        self.reads.millis().saturating_sub(self.expected.millis())
    }

    /// Whether an operator who knows better may confirm the reading. What another machine or the log contradicts is not a
    /// matter of confirmation.
    pub fn can_be_confirmed(&self) -> bool {
        matches!(self.against, Against::Uptime | Against::SeenAhead | Against::Gap)
    }

    /// The reading as an operator types it.
    fn typed(&self) -> Timestamp {
        self.reads.plus_millis(-self.reads.millis().rem_euclid(1_000))
    }
}

impl std::error::Error for Untrusted {}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, against, .. } = self;
        let reads = self.typed();
        let (far, way) = (span(self.ahead_ms()), if self.ahead_ms() < 0 { "behind" } else { "ahead of" });
        f.write_str("the clock is not trusted, so nothing is judged and nothing expires: ")?;
        match against {
            Against::Servers => write!(
                f,
                "it reads {reads}, {far} {way} the NATS servers' time {expected}; set the clock of this machine right, or \
                 those of the servers"
            ),
            Against::ServersSilent => f.write_str(
                "the NATS servers have not answered with their time yet; see that they run and that this user may ask \
                 them (`resit nats users` writes the permissions)",
            ),
            Against::RecordAhead => write!(
                f,
                "it reads {reads}, {far} behind the last record, of {expected}; set the clock right; if it is right, a wrong \
                 clock made the last records: `resit clock correct` corrects their times, and `resit log copy --until POSITION` \
                 makes a ledger without them"
            ),
            Against::Uptime => write!(
                f,
                "it reads {reads}, {far} {way} {expected}, the time by this machine's uptime; set it right; if it is right, \
                 confirm it with `resit clock confirm {reads}`"
            ),
            Against::SeenAhead => write!(
                f,
                "it reads {reads}, {far} behind {expected}, when this ledger last ran; set it right; if it is right, confirm \
                 it with `resit clock confirm {reads}`"
            ),
            Against::Gap => write!(
                f,
                "it reads {reads}, {far} after {expected}, when this ledger last ran; set it right; if that much time has \
                 passed, confirm it with `resit clock confirm {reads}`"
            ),
        }
    }
}

/// A span in its two largest units.
fn span(millis: i64) -> String {
    let seconds = millis.unsigned_abs() / 1_000;
    match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, s) => format!("{m} min {s} s"),
        (0, h, m, _) => format!("{h} h {m} min"),
        (d, h, ..) => format!("{d} d {h} h"),
    }
}

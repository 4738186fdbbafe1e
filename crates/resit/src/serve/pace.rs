//! How long records gather before a follower of the log takes them in.

use std::time::{Duration, Instant};

use crate::clock::stopwatch;

/// Few records are taken in soon. The longer that takes, the longer the next ones gather: rows that many records touch are
/// written once, and whoever gives commands has the processors to itself meanwhile.
#[derive(Debug)]
pub(crate) struct Pace {
    soonest: Duration,
    begun: Instant,
}

/// For each instant that a follower works it rests for so many, until records have gathered for as long as they may.
const REST: u32 = 9;
const LATEST: Duration = Duration::from_secs(1);

impl Pace {
    /// The pace of a follower that lets records gather for no less than `soonest`.
    pub(crate) fn no_sooner_than(soonest: Duration) -> Self {
        Self { soonest, begun: stopwatch() }
    }

    /// It begins to take records in.
    pub(crate) fn begin(&mut self) {
        self.begun = stopwatch();
    }

    /// It has taken them in: how long the next ones may gather.
    pub(crate) fn rest(&self) -> Duration {
        rest_after(self.begun.elapsed(), self.soonest)
    }
}

fn rest_after(took: Duration, soonest: Duration) -> Duration {
    took.saturating_mul(REST).clamp(soonest, LATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_there_was_to_do_the_longer_records_gather_up_to_a_second() {
        let soonest = Duration::from_millis(50);
        for (took_millis, rest_millis) in
            [(0, 50), (1, 50), (10, 90), (100, 900), (200, 1_000), (60_000, 1_000)]
        {
            let rest = rest_after(Duration::from_millis(took_millis), soonest);
            assert_eq!(rest, Duration::from_millis(rest_millis), "after {took_millis} ms");
        }
    }
}

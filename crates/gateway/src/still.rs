//! Whether something that follows the log stands still.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use resit_event_log::Position;

/// Where a follower of the log was first seen to be behind, and when. It is known only while somebody asks.
#[derive(Debug, Default)]
pub(crate) struct Stillness(Mutex<Option<(Position, Instant)>>);

impl Stillness {
    /// For how many seconds it has been behind without a step, if that is longer than `max`.
    pub(crate) fn stands_still(
        &self,
        position: Position,
        lag: u64,
        max: Duration,
        now: Instant,
    ) -> Option<u64> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lag == 0 {
            *seen = None;
            return None;
        }
        let since = seen.filter(|(at, _)| *at == position).map_or(now, |(_, since)| since);
        *seen = Some((position, since));
        let still = now.saturating_duration_since(since);
        (still > max).then_some(still.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::stopwatch;

    #[test]
    fn a_follower_stands_still_if_it_is_behind_and_takes_no_step() {
        let (still, begin, max) = (Stillness::default(), stopwatch(), Duration::from_mins(1));
        let at = |second: u64, position, lag| {
            still.stands_still(Position(position), lag, max, begin + Duration::from_secs(second))
        };
        assert_eq!(at(0, 5, 3), None);
        assert_eq!(at(60, 5, 4), None);
        assert_eq!(at(61, 5, 4), Some(61));
        assert_eq!(at(62, 6, 3), None, "it took a step");
        assert_eq!(at(122, 6, 3), None);
        assert_eq!(at(123, 6, 3), Some(61));
        assert_eq!(at(124, 9, 0), None, "there is nothing to do");
        assert_eq!(at(1_000, 9, 1), None, "it had nothing to do for long");
    }
}

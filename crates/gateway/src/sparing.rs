//! What is said in the log of the process, but not each time that it happens.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing is said again.
const SILENCE: Duration = Duration::from_secs(1);

/// What has been said of what, and when.
#[derive(Debug, Default)]
pub(crate) struct Sparing {
    told: Mutex<BTreeMap<(&'static str, &'static str), Told>>,
}

#[derive(Debug)]
struct Told {
    at: Instant,
    /// How often it has happened since.
    unsaid: u64,
}

impl Sparing {
    /// Whether something that has happened `now` is to be said; then, how often it went unsaid since the last time.
    pub(crate) fn tell(&self, what: (&'static str, &'static str), now: Instant) -> Option<u64> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(last) = told.get_mut(&what) else {
            told.insert(what, Told { at: now, unsaid: 0 });
            return Some(0);
        };
        if now.saturating_duration_since(last.at) < SILENCE {
            last.unsaid += 1;
            return None;
        }
        last.at = now;
        Some(std::mem::take(&mut last.unsaid))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::stopwatch;

    #[test]
    fn what_happens_often_is_said_once_a_second_with_its_number() {
        let (sparing, begin) = (Sparing::default(), stopwatch());
        let at = |millis| sparing.tell(("issue", "unavailable"), begin + Duration::from_millis(millis));
        assert_eq!([at(0), at(1), at(999), at(1_000), at(1_001)], [Some(0), None, None, Some(2), None]);
        assert_eq!(at(60_000), Some(1));
        assert_eq!(sparing.tell(("show", "unavailable"), begin), Some(0), "another is said by itself");
    }
}

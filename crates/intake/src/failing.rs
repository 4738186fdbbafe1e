//! Events that could not be settled when they were last tried.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use resit_domain::Timestamp;

/// The first wait before an event is tried again, and the longest. Each failure doubles it.
const WAIT_MIN: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(30);

/// After how many failures an event is worth a reason in health: a server that was away is back before.
const TRIES_MIN: u32 = 3;

/// How long an event counts after its last failure. It may have been settled by another process, which says nothing here.
const COUNTS_FOR: Duration = Duration::from_mins(2);

/// How many events are remembered. Of more, the first wait is the longest one.
const EVENTS_MAX: usize = 1_024;

/// Events that could not be settled when they were last tried, by their numbers in the intake stream.
#[derive(Debug, Default)]
pub struct Failing(Mutex<BTreeMap<u64, Failed>>);

#[derive(Debug)]
struct Failed {
    since: Timestamp,
    last_at: Timestamp,
    tries: u32,
    reason: String,
}

impl Failing {
    /// An event failed. Returns how long it waits before it is tried again.
    pub(crate) fn failed(&self, sequence: u64, now: Timestamp, reason: String) -> Duration {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() >= EVENTS_MAX && !events.contains_key(&sequence) {
            events.retain(|_, failed| failed.counts(now));
            if events.len() >= EVENTS_MAX {
                return WAIT_MAX;
            }
        }
        let failed = events.entry(sequence).or_insert_with(|| Failed {
            since: now,
            last_at: now,
            tries: 0,
            reason: String::new(),
        });
        failed.tries += 1;
        failed.last_at = now;
        failed.reason = reason;
        WAIT_MIN.saturating_mul(1 << (failed.tries - 1).min(16)).min(WAIT_MAX)
    }

    /// An event is settled, or waits for what it is about.
    pub(crate) fn went_well(&self, sequence: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&sequence);
    }

    /// Which events keep failing, since when, and why; none if none do.
    pub fn reason(&self, now: Timestamp) -> Option<String> {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.retain(|_, failed| failed.counts(now));
        let failing = events.iter().filter(|(_, failed)| failed.tries >= TRIES_MIN);
        let count = failing.clone().count();
        let (sequence, Failed { since, tries, reason, .. }) =
            failing.min_by_key(|(_, failed)| failed.since)?;
        Some(format!(
            "{count} events can't be settled; event {sequence} of the intake stream failed {tries} times since {since}: {reason}"
        ))
    }
}

impl Failed {
    fn counts(&self, now: Timestamp) -> bool {
        let age = now.millis().saturating_sub(self.last_at.millis());
        u128::try_from(age).unwrap_or(0) <= COUNTS_FOR.as_millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000).unwrap()
    }

    fn failed(failing: &Failing, sequence: u64, seconds: i64) -> u64 {
        failing.failed(sequence, at(seconds), "full".to_owned()).as_secs()
    }

    #[test]
    fn an_event_waits_longer_each_time_and_never_longer_than_half_a_minute() {
        let failing = Failing::default();
        let waits: Vec<u64> = (0..40).map(|n| failed(&failing, 7, n)).collect();
        assert_eq!(waits[..7], [1, 2, 4, 8, 16, 30, 30]);
        assert!(waits[7..].iter().all(|wait| *wait == 30));
        failing.went_well(7);
        assert_eq!(failed(&failing, 7, 41), 1);
    }

    #[test]
    fn an_event_that_keeps_failing_is_a_reason_until_it_is_settled_here_or_elsewhere() {
        let failing = Failing::default();
        failed(&failing, 7, 1);
        failed(&failing, 7, 2);
        assert_eq!(failing.reason(at(2)), None, "a server may have been away");
        failed(&failing, 7, 3);
        let reason = failing.reason(at(3)).unwrap();
        assert!(
            reason.starts_with("1 events can't be settled; event 7 ") && reason.ends_with(": full"),
            "{reason}"
        );
        assert_eq!(failing.reason(at(124)), None, "another process has settled it");
        (0..3).for_each(|n| _ = failed(&failing, 8, 200 + n));
        failing.went_well(8);
        assert_eq!(failing.reason(at(203)), None);
    }

    #[test]
    fn no_more_events_are_remembered_than_there_is_room_for() {
        let failing = Failing::default();
        for sequence in 0..2_000 {
            failed(&failing, sequence, 1);
        }
        assert_eq!(failed(&failing, 3_000, 1), 30);
        assert_eq!(failing.0.lock().unwrap().len(), EVENTS_MAX);
        assert_eq!(failed(&failing, 3_000, 500), 1, "the others do not count any more");
    }
}

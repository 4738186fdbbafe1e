//! Whether events fail again and again: each comes again a second later, endlessly, and its sender hears nothing.

use std::time::{Duration, Instant};

/// How long events may fail without a pause before the process is not ready.
const FAILING_MAX: Duration = Duration::from_secs(60);

/// What was seen of the number of failures.
#[derive(Debug, Default)]
pub(super) struct Settling {
    failed: u64,
    since: Option<Instant>,
}

impl Settling {
    /// What is wrong, after `failed` failures since the process began.
    pub(super) fn fault(&mut self, failed: u64, now: Instant) -> Option<String> {
        let grows = failed > self.failed;
        self.failed = failed;
        self.since = if grows { Some(self.since.unwrap_or(now)) } else { None };
        let lasts = now.saturating_duration_since(self.since?);
        (lasts >= FAILING_MAX).then(|| {
            format!(
                "events have failed without a pause for {} seconds, and come again; the log of this process says why",
                lasts.as_secs()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::stopwatch;

    #[test]
    fn events_that_fail_for_a_minute_without_a_pause_are_a_fault() {
        let (mut settling, begin) = (Settling::default(), stopwatch());
        let mut at = |second, failed| settling.fault(failed, begin + Duration::from_secs(second));
        for look in 0..12 {
            assert_eq!(at(look * 5, look + 1), None, "{look}");
        }
        assert!(at(60, 20).unwrap().contains("for 60 seconds"));
        assert_eq!(at(65, 20), None, "none failed since the last look");
        assert_eq!(at(70, 21), None, "one failed");
        assert_eq!(at(300, 21), None);
    }
}

//! Guessing codes is slow: each caller has a few unknown codes at hand, and gets a new one now and then.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use resit_api::{Problem, ProblemKind};
use resit_domain::{Actor, Timestamp};

/// How many unknown codes a caller may name at once.
const AT_HAND: i64 = 10;
/// After how long a caller may name one more.
const ONE_MORE_MILLIS: i64 = 6_000;
/// How many callers are remembered before those who are at rest are forgotten.
const CALLERS_MAX: usize = 4_096;

/// Unknown codes, by who named them.
#[derive(Debug, Default)]
pub(crate) struct UnknownCodes {
    /// For each caller: at which instant all codes are at hand again.
    rested_at: Mutex<HashMap<Option<Actor>, i64>>,
}

impl UnknownCodes {
    /// Asked before anything is looked up by code, so that right and wrong are answered alike.
    pub(crate) fn check(&self, caller: Option<&Actor>, now: Timestamp) -> Result<(), Problem> {
        let rested_at = self.rested_at.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rested_at) = rested_at.get(&caller.cloned()) else { return Ok(()) };
        // One at hand is enough.
        let wait = rested_at - now.millis() - (AT_HAND - 1) * ONE_MORE_MILLIS;
        if wait <= 0 {
            return Ok(());
        }
        let seconds = u32::try_from((wait + 999) / 1_000).unwrap_or(u32::MAX);
        let detail = format!(
            "too many unknown codes came from this caller; nothing is looked up by code for {seconds} seconds"
        );
        Err(Problem::new(ProblemKind::SlowDown, detail).retry_after(seconds))
    }

    /// A code was unknown. Requests that were under way at the same time may put the caller into debt.
    pub(crate) fn note(&self, caller: Option<&Actor>, now: Timestamp) {
        let mut callers = self.rested_at.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= CALLERS_MAX {
            callers.retain(|_, rested_at| *rested_at > now.millis());
        }
        let rested_at = callers.entry(caller.cloned()).or_insert(now.millis());
        *rested_at = (*rested_at).max(now.millis()) + ONE_MORE_MILLIS;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_000 * seconds).unwrap()
    }

    #[test]
    fn ten_at_once_and_then_one_each_six_seconds() {
        let codes = UnknownCodes::default();
        let (guesser, other): (Actor, Actor) = ("guesser".parse().unwrap(), "other".parse().unwrap());
        let (guesser, other) = (Some(&guesser), Some(&other));
        for _ in 0..10 {
            codes.check(guesser, at(0)).unwrap();
            codes.note(guesser, at(0));
        }
        let problem = codes.check(guesser, at(0)).unwrap_err();
        assert_eq!(problem.retry_after_s, Some(6));
        assert!(codes.check(guesser, at(5)).is_err());
        codes.check(guesser, at(6)).unwrap();
        codes.note(guesser, at(6));
        assert!(codes.check(guesser, at(6)).is_err());
        codes.check(guesser, at(12)).unwrap();
        codes.check(other, at(0)).unwrap();
    }
}

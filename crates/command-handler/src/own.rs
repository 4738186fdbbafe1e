//! The stretches of a log that a handler wrote itself. What stands there is in its states already: it need not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use resit_event_log::{Appended, Position};
use tokio::sync::Notify;

/// How many stretches are remembered. When it is time to forget, all that stands there is read, which is always right.
const STRETCHES_MAX: usize = 4_096;

/// Stretches shorter than this are read along with what stands around them: a few records cost less than one more question.
const SKIPPED_MIN: u64 = 128;

/// The stretches that were written here, and not yet passed; and what is being written.
#[derive(Debug, Default)]
pub(crate) struct Own {
    known: Mutex<Known>,
    /// Tells who follows that something was noted, or will not be.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Known {
    stretches: BTreeMap<Position, Position>,
    /// Numbers of commits that are under way.
    under_way: BTreeSet<u64>,
    begun: u64,
}

/// A commit that is under way, as long as this lives.
pub(crate) struct UnderWay<'a> {
    own: &'a Own,
    number: u64,
}

impl Own {
    /// Begins a commit.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        let mut known = self.known();
        let number = known.begun;
        known.begun += 1;
        known.under_way.insert(number);
        UnderWay { own: self, number }
    }

    /// Notes a commit whose states are kept, so far as they are kept at all.
    pub(crate) fn note(&self, appended: &Appended) {
        let (mut after, mut last) = (appended.after, appended.last);
        let stretches = &mut self.known().stretches;
        if let Some((&before, _)) = stretches.range(..after).next_back().filter(|(_, end)| **end == after) {
            stretches.remove(&before);
            after = before;
        }
        if let Some(end) = stretches.remove(&last) {
            last = end;
        }
        if stretches.len() == STRETCHES_MAX {
            stretches.clear();
        }
        stretches.insert(after, last);
    }

    /// Waits until no commit is under way any more that is now, but no longer than until `is_enough`. For one who waits.
    pub(crate) async fn settled(&self, is_enough: impl Fn() -> bool) {
        let begun = self.known().begun;
        while !is_enough() && self.known().under_way.first().is_some_and(|number| *number < begun) {
            self.changed.notified().await;
        }
    }

    /// Where it goes on behind a position, once what was written here right behind it is passed over. Nobody comes back to what
    /// lies before.
    pub(crate) fn pass(&self, position: Position) -> Position {
        let stretches = &mut self.known().stretches;
        let mut reached = position;
        while let Some(first) = stretches.first_entry().filter(|first| *first.key() <= reached) {
            reached = reached.max(first.remove());
        }
        reached
    }

    /// How many positions it is from one that was reached to the next stretch that is worth passing over.
    pub(crate) fn next(&self, reached: Position) -> Option<u64> {
        let known = self.known();
        let next = known.stretches.iter().find(|(after, last)| last.0 - after.0 >= SKIPPED_MIN);
        next.map(|(after, _)| after.0 - reached.0)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("no code panics while it holds the lock")
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.own.known().under_way.remove(&self.number);
        self.own.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use resit_domain::Timestamp;
    use tokio::time::timeout;

    use super::*;

    fn appended(after: u64, last: u64) -> Appended {
        let recorded_at = Timestamp::from_millis(0).unwrap();
        Appended { after: Position(after), first: Position(after + 1), last: Position(last), recorded_at }
    }

    fn own(stretches: &[(u64, u64)]) -> Own {
        let own = Own::default();
        for &(after, last) in stretches {
            own.note(&appended(after, last));
        }
        own
    }

    #[test]
    fn what_was_written_here_is_passed_over_and_nothing_else() {
        let far = 9 + SKIPPED_MIN;
        let cases = [
            (vec![], 3, 3, None),
            (vec![(3, 5)], 3, 5, None),
            (vec![(3, 5), (5, 9)], 3, 9, None),
            (vec![(5, 9), (3, 5)], 3, 9, None),
            (vec![(5, 9), (3, 5)], 4, 9, None),
            (vec![(5, 9)], 3, 3, None),
            (vec![(9, far)], 3, 3, Some(6)),
            (vec![(3, 5), (9, far)], 3, 5, Some(4)),
        ];
        for (stretches, from, reached, next) in cases {
            let own = own(&stretches);
            assert_eq!(own.pass(Position(from)), Position(reached), "{stretches:?} {from}");
            assert_eq!(own.next(Position(reached)), next, "{stretches:?} {from}");
        }
    }

    #[test]
    fn too_many_stretches_are_forgotten() {
        let stretches: Vec<_> = (0..=STRETCHES_MAX as u64).map(|n| (3 * n, 3 * n + 2)).collect();
        let own = own(&stretches);
        assert_eq!(own.pass(Position(0)), Position(0));
        assert_eq!(own.pass(Position(3 * STRETCHES_MAX as u64)), Position(3 * STRETCHES_MAX as u64 + 2));
    }

    #[tokio::test(start_paused = true)]
    async fn who_follows_waits_for_what_is_under_way_and_for_nothing_later() {
        let own = Own::default();
        own.settled(|| false).await;
        let (first, second) = (own.begin(), own.begin());
        let mut settled = std::pin::pin!(own.settled(|| false));
        let wait = Duration::from_millis(1);
        drop(first);
        assert!(timeout(wait, &mut settled).await.is_err(), "the second is under way");
        let _later = own.begin();
        drop(second);
        timeout(wait, settled).await.expect("what began later is waited for by others");
        own.settled(|| true).await;
    }

    proptest! {
        /// Commits of two writers stand in the log one behind the other, and are noted in any order.
        #[test]
        fn all_that_others_wrote_is_read(
            (commits, order) in prop::collection::vec((1..200_u64, any::<bool>()), 1..40)
                .prop_flat_map(|commits| {
                    let order = Just((0..commits.len()).collect::<Vec<_>>()).prop_shuffle();
                    (Just(commits), order)
                }),
        ) {
            let mut head = 0;
            let placed: Vec<_> = commits.iter().map(|&(length, is_own)| {
                head += length;
                (head - length, head, is_own)
            }).collect();
            let own = Own::default();
            for (after, last, is_own) in order.into_iter().map(|at| placed[at]) {
                if is_own {
                    own.note(&appended(after, last));
                }
            }
            let (mut read, mut position) = (vec![false; usize::try_from(head).unwrap()], Position(0));
            loop {
                let reached = own.pass(position);
                if reached.0 == head {
                    break;
                }
                let end = head.min(reached.0 + own.next(reached).unwrap_or(7).min(7));
                read[usize::try_from(reached.0).unwrap()..usize::try_from(end).unwrap()].fill(true);
                position = Position(end);
            }
            for (after, last, is_own) in placed {
                let read = &read[usize::try_from(after).unwrap()..usize::try_from(last).unwrap()];
                prop_assert!(is_own || read.iter().all(|read| *read), "{after} {last}");
            }
        }
    }
}

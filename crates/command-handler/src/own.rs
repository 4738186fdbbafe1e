//! The stretches of a log that a handler wrote itself. What stands there is in its states already: it need not be read.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use resit_event_log::{Appended, Position};
use tokio::sync::Notify;

/// How many stretches are remembered. When it is time to forget, all that stands there is read, which is always right.
const STRETCHES_MAX: usize = 4_096;

/// Stretches shorter than this are read along with what stands around them: a few records cost less than one more question.
const SKIPPED_MIN: u64 = 128;

/// The stretches that were written here, and not yet passed.
#[derive(Debug, Default)]
pub(crate) struct Own {
    stretches: Mutex<BTreeMap<Position, Position>>,
    noted: Notify,
}

impl Own {
    /// Notes a commit whose states are kept, so far as they are kept at all.
    pub(crate) fn note(&self, appended: &Appended) {
        let (mut after, mut last) = (appended.after, appended.last);
        let mut stretches = self.stretches();
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
        self.noted.notify_one();
    }

    /// Waits until something is noted. For one who waits.
    pub(crate) async fn noted(&self) {
        self.noted.notified().await;
    }

    /// Where it goes on behind a position, once what was written here right behind it is passed over, and how many positions it
    /// is from there to the next stretch that is worth passing over. Nobody comes back to what lies before.
    pub(crate) fn pass(&self, position: Position) -> (Position, Option<u64>) {
        let mut stretches = self.stretches();
        let mut reached = position;
        while let Some(first) = stretches.first_entry().filter(|first| *first.key() <= reached) {
            reached = reached.max(first.remove());
        }
        let next = stretches.iter().find(|(after, last)| last.0 - after.0 >= SKIPPED_MIN);
        (reached, next.map(|(after, _)| after.0 - reached.0))
    }

    fn stretches(&self) -> MutexGuard<'_, BTreeMap<Position, Position>> {
        self.stretches.lock().expect("no code panics while it holds the lock")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use resit_domain::Timestamp;

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
            let passed = own(&stretches).pass(Position(from));
            assert_eq!(passed, (Position(reached), next), "{stretches:?} {from}");
        }
    }

    #[test]
    fn too_many_stretches_are_forgotten() {
        let stretches: Vec<_> = (0..=STRETCHES_MAX as u64).map(|n| (3 * n, 3 * n + 2)).collect();
        let own = own(&stretches);
        assert_eq!(own.pass(Position(0)), (Position(0), None));
        assert_eq!(own.pass(Position(3 * STRETCHES_MAX as u64)).0, Position(3 * STRETCHES_MAX as u64 + 2));
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
                let (reached, next) = own.pass(position);
                if reached.0 == head {
                    break;
                }
                let end = head.min(reached.0 + next.unwrap_or(7).min(7));
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

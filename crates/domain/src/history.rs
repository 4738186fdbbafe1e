//! What was published of one thing, each version with the time from which it holds.

use std::sync::Arc;

use crate::Timestamp;

/// How many versions are kept. Of more, the oldest are dropped, and the oldest one kept stands for them.
const VERSIONS_MAX: usize = 256;

/// Versions of one thing, oldest first. Cheap to clone: the versions are shared.
#[derive(Debug, Clone, PartialEq)]
pub struct History<T>(Vec<(Timestamp, Arc<T>)>);

impl<T> Default for History<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> History<T> {
    /// Adds a version that holds from `since` on.
    pub(crate) fn add(&mut self, since: Timestamp, version: T) {
        if self.0.len() == VERSIONS_MAX {
            self.0.remove(0);
        }
        self.0.push((since, Arc::new(version)));
    }

    /// The version that held at `at`; before the first, the first.
    pub fn at(&self, at: Timestamp) -> Option<&T> {
        let since = self.0.iter().rev().find(|(since, _)| *since <= at);
        since.or(self.0.first()).map(|(_, version)| version.as_ref())
    }

    /// Every version, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, version)| version.as_ref())
    }

    /// Whether a version came after `at` that is not the first.
    pub(crate) fn changed_after(&self, at: Timestamp) -> bool {
        self.0.iter().skip(1).any(|(since, _)| at < *since)
    }

    /// Drops what came after `at`, but never the first version.
    pub(crate) fn cut(&mut self, at: Timestamp) {
        let mut first = true;
        self.0.retain(|(since, _)| std::mem::take(&mut first) || *since <= at);
    }

    /// How many versions are kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was published.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    fn history(times: &[i64]) -> History<i64> {
        let mut history = History::default();
        for time in times {
            history.add(at(*time), *time);
        }
        history
    }

    #[test]
    fn the_first_version_holds_before_it_came() {
        let history = history(&[10, 20]);
        for (time, holds) in [(0, 10), (10, 10), (19, 10), (20, 20), (30, 20)] {
            assert_eq!(history.at(at(time)), Some(&holds), "{time}");
        }
        assert_eq!(History::<i64>::default().at(at(0)), None);
    }

    #[test]
    fn a_history_that_is_cut_ends_with_what_held_then() {
        for (time, changed, last) in [(0, true, 10), (10, true, 10), (19, true, 10), (20, false, 20)] {
            let mut history = history(&[10, 20]);
            assert_eq!(history.changed_after(at(time)), changed, "{time}");
            history.cut(at(time));
            assert_eq!(history.at(Timestamp::MAX), Some(&last), "{time}");
            assert!(!history.changed_after(at(time)));
        }
    }

    #[test]
    fn of_many_versions_the_newest_are_kept() {
        let times: Vec<i64> = (0..300).collect();
        let history = history(&times);
        assert_eq!(history.len(), VERSIONS_MAX);
        assert_eq!((history.at(at(299)), history.at(at(0))), (Some(&299), Some(&44)));
    }
}

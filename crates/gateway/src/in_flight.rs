//! How many requests are at work, and no more than that.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts requests at work.
#[derive(Debug)]
pub(crate) struct InFlight {
    count: AtomicUsize,
    max: usize,
}

/// One request at work, until it is dropped.
pub(crate) struct Place<'a>(&'a AtomicUsize);

impl InFlight {
    pub(crate) fn new(max: usize) -> Self {
        Self { count: AtomicUsize::new(0), max }
    }

    /// A place for one more; none if all are taken.
    pub(crate) fn enter(&self) -> Option<Place<'_>> {
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        let place = Place(&self.count);
        (before < self.max).then_some(place)
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_request_is_done() {
        let places = InFlight::new(1);
        let first = places.enter();
        assert!(first.is_some() && places.enter().is_none());
        drop(first);
        assert!(places.enter().is_some());
        assert_eq!(places.count(), 0);
    }
}

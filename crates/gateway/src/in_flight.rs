//! How many requests are at work, and no more than that.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts requests at work.
#[derive(Debug)]
pub(crate) struct InFlight {
    count: Arc<AtomicUsize>,
    max: usize,
}

/// One request at work, until it is dropped. It goes with the work, and not with the caller, who may leave before.
pub(crate) struct Place(Arc<AtomicUsize>);

/// A request that only waits, and gives its place away until this is dropped.
pub(crate) struct Aside<'a>(&'a AtomicUsize);

impl InFlight {
    pub(crate) fn new(max: usize) -> Self {
        Self { count: Arc::default(), max }
    }

    /// A place for one more; none if all are taken.
    pub(crate) fn enter(&self) -> Option<Place> {
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        let place = Place(self.count.clone());
        (before < self.max).then_some(place)
    }

    /// Gives away the place of a request that has one, for as long as it only waits.
    pub(crate) fn aside(&self) -> Aside<'_> {
        self.count.fetch_sub(1, Ordering::Relaxed);
        Aside(&self.count)
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
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

    #[test]
    fn who_only_waits_takes_no_place() {
        let places = InFlight::new(1);
        let waits = places.enter();
        let aside = places.aside();
        assert!(waits.is_some() && places.enter().is_some());
        drop(aside);
        assert!(places.enter().is_none());
        drop(waits);
        assert_eq!(places.count(), 0);
    }
}

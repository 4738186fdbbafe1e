//! How much may wait to be written: beyond that, whoever appends is told at once that nothing was sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many commits may wait for their answers at a time, those under way included.
pub(crate) const COMMITS_MAX: usize = 16_384;

/// How many bytes they may hold together; one more is taken if nothing else waits.
pub(crate) const BYTES_MAX: usize = 64 << 20;

/// What waits.
#[derive(Debug, Default)]
pub(crate) struct Room {
    commits: AtomicUsize,
    bytes: AtomicUsize,
}

/// The place of one commit, as long as this lives.
#[derive(Debug)]
pub(crate) struct Place {
    room: Arc<Room>,
    bytes: usize,
}

impl Room {
    /// A place for so many bytes; none if too much waits.
    pub(crate) fn place(self: &Arc<Self>, bytes: usize) -> Option<Place> {
        // Counted first: of two that come at once, neither takes what the other has. Dropped, it is free again.
        let before = self.commits.fetch_add(1, Ordering::AcqRel);
        let held = self.bytes.fetch_add(bytes, Ordering::AcqRel);
        let place = Place { room: self.clone(), bytes };
        let fits = before < COMMITS_MAX && (held == 0 || held + bytes <= BYTES_MAX);
        fits.then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.commits.fetch_sub(1, Ordering::AcqRel);
        self.room.bytes.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_bytes_wait_than_may_and_each_place_is_given_back() {
        let room = Arc::new(Room::default());
        for _ in 0..3 {
            let one = room.place(BYTES_MAX - 1).expect("nothing waits");
            let other = room.place(1).expect("it fits");
            assert!(room.place(1).is_none());
            drop(other);
            drop(room.place(1).expect("a place is free"));
            drop(one);
        }
        assert!(room.place(2 * BYTES_MAX).is_some(), "what is larger by itself goes alone");
    }

    #[test]
    fn no_more_commits_wait_than_may() {
        let room = Arc::new(Room::default());
        let mut places: Vec<_> = (0..COMMITS_MAX).map(|_| room.place(1).expect("there is room")).collect();
        assert!(room.place(1).is_none());
        places.pop();
        assert!(room.place(1).is_some());
    }
}

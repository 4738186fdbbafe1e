//! How much may wait for the writer: beyond that, whoever appends is told at once that nothing was written.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use resit_event_log::AppendError;

use crate::Config;

/// What waits for the writer.
#[derive(Debug)]
pub(crate) struct Room {
    commits_max: usize,
    bytes_max: usize,
    commits: AtomicUsize,
    bytes: AtomicUsize,
}

/// The place of one commit. It is kept until the commit is answered, whether or not anybody still waits for that.
#[derive(Debug)]
pub(crate) struct Place {
    room: Arc<Room>,
    bytes: usize,
}

impl Room {
    pub(crate) fn new(config: &Config) -> Arc<Self> {
        Arc::new(Self {
            commits_max: config.queue_max,
            bytes_max: config.queue_bytes_max,
            commits: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
        })
    }

    /// A place for a commit of so many bytes. One that is larger than all the room is taken if nothing else waits.
    ///
    /// # Errors
    ///
    /// If too much waits.
    pub(crate) fn place(self: &Arc<Self>, bytes: usize) -> Result<Place, AppendError> {
        // Counted first: of two that come at once, neither takes what the other has. Dropped, it is free again.
        let commits = self.commits.fetch_add(1, Ordering::AcqRel);
        let held = self.bytes.fetch_add(bytes, Ordering::AcqRel);
        let place = Place { room: self.clone(), bytes };
        if commits < self.commits_max && (held == 0 || held + bytes <= self.bytes_max) {
            return Ok(place);
        }
        let reason = format!(
            "{commits} commits with {held} bytes wait for the disk; nothing was written, send it again with the same id"
        );
        Err(AppendError::Overloaded { reason })
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

    fn room(queue_max: usize, queue_bytes_max: usize) -> Arc<Room> {
        Room::new(&Config { queue_max, queue_bytes_max, ..Config::default() })
    }

    #[test]
    fn no_more_bytes_wait_than_may_and_each_place_is_given_back() {
        let room = room(100, 1_000);
        for _ in 0..3 {
            let one = room.place(999).unwrap();
            let other = room.place(1).unwrap();
            assert!(matches!(room.place(1), Err(AppendError::Overloaded { .. })));
            drop(other);
            drop(room.place(1).unwrap());
            drop(one);
        }
        assert!(room.place(2_000).is_ok(), "what is larger than the room goes alone");
    }

    #[test]
    fn no_more_commits_wait_than_may() {
        let room = room(3, 1_000);
        let mut places: Vec<_> = (0..3).map(|_| room.place(1).unwrap()).collect();
        assert!(room.place(1).is_err());
        places.pop();
        assert!(room.place(1).is_ok());
    }
}

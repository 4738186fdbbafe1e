//! How much may wait to be written: beyond that, an append is refused at once, and nothing of it is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::AppendError;

/// How many commits may wait for their answers at a time, unless a log is told otherwise.
pub const WAITING_MAX: usize = 16_384;

/// How many bytes they may hold together, unless a log is told otherwise.
pub const WAITING_BYTES_MAX: usize = 64 << 20;

/// Room for commits that wait for their answers, those that are being written included.
#[derive(Debug)]
pub struct Room {
    commits_max: usize,
    bytes_max: usize,
    commits: AtomicUsize,
    bytes: AtomicUsize,
}

/// The place of one commit. It is kept until the commit is answered, even if its caller has left.
#[derive(Debug)]
pub struct Place {
    room: Arc<Room>,
    bytes: usize,
}

impl Room {
    /// Room for so many commits, and for so many bytes of them.
    pub fn new(commits_max: usize, bytes_max: usize) -> Arc<Self> {
        Arc::new(Self { commits_max, bytes_max, commits: AtomicUsize::new(0), bytes: AtomicUsize::new(0) })
    }

    /// A place for a commit of so many bytes. One that is larger than all the room is taken if nothing else waits.
    ///
    /// # Errors
    ///
    /// [`AppendError::Overloaded`] if too much waits.
    pub fn place(self: &Arc<Self>, bytes: usize) -> Result<Place, AppendError> {
        let place = Place { room: self.clone(), bytes };
        let commits = self.commits.fetch_add(1, Ordering::AcqRel);
        let held = self.bytes.fetch_add(bytes, Ordering::AcqRel);
        // What does not fit gives its place back when it is dropped here.
        if commits < self.commits_max && (held == 0 || held + bytes <= self.bytes_max) {
            return Ok(place);
        }
        let reason = format!(
            "{commits} commits with {held} bytes wait to be written; nothing was written, send it again with the same id"
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

    #[test]
    fn bytes_are_bounded_and_come_free_again() {
        let room = Room::new(100, 1_000);
        for _ in 0..3 {
            let one = room.place(999).unwrap();
            let other = room.place(1).unwrap();
            assert!(matches!(room.place(1), Err(AppendError::Overloaded { .. })));
            drop(one);
            drop(room.place(1).unwrap());
            drop(other);
        }
        assert!(room.place(2_000).is_ok(), "what is larger than the room goes alone");
    }

    #[test]
    fn commits_are_bounded_too() {
        let room = Room::new(3, 1_000);
        let mut places: Vec<_> = (0..3).map(|_| room.place(1).unwrap()).collect();
        assert!(room.place(1).is_err());
        places.pop();
        assert!(room.place(1).is_ok());
    }
}

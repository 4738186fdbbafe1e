//! Pauses between tries, each twice as long as the one before, up to the longest.

use std::future::pending;
use std::time::Duration;

use tokio::time::timeout;

/// Pauses between tries.
pub(crate) struct Pauses {
    next: Duration,
    longest: Duration,
}

impl Pauses {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first, longest }
    }

    /// Waits for one.
    pub(crate) async fn next(&mut self) {
        drop(timeout(self.next, pending::<()>()).await);
        self.next = (self.next * 2).min(self.longest);
    }
}

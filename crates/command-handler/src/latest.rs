//! Which time it is: never an earlier one than what is on record.

use std::sync::atomic::Ordering;

use resit_domain::Timestamp;
use resit_event_log::Position;

use crate::{CommandHandler, Failure};

impl CommandHandler {
    /// Somebody else put something on record at `at`: what is judged and shown from now on is so by no earlier instant.
    pub fn note_recorded(&self, at: Timestamp) {
        self.latest.fetch_max(at.millis(), Ordering::Relaxed);
    }

    /// The later of the caller's time and the latest time on record: what is judged, and what is shown as it stands
    /// now, is so by the same instant.
    pub async fn not_before(&self, at: Timestamp) -> Result<Timestamp, Failure> {
        if self.latest.load(Ordering::Relaxed) == i64::MIN {
            let head = self.log.head().await?;
            let last = self.log.read(Position(head.0.saturating_sub(1)), 1).await?;
            let recorded_at = last.last().map_or(i64::MIN + 1, |record| record.recorded_at.millis());
            self.latest.fetch_max(recorded_at, Ordering::Relaxed);
        }
        let latest = Timestamp::from_millis(self.latest.load(Ordering::Relaxed));
        // Another process's clock may be ahead of this one's, and what it recorded just read.
        Ok([latest, self.states.recorded_at()].into_iter().flatten().fold(at, Timestamp::max))
    }
}

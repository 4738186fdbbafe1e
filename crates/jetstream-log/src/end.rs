//! Whether the log ends as it was written. A server that finds damage when it starts drops what stands behind it in the same file,
//! and goes on as if that had never been: of the last commit that is left, a part may be missing.

use std::time::Duration;

use resit_event_log::{Position, ReadError};
use tokio::time::interval;

use crate::damage::half;
use crate::shared::Shared;

/// How often, and how soon again, an end is looked at that is not whole: others may just be writing there.
const LOOKS_MAX: u32 = 10;
const AGAIN: Duration = Duration::from_millis(100);

impl Shared {
    /// Tells if the log ends in the middle of a commit.
    pub(crate) async fn ends_whole(&self, mut head: Position) -> Result<(), ReadError> {
        let mut pace = interval(AGAIN);
        for _ in 0..LOOKS_MAX {
            if head == Position::START {
                return Ok(());
            }
            // Of a marker there is always more to come.
            let last = self.message_at(head.0).await?;
            if last.is_some_and(|last| last.record.slice + 1 == last.record.slices) {
                return Ok(());
            }
            pace.tick().await;
            head = self.head_now().await?;
        }
        Err(half(head.0))
    }
}

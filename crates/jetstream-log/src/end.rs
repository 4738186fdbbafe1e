//! Whether the log ends as it was written. A server that finds damage when it starts drops what stands behind it in the same file,
//! and goes on as if that had never been: of the last commit that is left, a part may be missing.

use std::time::Duration;

use resit_event_log::{Position, ReadError};
use tokio::time::interval;

use crate::damage::half;
use crate::shared::Shared;

/// How often, and how soon again, it is looked whether a commit is whole by now: it may just be being written.
const LOOKS_MAX: u32 = 50;
const AGAIN: Duration = Duration::from_millis(100);

impl Shared {
    /// Tells if the log ends in the middle of a commit.
    pub(crate) async fn ends_whole(&self, head: Position) -> Result<(), ReadError> {
        if head == Position::START {
            return Ok(());
        }
        let missing = match self.message_at(head.0).await? {
            Some(last) => last.record.slices - 1 - last.record.slice,
            None => self.marker_at(head.0).await?.slices,
        };
        // A commit's messages follow each other.
        let end = head.0 + u64::from(missing);
        let (mut pace, mut reached) = (interval(AGAIN), head);
        for _ in 0..LOOKS_MAX {
            if reached.0 >= end {
                break;
            }
            pace.tick().await;
            reached = self.head_now().await?;
        }
        if reached.0 < end {
            return Err(half(head.0));
        }
        // Behind a part that was cut off, another commit begins.
        let last = self.message_at(end).await?;
        let is_last = last.is_some_and(|last| {
            last.record.slice + 1 == last.record.slices
                && last.record.position.0 - u64::from(last.record.slice) <= head.0 + 1
        });
        if is_last { Ok(()) } else { Err(half(head.0)) }
    }
}

//! How much one commit may hold. The same on every log, so that what one takes, all take.

use crate::{AppendError, Commit, EventData, Slice};

/// The most slices in one commit: JetStream takes 1,000 messages at once, of which one says that the command is on record.
pub const SLICES_MAX: usize = 999;
/// The most events in one slice.
pub const EVENTS_MAX: usize = 4096;
/// The most bytes in one commit, as [`Commit::content_bytes`] counts them: with names and headers it still is one message
/// of 8 MiB, and message brokers advise against more.
pub const COMMIT_BYTES_MAX: usize = (8 << 20) - (64 << 10);
/// What a slice or an event counts for besides its names and bodies: no less than its field names and numbers take.
pub const ITEM_BYTES: usize = 40;
/// The longest stream name, in bytes.
pub const STREAM_BYTES_MAX: usize = 200;
/// The longest event type, in bytes.
pub const KIND_BYTES_MAX: usize = 64;

impl Commit {
    /// Answers [`AppendError::Invalid`] if the commit breaks a limit. Every log asks this first.
    pub fn check(&self) -> Result<(), AppendError> {
        self.broken_limit().map_or(Ok(()), |reason| Err(AppendError::Invalid { reason }))
    }

    fn broken_limit(&self) -> Option<String> {
        if self.slices.is_empty() {
            return Some("it has no slices; put at least one event on one stream".into());
        }
        if self.slices.len() > SLICES_MAX {
            let count = self.slices.len();
            return Some(format!("it has {count} slices; split it into commits of at most {SLICES_MAX}"));
        }
        if let Some(reason) = self.slices.iter().find_map(Slice::broken_limit) {
            return Some(reason);
        }
        if let Some(stream) = self.stream_named_twice() {
            return Some(format!("stream {stream} stands in two slices; put its events into one"));
        }
        let bytes = self.content_bytes();
        (bytes > COMMIT_BYTES_MAX)
            .then(|| format!("it holds {bytes} bytes; split it into commits of at most {COMMIT_BYTES_MAX}"))
    }

    fn stream_named_twice(&self) -> Option<&str> {
        // Nearly every commit has one slice or a handful: no allocation for those.
        if self.slices.len() <= 8 {
            let twice = |n: usize| self.slices[..n].iter().any(|s| s.stream == self.slices[n].stream);
            return (1..self.slices.len()).find(|&n| twice(n)).map(|n| self.slices[n].stream.as_str());
        }
        let mut seen = std::collections::HashSet::with_capacity(self.slices.len());
        self.slices.iter().find(|s| !seen.insert(&s.stream)).map(|s| s.stream.as_str())
    }

    /// How many bytes of content the commit holds: bodies, names, and [`ITEM_BYTES`] for each slice and event.
    ///
    /// Its stored form is longer by some hundred bytes at most.
    pub fn content_bytes(&self) -> usize {
        let event = |event: &EventData| ITEM_BYTES + event.kind.len() + event.body.len();
        let slice = |slice: &Slice| {
            ITEM_BYTES + slice.stream.as_str().len() + slice.events.iter().map(event).sum::<usize>()
        };
        self.command_body.len() + self.slices.iter().map(slice).sum::<usize>()
    }
}

impl Slice {
    fn broken_limit(&self) -> Option<String> {
        let stream = &self.stream;
        if stream.as_str().is_empty() || stream.as_str().len() > STREAM_BYTES_MAX {
            let len = stream.as_str().len();
            return Some(format!("a stream name has {len} bytes; it must have 1 to {STREAM_BYTES_MAX}"));
        }
        if self.events.is_empty() {
            return Some(format!("the slice of {stream} has no events; leave the slice out"));
        }
        if self.events.len() > EVENTS_MAX {
            let count = self.events.len();
            return Some(format!(
                "the slice of {stream} has {count} events; split them, {EVENTS_MAX} at most"
            ));
        }
        let bad = self.events.iter().find(|e| e.kind.is_empty() || e.kind.len() > KIND_BYTES_MAX)?;
        let len = bad.kind.len();
        Some(format!("an event type on {stream} has {len} bytes; it must have 1 to {KIND_BYTES_MAX}"))
    }
}

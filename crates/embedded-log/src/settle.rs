//! Settles what the last write left in doubt: it is written again in place, and synced.
//!
//! After a failed sync, or a kill between a write and its sync, the page cache may hold bytes that the device never got; and
//! the system marks them as written, so that the next sync succeeds without them. Writing them again makes the system bring them to
//! the device, or say that it can't; reading them past the page cache shows whether it did.

use std::{fs::File, io, os::unix::fs::FileExt, path::PathBuf};

use resit_event_log::Position;

use crate::{
    OpenError,
    direct::is_on_device,
    directory::put_file,
    segment::{self, Cursor},
};

/// Bytes of a segment that a sync has not provably covered.
#[derive(Debug)]
pub(crate) struct InDoubt<'a> {
    pub(crate) path: PathBuf,
    /// The segment's first position.
    pub(crate) first: u64,
    /// The segment, as it was read.
    pub(crate) bytes: &'a [u8],
    /// Where the doubt begins.
    pub(crate) from: u64,
    /// The first position in doubt.
    pub(crate) position: u64,
    /// Where the segment's last frame, or its footer, ends.
    pub(crate) end: u64,
    /// The position after the last.
    pub(crate) next: u64,
}

impl<'a> InDoubt<'a> {
    /// The whole of a segment.
    pub(crate) fn whole(path: PathBuf, first: u64, bytes: &'a [u8], cursor: &Cursor) -> Self {
        Self { path, first, bytes, from: 0, position: first, end: cursor.offset, next: cursor.next }
    }

    /// Writes it again and makes it durable. What stands behind it, room or what was set aside, is cut off. Returns the
    /// segment's file.
    pub(crate) fn settle(&self) -> Result<File, OpenError> {
        self.write_again().map_err(|source| OpenError::InDoubt {
            segment: segment::file_name(self.first),
            from: self.from,
            to: self.end,
            position_before: Position(self.position - 1),
            last: Position(self.next - 1),
            source,
        })
    }

    fn write_again(&self) -> io::Result<File> {
        let file = File::options().read(true).write(true).open(&self.path)?;
        // The error of a write that was under way when the last process ended is reported once, to whoever syncs first.
        // It is about bytes that are written again now.
        if let Err(error) = file.sync_all() {
            tracing::warn!(file = %self.path.display(), %error, "what was written last had not reached the disk");
        }
        if file.metadata()?.len() > self.end {
            file.set_len(self.end)?;
        }
        let [from, end] = [self.from, self.end].map(|at| usize::try_from(at).expect("it was read"));
        let doubtful = &self.bytes[from..end];
        file.write_all_at(doubtful, self.from)?;
        file.sync_all()?;
        if is_on_device(&self.path, doubtful, self.from)? != Some(false) {
            return Ok(file);
        }
        // ext4 answers success, and does not note for blocks whose first write failed that they are written now.
        tracing::warn!(file = %self.path.display(), "what was written again is not on the disk; writing a new file");
        let file = put_file(&self.path, &self.bytes[..end])?;
        match is_on_device(&self.path, &self.bytes[..end], 0)? {
            Some(false) => Err(io::Error::other("the disk does not hold what it has acknowledged")),
            _ => Ok(file),
        }
    }
}

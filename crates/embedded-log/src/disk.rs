//! The end of the active segment, and what to think of the disk when it fails.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use resit_event_log::AppendError;

use crate::{
    directory::{Directory, sync_folder},
    segment::{Cursor, Footer, SegmentHeader},
};

/// The end of the active segment.
#[derive(Debug)]
pub(crate) struct Disk {
    file: Arc<File>,
    /// Behind the last durable frame.
    pub(crate) cursor: Cursor,
    /// Why nothing is written any more. After a failed sync the system may have dropped the bytes and yet answer
    /// the next one with success, so that nothing short of reading the file again tells what it holds.
    broken: Option<AppendError>,
    /// How many syncs records have cost.
    pub(crate) syncs: Arc<AtomicU64>,
}

impl Disk {
    pub(crate) fn new(file: Arc<File>, cursor: Cursor) -> Self {
        Self { file, cursor, broken: None, syncs: Arc::default() }
    }

    /// Writes frames behind the cursor and makes them durable. On an error the segment ends where it did before.
    pub(crate) fn write(&mut self, bytes: &[u8], behind: Cursor) -> Result<(), AppendError> {
        self.append(bytes)?;
        self.cursor = behind;
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), AppendError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        if let Err(error) = self.file.write_all_at(bytes, self.cursor.offset) {
            return Err(self.take_back(error));
        }
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.file.sync_data().map_err(|error| self.break_down("what was written could not be synced", error))
    }

    /// Ends the segment where it ended before a write that failed half way. A full disk is no more than that.
    fn take_back(&mut self, error: io::Error) -> AppendError {
        if let Err(error) = self.file.set_len(self.cursor.offset) {
            return self.break_down("a write failed half way and could not be taken back", error);
        }
        if is_full(&error) { full(error) } else { self.break_down("a write failed", error) }
    }

    fn break_down(&mut self, what: &str, error: io::Error) -> AppendError {
        let reason = format!("{what}; check the disk, then restart to read again what the log holds");
        let error = AppendError::Unavailable { reason, source: Some(Arc::new(error)) };
        self.broken = Some(error.clone());
        error
    }

    /// Closes the segment with a footer and begins the next one. The new file is there under a name of its own before
    /// the footer is, so that a disk without room for it leaves everything as it is.
    pub(crate) fn seal(&mut self, directory: &Directory) -> Result<(Footer, Arc<File>), AppendError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let (footer, header) = (self.cursor.footer(), self.cursor.following());
        let path = directory.segment(header.first);
        let unfinished = path.with_extension("seg.tmp");
        let begun = begin(&unfinished, header).map_err(|error| {
            drop(fs::remove_file(&unfinished));
            if is_full(&error) { full(error) } else { unavailable("the next segment can't be begun", error) }
        })?;
        if let Err(error) = self.append(&footer.encode()) {
            drop(fs::remove_file(&unfinished));
            return Err(error);
        }
        let named = fs::rename(&unfinished, &path).and_then(|()| sync_folder(&directory.log()));
        named.map_err(|error| self.break_down("the next segment could not be named", error))?;
        self.file = Arc::new(begun);
        self.cursor = Cursor::behind(header, self.cursor.recorded_at);
        Ok((footer, self.file.clone()))
    }
}

fn begin(path: &std::path::Path, header: SegmentHeader) -> io::Result<File> {
    let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    file.write_all_at(&header.encode(), 0)?;
    file.sync_all()?;
    Ok(file)
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

fn full(error: io::Error) -> AppendError {
    unavailable("the disk is full; make room, and the log goes on by itself", error)
}

fn unavailable(reason: &str, error: io::Error) -> AppendError {
    AppendError::Unavailable { reason: reason.to_owned(), source: Some(Arc::new(error)) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The end of an empty segment in a device that stands for a failing disk.
    fn disk(device: &str) -> Disk {
        let file = File::options().read(true).write(true).open(Path::new(device)).unwrap();
        Disk::new(Arc::new(file), Cursor::behind(SegmentHeader { first: 1, digest_before: 0 }, 0))
    }

    fn reason(disk: &mut Disk) -> String {
        let behind = Cursor { next: 2, ..disk.cursor };
        let before = disk.cursor;
        let error = disk.write(b"frame", behind).unwrap_err();
        assert_eq!(disk.cursor, before, "nothing became durable");
        let AppendError::Unavailable { reason, .. } = error else { panic!("{error}") };
        reason
    }

    #[test]
    fn after_a_failed_sync_nothing_is_written_any_more() {
        // It takes every write and refuses every sync.
        let mut disk = disk("/dev/null");
        assert!(
            reason(&mut disk)
                .starts_with("what was written could not be synced; check the disk, then restart")
        );
        disk.file = Arc::new(tempfile::tempfile().unwrap());
        assert!(
            reason(&mut disk).starts_with("what was written could not be synced"),
            "though the disk is well now"
        );
        assert_eq!(disk.file.metadata().unwrap().len(), 0);
        assert_eq!(disk.syncs.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_write_that_can_not_be_taken_back_ends_writing_too() {
        // It refuses every write as a full disk does, and can't be cut.
        let mut disk = disk("/dev/full");
        assert!(reason(&mut disk).starts_with("a write failed half way and could not be taken back"));
        disk.file = Arc::new(tempfile::tempfile().unwrap());
        assert!(reason(&mut disk).starts_with("a write failed half way"));
    }
}

//! The end of the active segment, and what to think of the disk when it fails.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use resit_event_log::AppendError;

use crate::{
    Config, Seed,
    directory::{Directory, sync_folder},
    segment::{Cursor, Footer, SegmentHeader},
    stop,
};

/// How much room is made at once.
const ROOM: &[u8] = &[0; 256 << 10];

/// The end of the active segment.
#[derive(Debug)]
pub(crate) struct Disk {
    file: Arc<File>,
    segment_bytes: u64,
    /// What the salts of new segments are made from.
    seed: Seed,
    /// The folder of the segments, while the mark of a clean stop is in it.
    marked: Option<PathBuf>,
    /// Where the file ends. Up to there it is room: a write into what was written before changes no more than bytes, and
    /// its sync takes half as long as one that the file grows by.
    room_to: u64,
    /// Behind the last durable frame.
    pub(crate) cursor: Cursor,
    /// Why nothing is written any more. After a failed sync the system may have dropped the bytes and yet answer
    /// the next one with success, and what is read may be in the page cache alone: the next open writes it again.
    broken: Option<AppendError>,
    /// How many syncs records have cost.
    pub(crate) syncs: Arc<AtomicU64>,
}

impl Disk {
    /// `marked` is the folder of the segments, if the mark of a clean stop is in it.
    pub(crate) fn new(file: Arc<File>, cursor: Cursor, config: &Config, marked: Option<PathBuf>) -> Self {
        // A wrong value costs time, nothing else.
        let room_to = file.metadata().map_or(cursor.offset, |file| file.len());
        let (segment_bytes, seed) = (config.segment_bytes, config.seed);
        Self { file, segment_bytes, seed, marked, room_to, cursor, broken: None, syncs: Arc::default() }
    }

    /// Writes frames behind the cursor and makes them durable. On an error the segment ends where it did before.
    pub(crate) fn write(&mut self, bytes: &[u8], behind: Cursor) -> Result<(), AppendError> {
        self.append(bytes, self.segment_bytes)?;
        self.cursor = behind;
        Ok(())
    }

    /// Makes bytes durable, and with them room for the next, up to where the file may grow.
    fn append(&mut self, bytes: &[u8], room_max: u64) -> Result<(), AppendError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        if let Some(log) = &self.marked {
            stop::clear(log).map_err(|error| {
                unavailable("the mark of the last stop can't be removed; check the disk", error)
            })?;
            self.marked = None;
        }
        if let Err(error) = self.file.write_all_at(bytes, self.cursor.offset) {
            return Err(self.take_back(error));
        }
        self.make_room(self.cursor.offset + bytes.len() as u64, room_max);
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.file.sync_data().map_err(|error| self.break_down("what was written could not be synced", error))
    }

    /// Makes room behind `end` if there is none left. A disk that has none to give is told of by the write that needs it.
    fn make_room(&mut self, end: u64, room_max: u64) {
        if end <= self.room_to {
            return;
        }
        let len = room_max.saturating_sub(end).min(ROOM.len() as u64);
        let zeros = &ROOM[..usize::try_from(len).expect("it is no longer than the zeros at hand")];
        let made = self.file.write_all_at(zeros, end);
        self.room_to = if made.is_ok() { end + len } else { end };
    }

    /// Ends the file with its last frame, and marks the log as stopped: nothing more is written, and all of it is durable.
    /// Without the mark the next open takes the last write to be in doubt, and that is all.
    pub(crate) fn stop(&mut self, directory: &Directory, first: u64) {
        if self.broken.is_some() || self.marked.is_some() {
            return;
        }
        let stop = || {
            self.file.set_len(self.cursor.offset)?;
            self.file.sync_all()?;
            // What another process put in its place is not to be marked.
            if directory.is_in_place()? && directory.has(std::iter::empty(), first, &self.file)? {
                stop::mark(&directory.log(), stop::End::of(first, &self.cursor))?;
            }
            Ok::<(), io::Error>(())
        };
        if let Err(error) = stop() {
            tracing::warn!(%error, "the log could not be marked as stopped");
        }
        self.room_to = self.cursor.offset;
    }

    /// Ends the segment where it ended before a write that failed half way. A full disk is no more than that.
    fn take_back(&mut self, error: io::Error) -> AppendError {
        if let Err(error) = self.file.set_len(self.cursor.offset) {
            return self.break_down("a write failed half way and could not be taken back", error);
        }
        self.room_to = self.cursor.offset;
        if is_full(&error) { full(error) } else { self.break_down("a write failed", error) }
    }

    fn break_down(&mut self, what: &str, error: io::Error) -> AppendError {
        let reason = format!(
            "{what}; check the disk, then restart: until the log is opened again nothing is written, and it opens only if \
             the disk takes again what is in doubt"
        );
        let error = AppendError::Unavailable { reason, source: Some(Arc::new(error)) };
        self.broken = Some(error.clone());
        error
    }

    /// Closes the segment with a footer and begins the next one. The new file is there, durably, under a name of its own
    /// before the footer is: a disk without room for it leaves everything as it is, and a footer without a file that
    /// follows tells that somebody removed it.
    pub(crate) fn seal(&mut self, directory: &Directory) -> Result<(Footer, Arc<File>), AppendError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let (footer, header) = (self.cursor.footer(), self.cursor.following(self.seed));
        let path = directory.segment(header.first);
        let unnamed = directory.unnamed(header.first);
        let begun = begin(&unnamed, header).map_err(|error| {
            drop(fs::remove_file(&unnamed));
            if is_full(&error) { full(error) } else { unavailable("the next segment can't be begun", error) }
        })?;
        if let Err(error) = self.append(&footer.encode(self.cursor.version), 0) {
            // The footer may be on disk all the same, if it is not known to be taken back.
            if self.broken.is_none() {
                drop(fs::remove_file(&unnamed));
            }
            return Err(error);
        }
        end_with(&self.file, footer)
            .map_err(|error| self.break_down("the end of a sealed segment could not be cut off", error))?;
        let named = fs::rename(&unnamed, &path).and_then(|()| sync_folder(&directory.log()));
        named.map_err(|error| self.break_down("the next segment could not be named", error))?;
        self.file = Arc::new(begun);
        self.cursor = Cursor::behind(header, self.cursor.recorded_at);
        self.room_to = self.cursor.offset;
        Ok((footer, self.file.clone()))
    }
}

/// Ends a sealed segment's file with its footer.
pub(crate) fn end_with(file: &File, footer: Footer) -> io::Result<()> {
    let end = footer.end();
    if file.metadata()?.len() > end {
        file.set_len(end)?;
        file.sync_all()?;
    }
    Ok(())
}

/// A new segment, whole and durable under a name that is not its own yet.
pub(crate) fn begin(path: &Path, header: SegmentHeader) -> io::Result<File> {
    let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    file.write_all_at(&header.encode(), 0)?;
    file.sync_all()?;
    sync_folder(path.parent().expect("a file stands in a folder"))?;
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
    use super::*;

    fn empty() -> Cursor {
        Cursor::behind(SegmentHeader::new(1, 0, Seed::default()), 0)
    }

    /// The end of an empty segment in a device that stands for a failing disk.
    fn disk(device: &str) -> Disk {
        let file = File::options().read(true).write(true).open(Path::new(device)).unwrap();
        Disk::new(Arc::new(file), empty(), &Config { segment_bytes: 4 << 20, ..Config::default() }, None)
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

    #[test]
    fn room_is_made_ahead_and_never_longer_than_the_segment() {
        let file = Arc::new(tempfile::tempfile().unwrap());
        let len = || file.metadata().unwrap().len();
        let config = Config { segment_bytes: 300 << 10, ..Config::default() };
        let mut disk = Disk::new(file.clone(), empty(), &config, None);
        let write = |disk: &mut Disk| {
            let behind = Cursor { offset: disk.cursor.offset + 100_000, ..disk.cursor };
            disk.write(&vec![1; 100_000], behind).unwrap();
        };
        write(&mut disk);
        assert_eq!(len(), 300 << 10, "there would have been more room, but for the segment's end");
        write(&mut disk);
        assert_eq!(len(), 300 << 10, "there was room for it");
        file.set_len(disk.cursor.offset).unwrap();
        disk.room_to = disk.cursor.offset;
        write(&mut disk);
        write(&mut disk);
        assert_eq!(len(), disk.cursor.offset, "what is longer than the segment takes no more than it needs");
    }
}

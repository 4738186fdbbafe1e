//! Opening a store; what can't be opened is dropped, for it can be rebuilt.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use crate::{
    CHECKPOINT, Checkpoint, DerivedStore, Fault, Live, Opened, guarded, open_sled, remove, row, sheet,
};

const CACHE_BYTES: u64 = 64 << 20;

/// Two of sled's segments.
const ROOM_BYTES: usize = 1 << 20;

impl DerivedStore {
    /// Opens the store in a folder, or makes one there. One that is damaged is dropped: its checkpoint is then 0, and
    /// the second value says why.
    ///
    /// # Errors
    ///
    /// If the disk is full, or can't be used for another reason: then what is there stays.
    pub fn open(folder: &Path) -> Result<(Self, Option<String>), Fault> {
        let (opened, dropped) = open_or_make(folder)?;
        // Whoever has the store open is the only one who may have others beside it.
        remove_scratch(folder)?;
        Ok((Self::of(folder.to_owned(), opened, None), dropped))
    }

    /// A store that goes when it is closed.
    pub fn temporary() -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        let opened = open_sled(folder.path(), CACHE_BYTES)?;
        Ok(Self::of(folder.path().to_owned(), opened, Some(folder)))
    }

    /// An empty store in a folder beside this one's, that goes when it is closed. If its process is killed, the folder goes
    /// when this store is opened again.
    pub fn beside(&self) -> Result<Self, Fault> {
        let prefix = scratch_prefix(&self.folder);
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(around(&self.folder))?;
        let opened = open_sled(folder.path(), CACHE_BYTES)?;
        Ok(Self::of(folder.path().to_owned(), opened, Some(folder)))
    }

    fn of(folder: PathBuf, opened: Opened, temporary: Option<TempDir>) -> Self {
        let first = guarded(|| Ok(opened.db.range([sheet::SHEETS]..).next().transpose()?));
        // What can't be read is told to whoever reads it.
        let there = first.map_or(true, |row| row.is_some_and(|(name, _)| sheet::first(&name).is_some()));
        Self { folder, live: Live::of(opened), sheets: AtomicBool::new(there), temporary }
    }

    /// Opens a store that has failed once more: after a write that failed sled refuses everything, though the disk is well
    /// again. While there is no room, nothing is touched.
    pub(crate) fn mend(&self) -> Result<(), Fault> {
        if !self.live.has_failed() {
            return Ok(());
        }
        is_writable(&self.folder)?;
        // What the disk holds may be older than what was cleared.
        self.sheets.store(true, Ordering::Release);
        self.live.again(|| Ok(open_or_make(&self.folder)?.0))?;
        tracing::warn!(folder = %self.folder.display(), "a derived store that had failed is open again");
        Ok(())
    }
}

/// What is in a folder, or a new store in its place, and why that had to be.
fn open_or_make(folder: &Path) -> Result<(Opened, Option<String>), Fault> {
    match open_whole(folder) {
        Ok(opened) => Ok((opened, None)),
        Err(fault @ Fault::Disk { .. }) => Err(fault),
        Err(Fault::Damaged { reason }) => {
            // On a full disk sled finds faults with its files that are none.
            is_writable(folder)?;
            tracing::warn!(folder = %folder.display(), reason, "a derived store is dropped and will be rebuilt");
            remove(folder)?;
            Ok((open_whole(folder)?, Some(reason)))
        }
    }
}

/// The folder that a folder is in.
fn around(folder: &Path) -> &Path {
    folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What the names of folders begin with that stores beside a store are in.
fn scratch_prefix(folder: &Path) -> String {
    format!("{}.scratch-", folder.file_name().unwrap_or_default().to_string_lossy())
}

/// Removes stores beside a store that a killed process left.
fn remove_scratch(folder: &Path) -> io::Result<()> {
    let prefix = scratch_prefix(folder);
    for entry in fs::read_dir(around(folder))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn open_whole(folder: &Path) -> Result<Opened, Fault> {
    let opened = open_sled(folder, CACHE_BYTES)?;
    let checkpoint = guarded(|| Ok(opened.db.get(CHECKPOINT)?))?;
    checkpoint.map(|stored| Checkpoint::read(&row::open(CHECKPOINT, &stored)?)).transpose()?;
    Ok(opened)
}

/// Writes as much beside a folder as sled needs to begin with, and takes it away again.
///
/// # Errors
///
/// If that can't be done: then what is in the folder is not to be judged, and nothing can be put in its place.
pub fn is_writable(folder: &Path) -> io::Result<()> {
    let trial = folder.with_extension("room");
    let written = fs::write(&trial, vec![1; ROOM_BYTES]);
    let removed = fs::remove_file(&trial);
    written.and(removed)
}

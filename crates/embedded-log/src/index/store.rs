//! The index on disk, in sled, which is trusted with nothing: see the traps in each step.

use std::{
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use super::{Kind, LiveIndex, NameHash, Summary, bucket, row, row::RowKind};

/// The index could not be asked: rebuild what was wanted from the segments.
#[derive(Debug, Clone)]
pub(crate) struct IndexFault(pub(crate) String);

/// The index of all sealed segments.
#[derive(Debug)]
pub(crate) struct IndexStore {
    db: sled::Db,
    /// sled's own file, a second time: its flush does not reach the disk (it ends in `sync_file_range`).
    file: File,
}

impl IndexStore {
    /// Opens the index in a directory, or makes one there.
    pub(crate) fn open(directory: &Path) -> Result<Self, IndexFault> {
        remove_unfinished_snapshots(directory).map_err(|error| IndexFault(error.to_string()))?;
        guarded(|| {
            // Flushing is done by hand, once for each sealed segment.
            let config = sled::Config::new().path(directory).cache_capacity(32 << 20).flush_every_ms(None);
            let db = config.open()?;
            let file = File::open(directory.join("db"))?;
            Ok(Self { db, file })
        })
    }

    /// Stores the indexes of segments with their digests, and returns when they are on disk.
    pub(crate) fn put<'a>(
        &self,
        indexes: impl Iterator<Item = (&'a LiveIndex, u32)>,
    ) -> Result<Vec<Summary>, IndexFault> {
        let (summaries, rows): (Vec<_>, Vec<_>) =
            indexes.map(|(index, digest)| Summary::of(index, digest)).unzip();
        guarded(|| {
            for (key, value) in rows.into_iter().flatten() {
                self.db.insert(key, value)?;
            }
            self.db.flush()?;
            Ok(self.file.sync_data()?)
        })?;
        Ok(summaries)
    }

    /// The summary of a segment's index; `None` if it is missing, damaged, or of other bytes.
    pub(crate) fn summary(&self, first: u64, digest: u32) -> Result<Option<Summary>, IndexFault> {
        Summary::load(first, digest, |kind, number| self.row(first, kind, number))
    }

    /// The frames that may hold records of a name in a segment, oldest first.
    pub(crate) fn offsets(
        &self,
        first: u64,
        summary: &Summary,
        kind: Kind,
        name: NameHash,
    ) -> Result<Vec<u32>, IndexFault> {
        if !summary.may_hold(name) {
            return Ok(Vec::new());
        }
        let (row, number) = summary.row_of(kind, name);
        match self.row(first, row, number)? {
            Some(bucket) => Ok(bucket::offsets(&bucket, name)),
            None => Err(IndexFault(format!("row {number} of the segment's index is missing or damaged"))),
        }
    }

    /// Whether a segment's index is on disk exactly as it would be written now.
    pub(crate) fn agrees(&self, index: &LiveIndex, digest: u32) -> Result<bool, IndexFault> {
        let (_, rows) = Summary::of(index, digest);
        guarded(|| {
            for (key, value) in rows {
                if self.db.get(key)?.is_none_or(|stored| stored != value) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    fn row(&self, first: u64, kind: RowKind, number: u16) -> Result<Option<Vec<u8>>, IndexFault> {
        let key = row::key(first, kind, number);
        let stored = guarded(|| Ok(self.db.get(key)?))?;
        Ok(stored.and_then(|stored| row::open(&key, &stored).map(<[u8]>::to_vec)))
    }
}

/// Removes the whole index, which is then rebuilt at the next open.
pub(crate) fn remove(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => fs::remove_file(directory),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A process killed while sled wrote its snapshot leaves a half of it, on which sled panics for ever after.
fn remove_unfinished_snapshots(directory: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let unfinished = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "generating");
    paths?.into_iter().filter(unfinished).try_for_each(fs::remove_file)
}

/// Runs code of sled's, which answers damage with a panic as often as with an error.
fn guarded<T>(run: impl FnOnce() -> Result<T, Box<dyn std::error::Error>>) -> Result<T, IndexFault> {
    let outcome = catch_unwind(AssertUnwindSafe(run));
    let reason = match outcome {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(text), _) => (*text).to_owned(),
            (_, Some(text)) => text.clone(),
            _ => "the index store panicked".to_owned(),
        },
    };
    Err(IndexFault(reason))
}

//! The index on disk, in sled, which is trusted with nothing: see the traps in each step.

use std::path::Path;

use resit_derived_store::{Fault, Opened, guarded, open_sled};

use super::{Kind, LiveIndex, NameHash, Summary, bucket, row, row::RowKind};

/// The index could not be asked: rebuild what was wanted from the segments.
#[derive(Debug, Clone)]
pub(crate) struct IndexFault(pub(crate) String);

impl From<Fault> for IndexFault {
    fn from(fault: Fault) -> Self {
        Self(fault.reason().to_owned())
    }
}

/// How a segment's index on disk stands to the segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// It is the segment's.
    Equal,
    /// There is none, or one that an earlier release made.
    Absent,
    /// It is damaged, or another segment's.
    Different,
}

const CACHE_BYTES: u64 = 32 << 20;

/// The index of all sealed segments.
#[derive(Debug)]
pub(crate) struct IndexStore {
    sled: Opened,
}

impl IndexStore {
    /// Opens the index in a directory, or makes one there. It is flushed by hand, once for each sealed segment.
    pub(crate) fn open(directory: &Path) -> Result<Self, IndexFault> {
        Ok(Self { sled: open_sled(directory, CACHE_BYTES)? })
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
                self.sled.db.insert(key, value)?;
            }
            self.sled.db.flush()?;
            Ok(self.sled.file.sync_data()?)
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

    /// How a segment's index on disk stands to what would be written now.
    pub(crate) fn agreement(&self, index: &LiveIndex, digest: u32) -> Result<Agreement, IndexFault> {
        let (_, rows) = Summary::of(index, digest);
        guarded(|| {
            let mut agreement = Agreement::Equal;
            for (key, value) in rows {
                let stored = self.sled.db.get(key)?;
                if stored.as_ref().is_some_and(|stored| *stored == value) {
                    continue;
                }
                agreement = Agreement::Different;
                // The summary's row is stored with the others, and without it they are not looked at.
                if key == Summary::key(index.first())
                    && stored.is_none_or(|row| Summary::is_older(&key, &row))
                {
                    agreement = Agreement::Absent;
                }
            }
            Ok(agreement)
        })
        .map_err(IndexFault::from)
    }

    fn row(&self, first: u64, kind: RowKind, number: u16) -> Result<Option<Vec<u8>>, IndexFault> {
        let key = row::key(first, kind, number);
        let stored = guarded(|| Ok(self.sled.db.get(key)?))?;
        Ok(stored.and_then(|stored| row::open(&key, &stored).map(<[u8]>::to_vec)))
    }
}

/// Removes the whole index, which is then rebuilt at the next open.
pub(crate) use resit_derived_store::remove;

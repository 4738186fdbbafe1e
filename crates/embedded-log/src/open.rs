//! Opening: the folder, the segments, the index.

use std::{path::Path, sync::Arc};

use resit_derived_store::is_writable;
use resit_event_log::Position;

use crate::{
    Config, OpenError, OpenReport,
    active::Active,
    check::{BEGINNING, check_sealed},
    directory::Directory,
    disk::Disk,
    files::Files,
    format::{self, Mark},
    index::{self, IndexFault, IndexStore, LiveIndex},
    indexer,
    recover::{Recovered, first_segment, read_segment, recover},
    sealed::{Sealed, SealedIndex},
    segment::Footer,
    shared::Shared,
    stop,
};

/// A log that is ready to run.
pub(crate) struct Opened {
    pub(crate) shared: Shared,
    pub(crate) disk: Disk,
    pub(crate) report: OpenReport,
}

pub(crate) fn open(folder: &Path, config: &Config) -> Result<Opened, OpenError> {
    let directory = Directory::lock(folder)?;
    let firsts = directory.segments()?;
    if format::check(&directory, firsts.is_empty())? == Mark::None {
        first_segment(&directory, config.seed)?;
        format::write(&directory)?;
    }
    let Recovered { sealed, active, torn, is_stopped } = recover(&directory, &firsts, config.seed)?;
    if !is_stopped {
        // One that names another end would make the log look damaged after the next crash.
        stop::clear(&directory.log()).map_err(OpenError::io("remove", &stop::path(&directory.log())))?;
    }
    format::raise(&directory)?;
    directory.tidy()?;
    let Indexed { store, sealed, lost, anew } = indexed(&directory, &sealed)?;

    let cursor = active.cursor;
    let head = Position(cursor.next - 1);
    let report =
        OpenReport { head, segments: sealed.len() + 1, torn, index_lost: lost, segments_indexed: anew };
    let file = Arc::new(active.file);
    let mark = is_stopped.then(|| directory.log());
    let disk = Disk::new(file.clone(), cursor, config, mark);
    let active = Active::new(file, active.index, cursor, config.segment_bytes);
    let shared = Shared::new(directory, store, Files::new(config.open_files_max), active, sealed, head);
    Ok(Opened { shared, disk, report })
}

/// All sealed segments, each with its index.
struct Indexed {
    store: IndexStore,
    sealed: Vec<Arc<Sealed>>,
    /// Why the whole index was thrown away, if it was.
    lost: Option<String>,
    /// How many segments were indexed anew.
    anew: usize,
}

/// Opens the index; throws it away and begins another if it fails in any way.
fn indexed(directory: &Directory, segments: &[(u64, Footer)]) -> Result<Indexed, OpenError> {
    let path = directory.index();
    let opened = IndexStore::open(&path).and_then(|store| {
        let sealed = find_indexes(&store, segments)?;
        Ok((store, sealed))
    });
    let (store, sealed, lost) = match opened {
        Ok((store, sealed)) => (store, sealed, None),
        Err(IndexFault(reason)) => {
            // A full disk is no reason to throw away what could not be read for it.
            is_writable(&path).map_err(OpenError::io("write beside", &path))?;
            tracing::warn!(reason, "the index can't be read; it is made anew from the segments");
            index::remove(&path).map_err(OpenError::io("remove", &path))?;
            let store = IndexStore::open(&path).map_err(|IndexFault(again)| {
                OpenError::io("create the index in", &path)(std::io::Error::other(again))
            })?;
            (store, segments.iter().map(|_| None).collect(), Some(reason))
        }
    };
    let (sealed, unindexed) = with_indexes(directory, segments, sealed)?;
    if !unindexed.is_empty() {
        tracing::warn!(segments = unindexed.len(), "segments without a sound index were indexed anew");
        indexer::store(&store, &unindexed);
    }
    Ok(Indexed { store, sealed, lost, anew: unindexed.len() })
}

/// What the store has of each segment's index.
fn find_indexes(
    store: &IndexStore,
    segments: &[(u64, Footer)],
) -> Result<Vec<Option<SealedIndex>>, IndexFault> {
    let find = |(first, footer): &(u64, Footer)| {
        let summary = store.summary(*first, footer.digest)?;
        Ok(summary.map(|summary| SealedIndex::Stored(Arc::new(summary))))
    };
    segments.iter().map(find).collect()
}

type Segments = Vec<Arc<Sealed>>;

/// Joins segments and indexes. What has none is indexed anew, and named by the second list.
fn with_indexes(
    directory: &Directory,
    segments: &[(u64, Footer)],
    indexes: Vec<Option<SealedIndex>>,
) -> Result<(Segments, Segments), OpenError> {
    let mut sealed = Vec::with_capacity(segments.len());
    let mut unindexed = Vec::new();
    let mut before = BEGINNING;
    for ((first, footer), found) in segments.iter().zip(indexes) {
        let is_indexed = found.is_some();
        let index = match found {
            Some(index) => index,
            None => SealedIndex::Live(Arc::new(index_of(directory, *first, before)?)),
        };
        let segment = Arc::new(Sealed::new(*first, *footer, index));
        if !is_indexed {
            unindexed.push(segment.clone());
        }
        sealed.push(segment);
        before = *footer;
    }
    Ok((sealed, unindexed))
}

fn index_of(directory: &Directory, first: u64, before: Footer) -> Result<LiveIndex, OpenError> {
    let bytes = read_segment(&directory.segment(first))?;
    let mut index = LiveIndex::new(first);
    let see = |offset, header: &_, payload: &_| index.insert_payload(offset, header, payload);
    // Without an index nobody could tell which streams the damaged part belongs to.
    check_sealed(first, &bytes, before, see).map_err(|(_, damage)| OpenError::Damaged(damage))?;
    Ok(index)
}

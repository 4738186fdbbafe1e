//! Opening: the folder, the segments, the index.

use std::{path::Path, sync::Arc};

use resit_event_log::Position;

use crate::{
    Config, OpenError, OpenReport,
    active::Active,
    check::{BEGINNING, check_sealed},
    directory::Directory,
    disk::Disk,
    files::Files,
    format,
    index::{IndexStore, LiveIndex},
    indexer,
    recover::{Recovered, read_segment, recover},
    sealed::{Sealed, SealedIndex},
    segment::Footer,
    shared::Shared,
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
    format::check(&directory, firsts.is_empty())?;
    let Recovered { sealed, active, torn } = recover(&directory, &firsts)?;

    let path = directory.index();
    let (store, index_lost) = IndexStore::open(&path).map_err(OpenError::io("open the index in", &path))?;
    if let Some(reason) = &index_lost {
        tracing::warn!(reason, "the index can't be opened; it is made anew from the segments");
    }
    let cursor = active.cursor;
    let head = Position(cursor.next - 1);
    let segments = sealed.len() + 1;
    let (sealed, unindexed) = with_indexes(&directory, &store, &sealed)?;
    let file = Arc::new(active.file);
    let disk = Disk::new(file.clone(), cursor);
    let active = Active::new(file, active.index, cursor, config.segment_bytes);
    let shared = Shared::new(directory, store, Files::new(config.open_files_max), active, sealed, head);
    let report = OpenReport { head, segments, torn, index_lost, segments_indexed: unindexed.len() };
    if !unindexed.is_empty() {
        tracing::warn!(segments = unindexed.len(), "segments without a sound index were indexed anew");
        indexer::store(&shared, &unindexed);
    }
    Ok(Opened { shared, disk, report })
}

/// Finds the index of each sealed segment, or makes it anew; the second list names the latter.
#[expect(clippy::type_complexity, reason = "two lists of the same")]
fn with_indexes(
    directory: &Directory,
    store: &IndexStore,
    segments: &[(u64, Footer)],
) -> Result<(Vec<Arc<Sealed>>, Vec<Arc<Sealed>>), OpenError> {
    let mut sealed = Vec::with_capacity(segments.len());
    let mut unindexed = Vec::new();
    let mut before = BEGINNING;
    for (first, footer) in segments {
        // A store that answers with an error has no index for us either.
        let stored = store.summary(*first, footer.digest).ok().flatten();
        let index = match stored {
            Some(summary) => SealedIndex::Stored(Arc::new(summary)),
            None => SealedIndex::Live(Arc::new(index_of(directory, *first, before)?)),
        };
        let segment = Arc::new(Sealed::new(*first, *footer, index));
        if matches!(segment.index(), SealedIndex::Live(_)) {
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

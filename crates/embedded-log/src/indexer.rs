//! The thread that brings the indexes of sealed segments to disk, behind the writer's back.

use std::sync::{Arc, mpsc::Receiver};

use crate::{
    index::{IndexFault, IndexStore},
    sealed::{Sealed, SealedIndex},
    segment,
    shared::Shared,
};

/// Stores indexes until no more segments can come.
pub(crate) fn run(shared: &Shared, sealed: &Receiver<Arc<Sealed>>) {
    while let Ok(first) = sealed.recv() {
        let segments: Vec<_> = std::iter::once(first).chain(sealed.try_iter()).collect();
        store(&shared.store, &segments);
    }
}

/// Stores the indexes of segments, and takes them out of memory when they are on disk.
pub(crate) fn store(store: &IndexStore, segments: &[Arc<Sealed>]) {
    let live: Vec<_> = segments
        .iter()
        .filter_map(|segment| match segment.index() {
            SealedIndex::Live(index) => Some((segment, index)),
            SealedIndex::Stored(_) => None,
        })
        .collect();
    let indexes = live.iter().map(|(segment, index)| (&**index, segment.footer.digest));
    match store.put(indexes) {
        Ok(summaries) => {
            for ((segment, _), summary) in live.iter().zip(summaries) {
                segment.set_index(SealedIndex::Stored(Arc::new(summary)));
            }
        }
        Err(IndexFault(reason)) => {
            let segments: Vec<_> =
                live.iter().map(|(segment, _)| segment::file_name(segment.first)).collect();
            tracing::warn!(?segments, reason, "the index can't be stored; it stays in memory");
        }
    }
}

//! The index at open: what is stored of it, and what is made anew, one segment after the other.

use std::sync::Arc;

use crate::{
    OpenError,
    check::{BEGINNING, check_sealed},
    directory::Directory,
    index::{Covered, Entry, Filter, IndexFault, IndexStore, Marking, Run, collect},
    recover::read_segment,
    reread::number_in,
    sealed::{Sealed, SealedIndex, SealedSet},
    segment::{Footer, FrameHeader, file_name},
};

/// How many entries are stored at once: small segments share a run from the beginning.
pub(crate) const ENTRIES_AT_ONCE: usize = 1 << 18;

/// All sealed segments, each with its index.
pub(crate) struct Indexed {
    pub(crate) store: IndexStore,
    pub(crate) sealed: SealedSet,
    /// Why some of the index was thrown away, if it was.
    pub(crate) lost: Option<String>,
    /// How many segments were indexed anew.
    pub(crate) anew: usize,
}

/// Takes the index that is stored, and makes what is missing of it: a segment at a time, whose memory is given back before
/// the next, and stored at once, so that whoever is killed on the way goes on from there.
pub(crate) fn indexed(
    directory: &Directory,
    segments: &[(u64, Footer)],
    stop: &dyn Fn() -> bool,
) -> Result<Indexed, OpenError> {
    let store = IndexStore::new(directory.index());
    let found = store.find(segments);
    if let Some(reason) = found.lost.first() {
        tracing::warn!(reason, "a part of the index can't be used; it is made anew from the segments");
    }
    let missing = segments.len() - found.runs.iter().map(|run| run.covered().len()).sum::<usize>();
    if missing > 0 {
        tracing::warn!(segments = missing, "segments without a sound index are indexed anew");
    }
    let mut making =
        Making { directory, store: &store, stop, sealed: SealedSet::default(), group: Group::default() };
    let (mut found_runs, mut number) = (found.runs.into_iter().peekable(), 0);
    while number < segments.len() {
        if let Some(run) = found_runs.next_if(|run| run.first() == number) {
            making.store_group()?;
            number = run.end();
            making.add(run.clone(), &segments[run.first()..number]);
        } else {
            let before = number.checked_sub(1).map_or(BEGINNING, |before| segments[before].1);
            making.index(number, segments[number], before)?;
            number += 1;
        }
    }
    making.store_group()?;
    let sealed = making.sealed;
    Ok(Indexed { store, sealed, lost: found.lost.into_iter().next(), anew: missing })
}

/// The index in the making: segments are added in their order.
struct Making<'a> {
    directory: &'a Directory,
    store: &'a IndexStore,
    stop: &'a dyn Fn() -> bool,
    sealed: SealedSet,
    group: Group,
}

/// Segments that were indexed and are not stored yet.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) segments: Vec<(u64, Footer)>,
    pub(crate) covered: Vec<Covered>,
    pub(crate) entries: Vec<Entry>,
}

impl Making<'_> {
    fn add(&mut self, run: Arc<Run>, segments: &[(u64, Footer)]) {
        for (segment, covered) in segments.iter().zip(run.covered()) {
            self.push(*segment, SealedIndex::Stored(covered.waypoints.clone()));
        }
        self.sealed.runs.push(run);
    }

    fn push(&mut self, (first, footer): (u64, Footer), index: SealedIndex) {
        self.sealed.segments.push(Arc::new(Sealed { first, footer, index }));
    }

    fn index(&mut self, number: usize, segment: (u64, Footer), before: Footer) -> Result<(), OpenError> {
        if (self.stop)() {
            self.store_group()?;
            return Err(OpenError::Stopped);
        }
        let (first, footer) = segment;
        let bytes = read_segment(&self.directory.segment(first))?;
        let mut marking = Marking::default();
        let entries = &mut self.group.entries;
        let see = |offset, header: &FrameHeader, payload: &_| {
            marking.pass(number_in(first, header.first), offset);
            collect(entries, number, offset, header, payload)
        };
        // Without an index nobody could tell which streams the damaged part belongs to.
        check_sealed(first, &bytes, before, see).map_err(|(_, damage)| OpenError::Damaged(damage))?;
        drop(bytes);
        tracing::info!(segment = file_name(first), "indexed");
        self.group.segments.push(segment);
        let waypoints = marking.done();
        self.group.covered.push(Covered { first, last: footer.last, digest: footer.digest, waypoints });
        if self.group.entries.len() >= ENTRIES_AT_ONCE { self.store_group() } else { Ok(()) }
    }

    /// Stores what was indexed, and merges runs as far as they are due. What can't be stored is let go of: it is read again
    /// where it is asked for, and the indexer's thread tries to store it.
    fn store_group(&mut self) -> Result<(), OpenError> {
        let Group { segments, covered, mut entries } = std::mem::take(&mut self.group);
        if segments.is_empty() {
            return Ok(());
        }
        let first = self.sealed.segments.len();
        match self.store.put(first, &covered, &mut entries, &self.sealed.runs) {
            Ok(run) => self.add(run, &segments),
            Err(IndexFault(reason)) => {
                tracing::warn!(reason, "the index can't be stored");
                let filters = filters(first, segments.len(), &entries);
                for ((segment, covered), filter) in segments.into_iter().zip(covered).zip(filters) {
                    self.push(segment, SealedIndex::Thin(Arc::new(filter), covered.waypoints));
                }
            }
        }
        drop(entries);
        while let Some(at) = IndexStore::due(&self.sealed.runs) {
            match self.store.merged(&self.sealed.runs, at, self.stop) {
                Ok(Some(runs)) => {
                    IndexStore::remove_replaced(&self.sealed.runs, &runs);
                    self.sealed.runs = runs;
                }
                Ok(None) => return Err(OpenError::Stopped),
                // The indexer's thread tries again, and reports it.
                Err(IndexFault(_)) => break,
            }
        }
        Ok(())
    }
}

/// A filter for each of so many segments.
pub(crate) fn filters(first: usize, segments: usize, entries: &[Entry]) -> Vec<Filter> {
    let mut counts = vec![0; segments];
    for entry in entries {
        counts[entry.place.segment() - first] += 1;
    }
    let mut filters: Vec<_> = counts.into_iter().map(Filter::for_names).collect();
    for entry in entries {
        filters[entry.place.segment() - first].insert(entry.name);
    }
    filters
}

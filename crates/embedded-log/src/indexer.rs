//! The thread that brings the indexes of sealed segments to disk, off the writer's path, and merges runs.
//!
//! A pass takes no input: it does what there is to do. One is made when a segment was sealed, when a run was found damaged,
//! when the log can be written again, and after a while when the last one failed.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use resit_event_log::ReadError;

use crate::{
    index::{Covered, Entry, IndexFault, IndexStore, Marking, Run},
    indexing::ENTRIES_AT_ONCE,
    reread::read_entries,
    sealed::{Sealed, SealedIndex, SealedSet},
    shared::Shared,
};

/// After a failure it is tried again so soon, and twice as late after each further one.
const RETRY_MIN: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_mins(1);

/// Stores indexes until no more segments can come.
pub(crate) fn run(shared: &Shared, nudges: &Receiver<()>) {
    let _ending = Ending(shared);
    let mut retry = RETRY_MIN;
    let mut waits_for = nudges.recv_timeout(Duration::ZERO);
    loop {
        let is_last = waits_for == Err(RecvTimeoutError::Disconnected);
        // One pass does what many nudges ask for.
        while nudges.try_recv().is_ok() {}
        let is_done = pass_reported(shared);
        if is_last {
            return;
        }
        waits_for = if is_done {
            retry = RETRY_MIN;
            nudges.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            let waited = nudges.recv_timeout(retry);
            retry = (retry * 2).min(RETRY_MAX);
            waited
        };
    }
}

/// Makes a pass, and reports whether it did all that there was to do.
fn pass_reported(shared: &Shared) -> bool {
    let passed = catch_unwind(AssertUnwindSafe(|| pass(shared)));
    let reason = match passed {
        Ok(Ok(())) => None,
        Ok(Err(IndexFault(reason))) => Some(reason),
        Err(_) => Some("a bug in this program, which is in its log".to_owned()),
    };
    let fault = reason.map(|reason| {
        let segments = shared.sealed().unstored().count();
        format!(
            "the log's index can't be stored ({reason}); {segments} segments wait for it, and lookups in them are slow. \
             Make room, or see to the folder `index`: it is tried again by itself"
        )
    });
    let is_done = fault.is_none();
    shared.note_index_fault(fault);
    is_done
}

fn pass(shared: &Shared) -> Result<(), IndexFault> {
    mend(shared)?;
    while store_next(shared)? {}
    while !shared.is_closing() && merge_next(shared)? {}
    Ok(())
}

/// Stores the index of the oldest segments that are in no run. Returns whether there were any.
fn store_next(shared: &Shared) -> Result<bool, IndexFault> {
    let set = shared.sealed();
    let Some(first) = set.unstored().next() else { return Ok(false) };
    let is_unstored = |segment: &&Arc<Sealed>| !matches!(segment.index, SealedIndex::Stored(_));
    let end = first + set.segments[first..].iter().take_while(is_unstored).count();
    let run = store(shared, &set, first, end)?;
    shared.update_sealed(|set| {
        let mut runs = set.runs.clone();
        let at = runs.partition_point(|other| other.first() < run.first());
        runs.insert(at, run);
        set.with_runs(runs)
    });
    shared.reread.forget();
    Ok(true)
}

/// Stores a run of segments from number `first` on: as many as go into one, and none from `end` on.
fn store(shared: &Shared, set: &SealedSet, first: usize, end: usize) -> Result<Arc<Run>, IndexFault> {
    let (mut covered, mut entries) = (Vec::new(), Vec::new());
    for number in first..end {
        let (more, segment) = index_of(shared, number, &set.segments[number])?;
        entries.extend(more);
        covered.push(segment);
        if entries.len() >= ENTRIES_AT_ONCE {
            break;
        }
    }
    shared.store.put(first, &covered, &mut entries, &set.runs)
}

/// The index of a segment: from memory if it is there, else from the segment.
fn index_of(shared: &Shared, number: usize, segment: &Sealed) -> Result<(Vec<Entry>, Covered), IndexFault> {
    let SealedIndex::Live(index) = &segment.index else {
        return read_entries(&shared.directory, number, segment)
            .map_err(|error: ReadError| IndexFault(error.to_string()));
    };
    let mut marking = Marking::default();
    (0..).zip(index.offsets()).for_each(|(number, offset)| marking.pass(number, offset));
    let Sealed { first, footer, .. } = *segment;
    let covered = Covered { first, last: footer.last, digest: footer.digest, waypoints: marking.done() };
    Ok((index.entries(number), covered))
}

/// Merges the newest runs that are due. Returns whether there were any.
fn merge_next(shared: &Shared) -> Result<bool, IndexFault> {
    let set = shared.sealed();
    let Some(at) = IndexStore::due(&set.runs) else { return Ok(false) };
    let Some(runs) = shared.store.merged(&set.runs, at, &|| shared.is_closing())? else { return Ok(false) };
    replace_runs(shared, &set.runs, &runs);
    Ok(true)
}

/// Makes damaged runs anew from their segments.
fn mend(shared: &Shared) -> Result<(), IndexFault> {
    let set = shared.sealed();
    let Some(at) = set.runs.iter().position(|run| run.is_damaged()) else { return Ok(()) };
    let damaged = &set.runs[at];
    let mut runs = set.runs[..at].to_vec();
    let mut number = damaged.first();
    while number < damaged.end() {
        if shared.is_closing() {
            return Ok(());
        }
        let run = store(shared, &set, number, damaged.end())?;
        number = run.end();
        runs.push(run);
    }
    runs.extend_from_slice(&set.runs[at + 1..]);
    replace_runs(shared, &set.runs, &runs);
    shared.reread.forget();
    mend(shared)
}

/// Replaces runs by others of the same segments. This thread alone changes runs while the log is open.
fn replace_runs(shared: &Shared, old: &[Arc<Run>], new: &[Arc<Run>]) {
    shared.update_sealed(|set| set.with_runs(new.to_vec()));
    IndexStore::remove_replaced(old, new);
}

/// Leaves a fault if the thread ends while the log is open.
struct Ending<'a>(&'a Shared);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if !self.0.is_closing() {
            self.0.note_index_fault(Some(
                "the thread that stores the log's index has ended; restart".to_owned(),
            ));
        }
    }
}

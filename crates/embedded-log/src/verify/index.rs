//! Whether the index is that of the segments.

use super::verifier::Checked;
use crate::{
    VerifyReport,
    directory::Directory,
    index::{IndexFault, IndexStore, Run, Sum},
    indexing::indexed,
    sealed::SealedSet,
    segment::Footer,
    shared::Shared,
};

/// Checks the index of a log that nobody has open, and makes it anew if it is not that of the segments.
pub(super) fn check_stored(directory: &Directory, segments: &[Checked], report: &mut VerifyReport) {
    // A damaged log does not open, and what it is repaired to gets its own index.
    if !report.damages.is_empty() {
        return;
    }
    let ends: Vec<(u64, Footer)> = segments.iter().map(|segment| (segment.first, segment.footer)).collect();
    let found = IndexStore::new(directory.index()).find(&ends);
    let mut faults = found.lost;
    let mut indexed_segments = 0;
    for run in &found.runs {
        match agrees(run, segments) {
            Ok(()) => indexed_segments += run.covered().len(),
            Err(IndexFault(reason)) => {
                faults.push(reason);
                IndexStore::remove_replaced(std::slice::from_ref(run), &[]);
            }
        }
    }
    report.unindexed = segments.len() - indexed_segments;
    if faults.is_empty() {
        return;
    }
    let anew = match indexed(directory, &ends, &|| false) {
        Ok(indexed) => {
            report.unindexed = indexed.sealed.unstored().count();
            if report.unindexed == 0 {
                "it was made anew".to_owned()
            } else {
                "it can't be made anew".to_owned()
            }
        }
        Err(error) => format!("it can't be made anew: {error}"),
    };
    report.index_faults = faults.into_iter().map(|fault| format!("{fault}; {anew}")).collect();
}

/// Checks the index of a log that is open; its own thread makes anew what is wrong.
pub(super) fn check_open(shared: &Shared, set: &SealedSet, segments: &[Checked], report: &mut VerifyReport) {
    if !report.damages.is_empty() {
        return;
    }
    for run in &set.runs {
        if let Err(IndexFault(reason)) = agrees(run, segments) {
            run.mark_damaged();
            report.index_faults.push(format!("{reason}; it is made anew"));
        }
    }
    if !report.index_faults.is_empty() {
        shared.nudge_indexer();
    }
}

fn agrees(run: &Run, segments: &[Checked]) -> Result<(), IndexFault> {
    let Some(segments) = segments.get(run.first()..run.end()) else {
        return Err(IndexFault(format!("{} covers segments that are not there", run.file_name())));
    };
    let mut expected = Sum::default();
    for segment in segments {
        expected.add_all(segment.sum);
    }
    let same_waypoints = segments.iter().zip(run.covered()).all(|(one, two)| one.waypoints == two.waypoints);
    if run.check()? == expected && same_waypoints {
        return Ok(());
    }
    Err(IndexFault(format!("{} was damaged, or is of other segments", run.file_name())))
}

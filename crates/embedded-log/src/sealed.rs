//! Segments that take no more records, and where their indexes are.

use std::sync::Arc;

use crate::{
    index::{Filter, LiveIndex, Run, Waypoints},
    segment::Footer,
};

/// A sealed segment.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// Its first position.
    pub(crate) first: u64,
    pub(crate) footer: Footer,
    pub(crate) index: SealedIndex,
}

/// Where a sealed segment's index is.
#[derive(Debug, Clone)]
pub(crate) enum SealedIndex {
    /// Still in memory.
    Live(Arc<LiveIndex>),
    /// It can't be stored, and there is no memory for it: which names it does not have is known, all else is in the segment.
    Thin(Arc<Filter>, Waypoints),
    /// In a run.
    Stored(Waypoints),
}

impl Sealed {
    /// The same segment, with its index elsewhere.
    pub(crate) fn with(&self, index: SealedIndex) -> Arc<Self> {
        Arc::new(Self { index, ..*self })
    }

    /// The frame of a position in the segment, or one before it, near by.
    pub(crate) fn offset(&self, position: u64) -> u32 {
        match &self.index {
            SealedIndex::Live(index) => index.offset(position).expect("the segment has the position"),
            SealedIndex::Thin(_, waypoints) | SealedIndex::Stored(waypoints) => {
                waypoints.before(self.first, position)
            }
        }
    }
}

/// All sealed segments, ascending, and the runs of those that are stored. It is never changed, only replaced: whoever has
/// one has every name in it, whatever becomes of files and memory meanwhile.
#[derive(Debug, Clone, Default)]
pub(crate) struct SealedSet {
    pub(crate) segments: Vec<Arc<Sealed>>,
    /// Ascending. Each covers stored segments, and each stored segment is in one of them.
    pub(crate) runs: Vec<Arc<Run>>,
}

/// Where names of some sealed segments are looked up.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    Run(&'a Arc<Run>),
    /// One segment that is in no run, and its number.
    Segment(usize, &'a Arc<Sealed>),
}

impl SealedSet {
    /// All parts with segments from number `from` on, the newest first.
    pub(crate) fn parts(&self, from: usize) -> impl Iterator<Item = Part<'_>> {
        let (mut end, mut runs) = (self.segments.len(), self.runs.iter().rev());
        std::iter::from_fn(move || {
            let number = end.checked_sub(1).filter(|number| *number >= from)?;
            let segment = &self.segments[number];
            if matches!(segment.index, SealedIndex::Stored(_)) {
                let run = runs.next().expect("each stored segment is in a run");
                end = run.first();
                Some(Part::Run(run))
            } else {
                end = number;
                Some(Part::Segment(number, segment))
            }
        })
    }

    /// The numbers of the segments that are in no run.
    pub(crate) fn unstored(&self) -> impl Iterator<Item = usize> {
        let is_unstored = |segment: &Sealed| !matches!(segment.index, SealedIndex::Stored(_));
        (0..).zip(&self.segments).filter(move |(_, segment)| is_unstored(segment)).map(|(number, _)| number)
    }

    /// The same, with these runs, which cover what they replace and maybe more.
    pub(crate) fn with_runs(&self, runs: Vec<Arc<Run>>) -> Self {
        let mut segments = self.segments.clone();
        for run in &runs {
            for (segment, covered) in segments[run.first()..].iter_mut().zip(run.covered()) {
                if !matches!(segment.index, SealedIndex::Stored(_)) {
                    *segment = segment.with(SealedIndex::Stored(covered.waypoints.clone()));
                }
            }
        }
        Self { segments, runs }
    }
}

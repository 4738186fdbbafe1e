//! Names, looked up in all sealed segments at once: in the runs, and in what has no run yet.

use std::sync::Arc;

use resit_event_log::ReadError;

use crate::{
    index::{IndexFault, Place, Run},
    name::Name,
    sealed::{Part, Sealed, SealedIndex, SealedSet},
    segment::file_name,
    shared::Shared,
};

impl Shared {
    /// Shows the frames of segments from number `from` on that may hold records of a name, newest first, until `see` has
    /// found what it looks for.
    pub(crate) fn newest_frame<T>(
        &self,
        set: &SealedSet,
        from: usize,
        name: &Name<'_>,
        mut see: impl FnMut(&Sealed, u32) -> Result<Option<T>, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        for part in set.parts(from) {
            let places = match part {
                Part::Segment(number, segment) => self.places_in(number, segment, name)?,
                Part::Run(run) => match newest_of(run, from, name, |place| see_at(set, place, &mut see)) {
                    Ok(Ok(None)) => continue,
                    Ok(found) => return found,
                    Err(fault) => self.places_without(set, run, from, name, &fault)?,
                },
            };
            for place in places.into_iter().rev() {
                if let found @ Some(_) = see_at(set, place, &mut see)? {
                    return Ok(found);
                }
            }
        }
        Ok(None)
    }

    /// All frames of segments from number `from` on that may hold records of a name, oldest first.
    pub(crate) fn frames_of(
        &self,
        set: &SealedSet,
        from: usize,
        name: &Name<'_>,
    ) -> Result<Vec<Place>, ReadError> {
        let mut parts = Vec::new();
        for part in set.parts(from) {
            let places = match part {
                Part::Segment(number, segment) => self.places_in(number, segment, name)?,
                Part::Run(run) => {
                    let mut places = Vec::new();
                    match run.all_of(name.key.stored(), Place::new(from, 0), &mut places) {
                        Ok(()) => places,
                        Err(fault) => self.places_without(set, run, from, name, &fault)?,
                    }
                }
            };
            if !places.is_empty() {
                parts.push(places);
            }
        }
        parts.reverse();
        Ok(parts.concat())
    }

    /// A name's frames in a segment that is in no run.
    fn places_in(&self, number: usize, segment: &Sealed, name: &Name<'_>) -> Result<Vec<Place>, ReadError> {
        let stored = name.key.stored();
        match &segment.index {
            SealedIndex::Live(index) => {
                Ok(name.all_frames_in(index).into_iter().map(|offset| Place::new(number, offset)).collect())
            }
            SealedIndex::Thin(filter, _) if !filter.may_hold(stored) => Ok(Vec::new()),
            SealedIndex::Thin(..) | SealedIndex::Stored(_) => {
                Ok(self.reread.entries(&self.directory, number, segment)?.places(stored))
            }
        }
    }

    /// The same for all segments of a run that can't be asked: it takes long, and the run is made anew meanwhile.
    fn places_without(
        &self,
        set: &SealedSet,
        run: &Arc<Run>,
        from: usize,
        name: &Name<'_>,
        fault: &IndexFault,
    ) -> Result<Vec<Place>, ReadError> {
        if !run.is_damaged() {
            tracing::warn!(reason = fault.0, "the index failed; reading the segments instead");
            run.mark_damaged();
            self.nudge_indexer();
        }
        let mut places = Vec::new();
        for number in from.max(run.first())..run.end() {
            places.extend(
                self.reread
                    .entries(&self.directory, number, &set.segments[number])?
                    .places(name.key.stored()),
            );
        }
        Ok(places)
    }
}

/// Shows a name's frames in a run, newest first, until `see` has found something or failed.
fn newest_of<T>(
    run: &Run,
    from: usize,
    name: &Name<'_>,
    mut see: impl FnMut(Place) -> Result<Option<T>, ReadError>,
) -> Result<Result<Option<T>, ReadError>, IndexFault> {
    let mut max = Place(u64::MAX);
    while let Some(place) = run.last_of(name.key.stored(), max)? {
        if place.segment() < from {
            break;
        }
        match see(place) {
            Ok(None) => {}
            found => return Ok(found),
        }
        let Some(before) = place.0.checked_sub(1) else { break };
        max = Place(before);
    }
    Ok(Ok(None))
}

fn see_at<T>(
    set: &SealedSet,
    place: Place,
    see: &mut impl FnMut(&Sealed, u32) -> Result<Option<T>, ReadError>,
) -> Result<Option<T>, ReadError> {
    match set.segments.get(place.segment()) {
        Some(segment) => see(segment, place.offset()),
        None => Err(ReadError::Corrupt {
            place: file_name(0),
            reason:
                "the index names a segment that is not there; stop the ledger and remove the folder `index`"
                    .into(),
        }),
    }
}

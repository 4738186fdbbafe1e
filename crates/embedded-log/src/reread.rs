//! Segments whose index can't be had otherwise are read for it: slower, and as right.

use std::sync::{Arc, Mutex, PoisonError};

use resit_event_log::ReadError;

use crate::{
    check::check_alone,
    directory::Directory,
    index::{Covered, Entry, Marking, NameHash, Place, collect},
    recover::read_segment,
    sealed::Sealed,
    shared::corrupt,
};

/// The entries of how many segments are kept: about 20 MiB for each of 256 MiB.
const KEPT_MAX: usize = 4;

/// What was read last.
#[derive(Debug, Default)]
pub(crate) struct Reread {
    /// By the first position, the latest used last.
    kept: Mutex<Vec<(u64, Arc<Entries>)>>,
}

/// All entries of a segment, sorted.
#[derive(Debug)]
pub(crate) struct Entries(Vec<Entry>);

impl Entries {
    /// The frames of a name, oldest first.
    pub(crate) fn places(&self, name: NameHash) -> Vec<Place> {
        let start = self.0.partition_point(|entry| entry.name < name);
        let of_name = self.0[start..].iter().take_while(|entry| entry.name == name);
        of_name.map(|entry| entry.place).collect()
    }
}

impl Reread {
    /// The entries of a segment.
    pub(crate) fn entries(
        &self,
        directory: &Directory,
        number: usize,
        segment: &Sealed,
    ) -> Result<Arc<Entries>, ReadError> {
        // Held while a segment is read: whoever else needs one waits, instead of taking as much memory again.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = if let Some(at) = kept.iter().position(|(first, _)| *first == segment.first) {
            kept.remove(at)
        } else {
            let (mut entries, _) = read_entries(directory, number, segment)?;
            entries.sort_unstable();
            (segment.first, Arc::new(Entries(entries)))
        };
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        let entries = entry.1.clone();
        kept.push(entry);
        Ok(entries)
    }

    /// Lets go of all of it: it is stored.
    pub(crate) fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Reads a sealed segment, and makes its index.
pub(crate) fn read_entries(
    directory: &Directory,
    number: usize,
    segment: &Sealed,
) -> Result<(Vec<Entry>, Covered), ReadError> {
    let Sealed { first, footer, .. } = *segment;
    let bytes = read_segment(&directory.segment(first)).map_err(|error| ReadError::Unavailable {
        reason: error.to_string(),
        source: Some(Arc::new(error)),
    })?;
    let (mut entries, mut marking) = (Vec::new(), Marking::default());
    let checked = check_alone(first, &bytes, |offset, header, payload| {
        marking.pass(number_in(first, header.first), offset);
        collect(&mut entries, number, offset, header, payload)
    });
    checked.map_err(|damage| corrupt(first, damage.offset, &damage.reason))?;
    Ok((entries, Covered { first, last: footer.last, digest: footer.digest, waypoints: marking.done() }))
}

/// The number of a record in its segment.
pub(crate) fn number_in(first: u64, position: u64) -> u32 {
    u32::try_from(position - first).expect("a record takes more than a byte")
}

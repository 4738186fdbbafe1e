//! One name and one of its frames: what every index is made of.

use resit_event_log::codec;

use super::{Kind, NameHash};
use crate::segment::FrameHeader;

/// Where a frame of a sealed segment lies: the segment's number in the log, from 0, and the frame's offset in it. Ordered as
/// the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(pub(crate) u64);

impl Place {
    pub(crate) fn new(segment: usize, offset: u32) -> Self {
        Self((segment as u64) << 32 | u64::from(offset))
    }

    /// The number of the segment.
    pub(crate) fn segment(self) -> usize {
        usize::try_from(self.0 >> 32).expect("it was a segment's number")
    }

    /// The frame's offset in it.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
    pub(crate) fn offset(self) -> u32 {
        self.0 as u32
    }
}

/// One name and one of its frames. Sorted, the frames of a name follow each other, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) name: NameHash,
    pub(crate) place: Place,
}

impl Entry {
    pub(crate) const LEN: usize = 16;

    pub(crate) fn encode(self) -> [u8; Self::LEN] {
        (u128::from(self.name.0) | u128::from(self.place.0) << 64).to_le_bytes()
    }

    #[expect(clippy::cast_possible_truncation, reason = "each half is wanted by itself")]
    pub(crate) fn decode(bytes: [u8; Self::LEN]) -> Self {
        let both = u128::from_le_bytes(bytes);
        Self { name: NameHash(both as u64), place: Place((both >> 64) as u64) }
    }

    /// A number by which the whole entry is known again.
    fn mixed(self) -> u128 {
        xxhash_rust::xxh3::xxh3_128(&self.encode())
    }
}

/// Adds the entries of a commit that lies in a frame, and says why it can't, if its payload is not a commit.
pub(crate) fn collect(
    entries: &mut Vec<Entry>,
    segment: usize,
    offset: u32,
    header: &FrameHeader,
    payload: &[u8],
) -> Result<(), String> {
    let outline = codec::outline(payload).map_err(|error| error.to_string())?;
    if outline.slices().len() != usize::from(header.records) {
        return Err("a frame's header and its payload disagree on the number of records".into());
    }
    let place = Place::new(segment, offset);
    let streams = outline.slices().map(|(stream, _)| NameHash::of(Kind::Stream, stream));
    let command = NameHash::of(Kind::Command, outline.command);
    entries.extend(std::iter::once(command).chain(streams).map(|name| Entry { name, place }));
    Ok(())
}

/// How many entries there are and what they come to, in whatever order they are added: two indexes with the same sum hold
/// the same entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sum {
    pub(crate) entries: u64,
    mixed: u128,
}

impl Sum {
    pub(crate) fn add(&mut self, entry: Entry) {
        self.entries += 1;
        self.mixed = self.mixed.wrapping_add(entry.mixed());
    }

    pub(crate) fn add_all(&mut self, other: Self) {
        self.entries += other.entries;
        self.mixed = self.mixed.wrapping_add(other.mixed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_back_and_sorts_by_name_then_by_place() {
        let entry =
            |name, segment, offset| Entry { name: NameHash(name), place: Place::new(segment, offset) };
        let sorted = [entry(1, 9, 9), entry(2, 0, u32::MAX), entry(2, 1, 0), entry(u64::MAX, 0, 0)];
        assert!(sorted.is_sorted());
        for entry in sorted {
            assert_eq!(Entry::decode(entry.encode()), entry);
        }
        let place = Place::new(70_000, 4_096);
        assert_eq!((place.segment(), place.offset()), (70_000, 4_096));
    }

    #[test]
    fn a_sum_knows_every_entry_and_no_order() {
        let entry = |n: u64| Entry { name: NameHash(n), place: Place(n * 7) };
        let sum = |entries: &[u64]| {
            let mut sum = Sum::default();
            for n in entries {
                sum.add(entry(*n));
            }
            sum
        };
        assert_eq!(sum(&[1, 2, 3]), sum(&[3, 1, 2]));
        for other in [&[1, 2][..], &[1, 2, 4], &[1, 2, 3, 3], &[1, 1, 3]] {
            assert_ne!(sum(&[1, 2, 3]), sum(other));
        }
    }
}

//! The index of one segment, in memory.

use std::hash::BuildHasherDefault;

use resit_domain::CommandId;
use resit_event_log::{StreamId, codec};

use super::key::{Key, KeyMap};
use crate::segment::{FrameHeader, Scan, SegmentHeader, Step};

/// Says that a stream has no earlier record in the segment.
const NONE: u32 = u32::MAX;

/// Where a record lies, and where its stream's record before it does.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The offset of the frame.
    offset: u32,
    /// The number in the segment of the stream's record before, or [`NONE`].
    before: u32,
}

/// The index of one segment. It may run ahead of what is durable: readers say how far they may see.
#[derive(Debug, Default)]
pub(crate) struct LiveIndex {
    first: u64,
    /// By position, from `first`.
    places: Vec<Place>,
    /// Each stream's last record, as a number into `places`.
    streams: KeyMap<StreamId>,
    /// Each command's first record.
    commands: KeyMap<CommandId>,
}

impl LiveIndex {
    /// The empty index of a segment whose first position will be `first`.
    pub(crate) fn new(first: u64) -> Self {
        Self { first, ..Self::default() }
    }

    /// Indexes a whole segment; stops where the segment stops being sound.
    pub(crate) fn of_segment(file: &[u8], header: SegmentHeader) -> Self {
        let mut index = Self::new(header.first);
        let mut scan = Scan::new(file, header, i64::MIN);
        while let Step::Frame { offset, header, payload } = scan.step() {
            if index.insert_payload(offset, &header, payload).is_err() {
                break;
            }
        }
        index
    }

    /// The empty index of the segment that follows, with room for as much as this one has: growing takes long, and
    /// would be done while everybody waits.
    pub(crate) fn following(&self, first: u64) -> Self {
        Self {
            first,
            places: Vec::with_capacity(self.places.len()),
            streams: with_room_for(&self.streams),
            commands: with_room_for(&self.commands),
        }
    }

    /// Indexes a commit that lies in a frame.
    pub(crate) fn insert_payload(
        &mut self,
        offset: u32,
        header: &FrameHeader,
        payload: &[u8],
    ) -> Result<(), String> {
        let outline = codec::outline(payload).map_err(|error| error.to_string())?;
        let command: Result<CommandId, _> = outline.command.parse();
        let command = command.map_err(|error| error.to_string())?;
        if outline.slices().len() != usize::from(header.records) {
            return Err("a frame's header and its payload disagree on the number of records".into());
        }
        let streams = outline.slices().map(|(stream, _)| StreamId::from(stream).into());
        self.insert(offset, command.into(), streams);
        Ok(())
    }

    /// Indexes the next commit.
    pub(crate) fn insert(
        &mut self,
        offset: u32,
        command: Key<CommandId>,
        streams: impl Iterator<Item = Key<StreamId>>,
    ) {
        self.commands.insert(command, self.next_number());
        for stream in streams {
            let number = self.next_number();
            let before = self.streams.insert(stream, number).unwrap_or(NONE);
            self.places.push(Place { offset, before });
        }
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.places.len()).expect("a record takes more than a byte")
    }

    fn position(&self, number: u32) -> u64 {
        self.first + u64::from(number)
    }

    /// A stream's revision, if it has a record here.
    pub(crate) fn revision(&self, stream: &Key<StreamId>) -> Option<u64> {
        self.streams.get(stream).map(|number| self.position(*number))
    }

    /// A command's first position, if it is here.
    pub(crate) fn command(&self, command: &Key<CommandId>) -> Option<u64> {
        self.commands.get(command).map(|number| self.position(*number))
    }

    /// The frame of a position.
    pub(crate) fn offset(&self, position: u64) -> Option<u32> {
        let number = usize::try_from(position.checked_sub(self.first)?).ok()?;
        self.places.get(number).map(|place| place.offset)
    }

    /// A stream's positions here with their frames, newest first.
    pub(crate) fn places(&self, stream: &StreamId) -> impl Iterator<Item = (u64, u32)> + use<'_> {
        let mut number = self.streams.get(&stream.clone().into()).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let place = (number != NONE).then(|| self.places[number as usize])?;
            let position = self.position(number);
            number = place.before;
            Some((position, place.offset))
        })
    }

    /// Forgets `position` and all behind it, which turned out not to be durable.
    pub(crate) fn forget_from(&mut self, position: u64) {
        let keep = u32::try_from(position - self.first).expect("only indexed positions are forgotten");
        let places = &self.places;
        self.commands.retain(|_, number| *number < keep);
        self.streams.retain(|_, number| {
            while *number != NONE && *number >= keep {
                *number = places[*number as usize].before;
            }
            *number != NONE
        });
        self.places.truncate(keep as usize);
    }

    /// Each record's frame, by position.
    pub(crate) fn offsets(&self) -> impl ExactSizeIterator<Item = u32> {
        self.places.iter().map(|place| place.offset)
    }

    /// Every command with its frame.
    pub(crate) fn commands(&self) -> impl Iterator<Item = (&CommandId, u32)> {
        self.commands.iter().map(|(command, number)| (command.name(), self.places[*number as usize].offset))
    }

    /// Every stream.
    pub(crate) fn streams(&self) -> impl Iterator<Item = &StreamId> {
        self.streams.keys().map(Key::name)
    }

    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// The last position; the one before the first if there is none.
    pub(crate) fn last(&self) -> u64 {
        self.first + self.places.len() as u64 - 1
    }
}

fn with_room_for<T>(other: &KeyMap<T>) -> KeyMap<T> {
    KeyMap::with_capacity_and_hasher(other.len(), BuildHasherDefault::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexed(commits: &[(&str, &[&str])]) -> LiveIndex {
        let mut index = LiveIndex::new(10);
        for (offset, (command, streams)) in (100..).zip(commits) {
            let streams = streams.iter().map(|stream| StreamId::from(*stream).into());
            index.insert(offset, command.parse::<CommandId>().unwrap().into(), streams);
        }
        index
    }

    fn places(index: &LiveIndex, stream: &str) -> Vec<(u64, u32)> {
        index.places(&stream.into()).collect()
    }

    #[test]
    fn a_stream_is_found_newest_first() {
        let index = indexed(&[("c1", &["a", "b"]), ("c2", &["b"]), ("c3", &["c", "a"])]);
        assert_eq!(places(&index, "a"), [(14, 102), (10, 100)]);
        assert_eq!(places(&index, "b"), [(12, 101), (11, 100)]);
        assert_eq!(places(&index, "d"), []);
        assert_eq!(
            (index.last(), index.offset(14), index.offset(15), index.offset(9)),
            (14, Some(102), None, None)
        );
    }

    #[test]
    fn what_is_forgotten_leaves_no_trace() {
        let mut index = indexed(&[("c1", &["a", "b"]), ("c2", &["b"]), ("c3", &["c", "a"])]);
        index.forget_from(12);
        let expected = indexed(&[("c1", &["a", "b"])]);
        for stream in ["a", "b", "c"] {
            assert_eq!(places(&index, stream), places(&expected, stream));
            assert_eq!(
                index.revision(&StreamId::from(stream).into()),
                expected.revision(&StreamId::from(stream).into())
            );
        }
        for command in ["c1", "c2", "c3"].map(|text| text.parse::<CommandId>().unwrap().into()) {
            assert_eq!(index.command(&command), expected.command(&command));
        }
        assert_eq!(index.last(), 11);
    }
}

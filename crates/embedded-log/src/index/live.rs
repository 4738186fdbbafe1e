//! The index of one segment, in memory.

use resit_event_log::codec;

use super::{Entry, Kind, NameHash, Place, table::NameTable};
use crate::{name::Name, segment::FrameHeader};

/// Says that a stream has no earlier record in the segment.
const NONE: u32 = u32::MAX;

/// Where a record lies, and where its stream's record before it does.
#[derive(Debug, Clone, Copy)]
struct Recorded {
    /// The offset of the frame.
    offset: u32,
    /// The number in the segment of the stream's record before, or [`NONE`].
    before: u32,
    stream: NameHash,
}

/// A command and its frame.
#[derive(Debug, Clone, Copy)]
struct Commit {
    /// The number of its first record.
    number: u32,
    command: NameHash,
}

/// The index of one segment. It may run ahead of what is durable: readers say how far they may see.
#[derive(Debug, Default)]
pub(crate) struct LiveIndex {
    first: u64,
    /// By position, from `first`.
    records: Vec<Recorded>,
    commits: Vec<Commit>,
    /// Each stream's last record, as a number into `records`.
    streams: NameTable,
    /// Each command's first record.
    commands: NameTable,
}

impl LiveIndex {
    /// The empty index of a segment whose first position will be `first`.
    pub(crate) fn new(first: u64) -> Self {
        Self { first, ..Self::default() }
    }

    /// The empty index of the segment that follows, with room for as much as this one has: growing takes long, and
    /// would be done while everybody waits.
    pub(crate) fn following(&self, first: u64) -> Self {
        Self {
            first,
            records: Vec::with_capacity(self.records.len()),
            commits: Vec::with_capacity(self.commits.len()),
            streams: NameTable::like(&self.streams),
            commands: NameTable::like(&self.commands),
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
        if outline.slices().len() != usize::from(header.records) {
            return Err("a frame's header and its payload disagree on the number of records".into());
        }
        let streams = outline.slices().map(|(stream, _)| Name::of(Kind::Stream, stream));
        self.insert(offset, &Name::of(Kind::Command, outline.command), streams);
        Ok(())
    }

    /// Indexes the next commit.
    pub(crate) fn insert<'a>(
        &mut self,
        offset: u32,
        command: &Name<'_>,
        streams: impl Iterator<Item = Name<'a>>,
    ) {
        let number = self.next_number();
        self.commits.push(Commit { number, command: command.key.stored() });
        self.commands.set(command.key, command.text, number);
        for stream in streams {
            let number = self.next_number();
            let before = self.streams.set(stream.key, stream.text, number).unwrap_or(NONE);
            self.records.push(Recorded { offset, before, stream: stream.key.stored() });
        }
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.records.len()).expect("a record takes more than a byte")
    }

    fn number(&self, name: &Name<'_>) -> Option<u32> {
        match name.kind {
            Kind::Stream => self.streams.get(name.key, name.text),
            Kind::Command => self.commands.get(name.key, name.text),
        }
    }

    /// A stream's last position, or a command's first, if it is here.
    pub(crate) fn position(&self, name: &Name<'_>) -> Option<u64> {
        self.number(name).map(|number| self.first + u64::from(number))
    }

    /// The frame of a position.
    pub(crate) fn offset(&self, position: u64) -> Option<u32> {
        let number = usize::try_from(position.checked_sub(self.first)?).ok()?;
        self.records.get(number).map(|place| place.offset)
    }

    /// A stream's positions here with their frames, newest first.
    pub(crate) fn places(&self, stream: &Name<'_>) -> impl Iterator<Item = (u64, u32)> + use<'_> {
        let mut number = self.number(stream).unwrap_or(NONE);
        std::iter::from_fn(move || {
            let place = (number != NONE).then(|| self.records[number as usize])?;
            let position = self.first + u64::from(number);
            number = place.before;
            Some((position, place.offset))
        })
    }

    /// Forgets `position` and all behind it, which turned out not to be durable.
    pub(crate) fn forget_from(&mut self, position: u64) {
        let keep = u32::try_from(position - self.first).expect("only indexed positions are forgotten");
        let records = &self.records;
        self.commands.take_back(|number| (number < keep).then_some(number));
        self.streams.take_back(|mut number| {
            while number != NONE && number >= keep {
                number = records[number as usize].before;
            }
            (number != NONE).then_some(number)
        });
        self.commits.retain(|commit| commit.number < keep);
        self.records.truncate(keep as usize);
    }

    /// Each record's frame, by position.
    pub(crate) fn offsets(&self) -> impl ExactSizeIterator<Item = u32> {
        self.records.iter().map(|place| place.offset)
    }

    /// All names with their frames, as the segment of this number has them.
    pub(crate) fn entries(&self, segment: usize) -> Vec<Entry> {
        let entry = |name, offset| Entry { name, place: Place::new(segment, offset) };
        let streams = self.records.iter().map(|record| entry(record.stream, record.offset));
        let commands = self.commits.iter().map(|commit| {
            let offset = self.records[commit.number as usize].offset;
            entry(commit.command, offset)
        });
        streams.chain(commands).collect()
    }

    pub(crate) fn first(&self) -> u64 {
        self.first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexed(commits: &[(&str, &[&str])]) -> LiveIndex {
        let mut index = LiveIndex::new(10);
        for (offset, (command, streams)) in (100..).zip(commits) {
            let streams = streams.iter().map(|stream| Name::of(Kind::Stream, stream));
            index.insert(offset, &Name::of(Kind::Command, command), streams);
        }
        index
    }

    fn places(index: &LiveIndex, stream: &str) -> Vec<(u64, u32)> {
        index.places(&Name::of(Kind::Stream, stream)).collect()
    }

    #[test]
    fn a_stream_is_found_newest_first() {
        let index = indexed(&[("c1", &["a", "b"]), ("c2", &["b"]), ("c3", &["c", "a"])]);
        assert_eq!(places(&index, "a"), [(14, 102), (10, 100)]);
        assert_eq!(places(&index, "b"), [(12, 101), (11, 100)]);
        assert_eq!(places(&index, "d"), []);
        assert_eq!([14, 15, 9].map(|position| index.offset(position)), [Some(102), None, None]);
    }

    #[test]
    fn what_is_forgotten_leaves_no_trace() {
        let mut index = indexed(&[("c1", &["a", "b"]), ("c2", &["b"]), ("c3", &["c", "a"])]);
        index.forget_from(12);
        let expected = indexed(&[("c1", &["a", "b"])]);
        for stream in ["a", "b", "c"] {
            assert_eq!(places(&index, stream), places(&expected, stream));
        }
        for command in ["c1", "c2", "c3"].map(|text| Name::of(Kind::Command, text)) {
            assert_eq!(index.position(&command), expected.position(&command));
        }
        assert_eq!(
            (index.offset(11), index.offset(12), index.entries(0)),
            (Some(100), None, expected.entries(0))
        );
    }
}

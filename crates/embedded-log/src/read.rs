//! Reads. All of them check every byte they hand out.

use bytes::Bytes;
use resit_domain::Timestamp;
use resit_event_log::{Position, ReadError, Record, codec};

use crate::{
    name::Name,
    sealed::SealedSet,
    segment::{FrameHeader, FrameReader, SegmentFile, read_frame},
    shared::{Shared, corrupt, frame_error},
};

/// Whole-log reads go in steps of so many bytes; a record that is kept keeps its step in memory.
const STEP_BYTES: usize = 256 << 10;
/// A short read takes a smaller step.
const RECORD_BYTES_GUESS: usize = 512;

impl Shared {
    /// Reads the log behind `after`, at least one record if there is one, `limit` at most.
    pub(crate) fn read(&self, after: Position, limit: usize) -> Result<Vec<Record>, ReadError> {
        let (head, limit) = (self.head(), limit.max(1));
        let there = usize::try_from(head.0.saturating_sub(after.0)).unwrap_or(usize::MAX);
        let mut records = Vec::with_capacity(there.min(limit));
        let mut next = Position(after.0.saturating_add(1));
        while next <= head && records.len() < limit {
            let part = self.part_with(next)?;
            let step = STEP_BYTES.min((limit - records.len()).saturating_mul(RECORD_BYTES_GUESS));
            let mut frames = FrameReader::new(&part.file, part.offset.into(), step);
            while next <= head.min(part.last) && records.len() < limit {
                let offset = frames.offset;
                let (header, payload) = frames.next().map_err(|f| frame_error(part.first, offset, f))?;
                if header.last() < next.0 {
                    continue;
                }
                if header.first > next.0 {
                    return Err(corrupt(part.first, offset, "a frame of another position stands here"));
                }
                let commit = decode(part.first, offset, header, &payload)?;
                let room = limit - records.len();
                let behind = commit.filter(|record| record.position >= next).take(room);
                records.extend(behind);
                next = Position(records.last().map_or(next.0, |record: &Record| record.position.0 + 1));
            }
        }
        Ok(records)
    }

    /// The segment that holds a durable position, and a frame in it at that position or before.
    fn part_with(&self, position: Position) -> Result<Part, ReadError> {
        let active = self.active();
        if let Some(offset) = active.index.offset(position.0) {
            let last = Position(u64::MAX);
            return Ok(Part { first: active.first, file: active.file(), offset, last });
        }
        drop(active);
        let sealed = self.sealed();
        let at = sealed.segments.partition_point(|sealed| sealed.footer.last < position.0);
        let segment = sealed.segments.get(at).expect("a position up to the head is in some segment");
        let offset = segment.offset(position.0);
        let file = self.file(segment.first)?;
        Ok(Part { first: segment.first, file, offset, last: Position(segment.footer.last) })
    }

    /// All records of a name behind `after`, oldest first.
    pub(crate) fn records_of(&self, name: &Name<'_>, after: Position) -> Result<Vec<Record>, ReadError> {
        let (first, file, frames, sealed) = {
            let active = self.active();
            // The index may run ahead of what is durable, and what is not is not there for a reader.
            let frames = name.frames_in(&active.index, after, self.head());
            (active.first, active.file(), frames, self.sealed())
        };
        let mut records = Vec::new();
        let from = sealed.segments.partition_point(|segment| segment.footer.last <= after.0);
        for place in self.frames_of(&sealed, from, name)? {
            let segment = &sealed.segments[place.segment()];
            let file = self.file(segment.first)?;
            read_all(segment.first, &file, &[place.offset()], name, &mut records)?;
        }
        records.retain(|record| record.position > after);
        read_all(first, &file, &frames, name, &mut records)?;
        Ok(records)
    }

    /// A stream's last durable position, or a command's first.
    pub(crate) fn position_of(&self, name: &Name<'_>) -> Result<Option<Position>, ReadError> {
        let (live, sealed) = {
            let active = self.active();
            (name.position_in(&active.index, self.head()), self.sealed())
        };
        if live.is_some() {
            return Ok(live);
        }
        self.position_in(&sealed, 0, name)
    }

    /// The same, in sealed segments from number `from` on.
    pub(crate) fn position_in(
        &self,
        set: &SealedSet,
        from: usize,
        name: &Name<'_>,
    ) -> Result<Option<Position>, ReadError> {
        self.newest_frame(set, from, name, |segment, offset| {
            let mut records = read_one(segment.first, &self.file(segment.first)?, offset)?;
            Ok(records.find(|record| name.is_of(record)).map(|record| record.position))
        })
    }
}

/// The records of a name in these frames.
fn read_all(
    first: u64,
    file: &SegmentFile,
    frames: &[u32],
    name: &Name<'_>,
    records: &mut Vec<Record>,
) -> Result<(), ReadError> {
    for offset in frames {
        records.extend(read_one(first, file, *offset)?.filter(|record| name.is_of(record)));
    }
    Ok(())
}

/// All records in a frame.
fn read_one(
    first: u64,
    file: &SegmentFile,
    offset: u32,
) -> Result<impl Iterator<Item = Record> + use<>, ReadError> {
    let offset = offset.into();
    let (header, payload) = read_frame(file, offset).map_err(|fault| frame_error(first, offset, fault))?;
    decode(first, offset, header, &payload)
}

/// A segment, and where in it a read starts.
struct Part {
    first: u64,
    file: SegmentFile,
    offset: u32,
    last: Position,
}

/// The records in a frame.
fn decode(
    first: u64,
    offset: u64,
    header: FrameHeader,
    payload: &Bytes,
) -> Result<impl Iterator<Item = Record> + use<>, ReadError> {
    let commit = codec::decode(payload).map_err(|error| corrupt(first, offset, &error.to_string()))?;
    let recorded_at = Timestamp::from_millis(header.recorded_at)
        .filter(|_| commit.slices.len() == usize::from(header.records))
        .ok_or_else(|| corrupt(first, offset, "a frame's header and its payload disagree"))?;
    Ok(commit.into_records(Position(header.first), recorded_at))
}

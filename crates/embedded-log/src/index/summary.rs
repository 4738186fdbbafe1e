//! What stays in memory of a sealed segment's index.

use super::{Kind, LiveIndex, NameHash, bucket, filter::Filter, row, row::RowKind};

/// In version 1 a digest did not tell one segment from another.
const VERSION: u8 = 2;
/// One waypoint for about so many bytes: a read from the middle passes over less than that.
const WAYPOINT_BYTES: u32 = 64 << 10;
/// Rows stay small, so a filter takes several.
const FILTER_ROW_BYTES: usize = 32 << 10;

/// The summary of a sealed segment's index: what is where in its rows, and which names are not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    first: u64,
    /// The segment's digest: an index of other bytes is no index of these.
    digest: u32,
    stream_bits: u32,
    command_bits: u32,
    /// Record numbers with their frames, ascending in both.
    waypoints: Vec<(u32, u32)>,
    filter: Filter,
}

/// A key and its stored value.
pub(crate) type Row = ([u8; 11], Vec<u8>);

impl Summary {
    /// Turns a segment's index into its summary and all rows, the summary's own last.
    pub(crate) fn of(index: &LiveIndex, digest: u32) -> (Self, Vec<Row>) {
        let (streams, commands) = (index.stream_entries(), index.command_entries());
        let mut filter = Filter::for_names(index.names());
        for entry in streams.iter().chain(&commands) {
            filter.insert(entry.name);
        }
        let (stream_bits, command_bits) = (bucket::bits_for(streams.len()), bucket::bits_for(commands.len()));
        let waypoints = waypoints(index);
        let summary = Self { first: index.first(), digest, stream_bits, command_bits, waypoints, filter };
        let mut rows = Vec::new();
        summary.add_rows(RowKind::Bucket(Kind::Stream), bucket::fill(&streams, stream_bits), &mut rows);
        summary.add_rows(RowKind::Bucket(Kind::Command), bucket::fill(&commands, command_bits), &mut rows);
        let filter = summary.filter.to_bytes();
        let chunks: Vec<_> = filter.chunks(FILTER_ROW_BYTES).map(<[u8]>::to_vec).collect();
        let head = summary.encode(chunks.len());
        summary.add_rows(RowKind::Filter, chunks, &mut rows);
        summary.add_rows(RowKind::Summary, vec![head], &mut rows);
        (summary, rows)
    }

    fn add_rows(&self, kind: RowKind, values: Vec<Vec<u8>>, rows: &mut Vec<Row>) {
        for (number, value) in (0..).zip(values) {
            let key = row::key(self.first, kind, number);
            rows.push((key, row::close(&key, value)));
        }
    }

    fn encode(&self, filter_rows: usize) -> Vec<u8> {
        let bits = |bits| u8::try_from(bits).expect("below 16");
        let mut value = vec![VERSION, bits(self.stream_bits), bits(self.command_bits)];
        value.extend_from_slice(&u16::try_from(filter_rows).expect("filters are small").to_le_bytes());
        value.extend_from_slice(&self.digest.to_le_bytes());
        for (number, offset) in &self.waypoints {
            value.extend_from_slice(&number.to_le_bytes());
            value.extend_from_slice(&offset.to_le_bytes());
        }
        value
    }

    /// Reads the summary of the segment back through `get`; `None` if anything about it is missing or wrong.
    pub(crate) fn load<E>(
        first: u64,
        digest: u32,
        mut get: impl FnMut(RowKind, u16) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Option<Self>, E> {
        let Some(head) = get(RowKind::Summary, 0)? else { return Ok(None) };
        let Some((&[VERSION, streams, commands, rows_low, rows_high, d0, d1, d2, d3], waypoints)) =
            head.split_first_chunk()
        else {
            return Ok(None);
        };
        let mut filter = Vec::new();
        for number in 0..u16::from_le_bytes([rows_low, rows_high]) {
            let Some(chunk) = get(RowKind::Filter, number)? else { return Ok(None) };
            filter.extend_from_slice(&chunk);
        }
        let pair = |[a, b, c, d, e, f, g, h]: &[u8; 8]| {
            (u32::from_le_bytes([*a, *b, *c, *d]), u32::from_le_bytes([*e, *f, *g, *h]))
        };
        let waypoints = waypoints.as_chunks().0.iter().map(pair).collect();
        let fits = u32::from_le_bytes([d0, d1, d2, d3]) == digest;
        let (stream_bits, command_bits) = (streams.into(), commands.into());
        let filter = Filter::from_bytes(&filter).filter(|_| fits);
        Ok(filter.map(|filter| Self { first, digest, stream_bits, command_bits, waypoints, filter }))
    }

    /// The key of a segment's summary.
    pub(crate) fn key(first: u64) -> [u8; 11] {
        row::key(first, RowKind::Summary, 0)
    }

    /// Whether a stored row is the summary that an earlier release made.
    pub(crate) fn is_older(key: &[u8], stored: &[u8]) -> bool {
        row::open(key, stored).and_then(<[u8]>::first).is_some_and(|version| *version < VERSION)
    }

    /// Whether the segment may have the name.
    pub(crate) fn may_hold(&self, name: NameHash) -> bool {
        self.filter.may_hold(name)
    }

    /// The row in which a name's frames stand.
    pub(crate) fn row_of(&self, kind: Kind, name: NameHash) -> (RowKind, u16) {
        let bits = if kind == Kind::Stream { self.stream_bits } else { self.command_bits };
        (RowKind::Bucket(kind), bucket::number(name.sorted(), bits))
    }

    /// A frame that starts at the position or before it, near by.
    pub(crate) fn waypoint(&self, position: u64) -> u32 {
        let behind = |(number, _): &(u32, u32)| self.first + u64::from(*number) <= position;
        let at = self.waypoints.partition_point(behind).saturating_sub(1);
        self.waypoints.get(at).map_or(0, |(_, offset)| *offset)
    }
}

fn waypoints(index: &LiveIndex) -> Vec<(u32, u32)> {
    let mut waypoints: Vec<(u32, u32)> = Vec::new();
    for (number, offset) in (0..).zip(index.offsets()) {
        if waypoints.last().is_none_or(|(_, last)| offset - last >= WAYPOINT_BYTES) {
            waypoints.push((number, offset));
        }
    }
    waypoints
}

//! Walks a segment's bytes frame by frame, and tells a cut from damage.

#[cfg(test)]
mod tests;

use super::{Cursor, Footer, FrameHeader, PAYLOAD_BYTES_MAX, SegmentHeader};

/// A storage device writes whole sectors, and those of one write in any order: what it did not come to are zeros still.
const SECTOR: usize = 512;

/// One step through a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A whole frame that matches its checksums and follows on the one before.
    Frame { offset: u32, header: FrameHeader, payload: &'a [u8] },
    /// The footer; nothing follows it.
    Sealed(Footer),
    /// The file ends with a whole frame, and maybe room for more.
    End,
    /// What a crash leaves of a write that nobody was told of.
    Torn,
    /// The bytes are not what was written.
    Damaged(String),
}

/// A walk through the bytes of a segment, from behind its header.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    file: &'a [u8],
    /// Behind the last whole frame.
    pub(crate) cursor: Cursor,
    /// The last frame's payload without its salt.
    payload: Vec<u8>,
}

impl<'a> Scan<'a> {
    /// Starts behind the header. `recorded_at` is when the last record before this segment was recorded.
    pub(crate) fn new(file: &'a [u8], header: SegmentHeader, recorded_at: i64) -> Self {
        Self { file, cursor: Cursor::behind(header, recorded_at), payload: Vec::new() }
    }

    fn offset(&self) -> usize {
        usize::try_from(self.cursor.offset).expect("it lies inside of the bytes at hand")
    }

    /// Looks at what stands next, and passes it if it is a whole frame.
    pub(crate) fn step(&mut self) -> Step<'_> {
        let (rest, version) = (&self.file[self.offset()..], self.cursor.version);
        if Footer::announces(rest) {
            return self.footer(rest);
        }
        let Some(block) = rest.first_chunk() else {
            return if is_room(rest) { Step::End } else { Step::Torn };
        };
        let Some(header) = FrameHeader::decode(block, version) else {
            if is_room(rest) {
                return Step::End;
            }
            return self.torn_or("a frame's header does not match its checksum", FrameHeader::LEN);
        };
        if header.first != self.cursor.next || header.records == 0 {
            let (found, expected) = (header.first, self.cursor.next);
            return Step::Damaged(format!("a frame of position {found} stands where {expected} belongs"));
        }
        if header.recorded_at < self.cursor.recorded_at || header.payload_len as usize > PAYLOAD_BYTES_MAX {
            return Step::Damaged("a frame's header is sound but out of bounds".into());
        }
        let frame_len = header.frame_len(version);
        let Some(stored) = rest.get(FrameHeader::LEN..frame_len) else { return Step::Torn };
        self.payload.clear();
        self.payload.extend_from_slice(stored);
        if !header.unmask(&mut self.payload, version) {
            return self.torn_or("a frame's payload does not match its checksum", frame_len);
        }
        let offset = u32::try_from(self.cursor.offset).expect("segments are shorter than 4 GiB");
        self.cursor.pass(&header, block);
        Step::Frame { offset, header, payload: &self.payload[..header.payload_len as usize] }
    }

    fn footer(&self, rest: &[u8]) -> Step<'static> {
        let Some(block) = rest.first_chunk() else { return Step::Torn };
        let Some(footer) = Footer::decode(block, self.cursor.version) else {
            return self.torn_or("the footer does not match its checksum", Footer::LEN);
        };
        if !is_room(&rest[Footer::LEN..]) {
            return Step::Damaged("something follows the footer".into());
        }
        if footer == self.cursor.footer() {
            Step::Sealed(footer)
        } else {
            Step::Damaged("the footer does not fit the frames before it".into())
        }
    }

    /// The next `len` bytes are wrong: by a crash, if some sector of them was never written, and no later write proves
    /// that theirs was synced.
    fn torn_or(&self, reason: &str, len: usize) -> Step<'static> {
        if self.is_partly_unwritten(len) && !self.is_followed() {
            Step::Torn
        } else {
            Step::Damaged(reason.into())
        }
    }

    /// Whether there are only zeros in what some sector has of the next `len` bytes, and behind them in that sector.
    fn is_partly_unwritten(&self, len: usize) -> bool {
        let (mut from, end) = (self.offset(), self.file.len());
        let behind = end.min(from + len);
        while from < behind {
            let sector_end = end.min((from / SECTOR + 1) * SECTOR);
            if is_room(&self.file[from..sector_end]) {
                return true;
            }
            from = sector_end;
        }
        false
    }

    /// Whether a sound frame of a later write, or a footer, stands anywhere behind.
    fn is_followed(&self) -> bool {
        let Cursor { version, next, .. } = self.cursor;
        let behind = self.offset() + 1;
        // Each record takes a byte at least: a position further ahead is noise that a checksum fits by chance.
        let ahead_max = (self.file.len() - self.offset()) as u64;
        let is_later = |header: FrameHeader| {
            header.records > 0
                && header.write_first() > next
                && header.write_first() - next <= ahead_max
                && header.payload_len as usize <= PAYLOAD_BYTES_MAX
        };
        let blocks = self.file[behind..].array_windows::<{ FrameHeader::LEN }>();
        // Room is passed over without a look at checksums.
        let mut blocks = blocks.filter(|block| block[..4] != [0; 4]);
        let footers = self.file[behind..].array_windows::<{ Footer::LEN }>().zip(behind as u64..);
        blocks.any(|block| FrameHeader::decode(block, version).is_some_and(is_later))
            || footers
                .into_iter()
                .any(|(block, at)| Footer::decode(block, version).is_some_and(|f| f.offset == at))
    }
}

/// Whether there is nothing but zeros.
fn is_room(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

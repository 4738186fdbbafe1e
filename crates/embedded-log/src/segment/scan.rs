//! Walks a segment's bytes frame by frame, and tells a cut from damage.

use super::{Cursor, Footer, FrameHeader, PAYLOAD_BYTES_MAX, SegmentHeader};

/// A storage device writes whole sectors: a torn write leaves zeros from a sector's start.
const SECTOR: usize = 512;

/// One step through a segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A whole frame that matches its checksums and follows on the one before.
    Frame { offset: u32, header: FrameHeader, payload: &'a [u8] },
    /// The footer; nothing follows it.
    Sealed(Footer),
    /// The file ends with a whole frame.
    End,
    /// The file ends inside a frame, or in zeros: what a crash leaves of a write that nobody was told of.
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
}

impl<'a> Scan<'a> {
    /// Starts behind the header. `recorded_at` is when the last record before this segment was recorded.
    pub(crate) fn new(file: &'a [u8], header: SegmentHeader, recorded_at: i64) -> Self {
        Self { file, cursor: Cursor::behind(header, recorded_at) }
    }

    fn offset(&self) -> usize {
        usize::try_from(self.cursor.offset).expect("it lies inside of the bytes at hand")
    }

    /// Looks at what stands next, and passes it if it is a whole frame.
    pub(crate) fn step(&mut self) -> Step<'a> {
        let rest = &self.file[self.offset()..];
        if rest.is_empty() {
            return Step::End;
        }
        if Footer::announces(rest) {
            return self.footer(rest);
        }
        let Some(block) = rest.first_chunk() else { return Step::Torn };
        let Some(header) = FrameHeader::decode(block) else {
            return self.torn_or("a frame's header does not match its checksum", FrameHeader::LEN);
        };
        if header.first != self.cursor.next || header.records == 0 {
            let (found, expected) = (header.first, self.cursor.next);
            return Step::Damaged(format!("a frame of position {found} stands where {expected} belongs"));
        }
        if header.recorded_at < self.cursor.recorded_at || header.payload_len as usize > PAYLOAD_BYTES_MAX {
            return Step::Damaged("a frame's header is sound but out of bounds".into());
        }
        let Some(payload) = rest.get(FrameHeader::LEN..header.frame_len()) else { return Step::Torn };
        if !header.matches(payload) {
            return self.torn_or("a frame's payload does not match its checksum", header.frame_len());
        }
        let offset = u32::try_from(self.cursor.offset).expect("segments are shorter than 4 GiB");
        self.cursor.pass(&header, block);
        Step::Frame { offset, header, payload }
    }

    fn footer(&self, rest: &[u8]) -> Step<'a> {
        let Some(block) = rest.first_chunk() else { return Step::Torn };
        let Some(footer) = Footer::decode(block) else {
            return self.torn_or("the footer does not match its checksum", Footer::LEN);
        };
        if rest.len() > Footer::LEN {
            return Step::Damaged("something follows the footer".into());
        }
        if footer == self.cursor.footer() {
            Step::Sealed(footer)
        } else {
            Step::Damaged("the footer does not fit the frames before it".into())
        }
    }

    /// The next `len` bytes are wrong. They are torn if from some sector's start inside of them nothing but zeros
    /// follows to the end of the file, a whole sector or the whole frame at least: bodies do not end so.
    fn torn_or(&self, reason: &str, len: usize) -> Step<'a> {
        let (start, end) = (self.offset(), self.file.len());
        let zeros_from = end - self.file.iter().rev().take_while(|byte| **byte == 0).count();
        let from = if zeros_from <= start { start } else { zeros_from.next_multiple_of(SECTOR) };
        let whole = from == start || end.saturating_sub(from) >= SECTOR;
        if from < start + len && whole { Step::Torn } else { Step::Damaged(reason.into()) }
    }
}

//! Where a segment ends.

use super::{Footer, FrameHeader, SegmentHeader, Version};
use crate::Seed;

/// What is known behind the last whole frame: all that the next frame, or the footer, has to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) version: Version,
    /// Where in the file the next frame starts.
    pub(crate) offset: u64,
    /// The position of the next record.
    pub(crate) next: u64,
    /// When the last record was recorded, in milliseconds.
    pub(crate) recorded_at: i64,
    /// How many frames the segment has.
    pub(crate) frames: u32,
    /// The digest of this segment and all before.
    pub(crate) digest: u32,
}

impl Cursor {
    /// The end of an empty segment. `recorded_at` is when the last record before it was recorded.
    pub(crate) fn behind(header: SegmentHeader, recorded_at: i64) -> Self {
        let SegmentHeader { version, first: next, digest_before: digest } = header;
        Self { version, offset: version.header_len() as u64, next, recorded_at, frames: 0, digest }
    }

    /// Before a segment whose header is not known.
    pub(crate) fn nowhere(first: u64, before: Footer) -> Self {
        let header = SegmentHeader { version: Version::Binding, first, digest_before: before.digest };
        Self { offset: 0, ..Self::behind(header, before.recorded_at) }
    }

    /// Moves behind one more frame.
    pub(crate) fn pass(&mut self, header: &FrameHeader, stored: &[u8; FrameHeader::LEN]) {
        self.offset += header.frame_len(self.version) as u64;
        self.next = header.last() + 1;
        self.recorded_at = header.recorded_at;
        self.frames += 1;
        self.digest = self.version.chain(self.digest, stored);
    }

    /// The footer that belongs here.
    pub(crate) fn footer(&self) -> Footer {
        let Self { offset, next, recorded_at, frames, digest, .. } = *self;
        Footer { frames, last: next - 1, recorded_at, offset, digest }
    }

    /// The header of the segment that follows.
    pub(crate) fn following(&self, seed: Seed) -> SegmentHeader {
        SegmentHeader::new(self.next, self.digest, seed)
    }

    /// Whether the segment is of the version that is written now. To one that is not, nothing is added.
    pub(crate) fn is_current(&self) -> bool {
        self.version.is_written()
    }
}

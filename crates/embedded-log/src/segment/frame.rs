//! A frame: one commit in a segment file.

use super::{Version, block_is_sound, field, i64_at, seal_block, u32_at, u64_at};

/// The longest payload: no less than the largest commit that any release took, and what its envelope adds.
pub(crate) const PAYLOAD_BYTES_MAX: usize = (8 << 20) + (64 << 10);

/// What only the writer knows of a commit, and the checksums.
///
/// It has a checksum of its own, so that a flipped length can be told from a frame that was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) payload_len: u32,
    pub(crate) records: u16,
    /// How many records the same write put before it.
    pub(crate) of_write_before: u16,
    pub(crate) first: u64,
    pub(crate) recorded_at: i64,
    pub(crate) payload_crc: u32,
}

impl FrameHeader {
    pub(crate) const LEN: usize = 32;

    pub(crate) fn encode(self, version: Version) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[..4].copy_from_slice(&self.payload_len.to_le_bytes());
        block[4..6].copy_from_slice(&self.records.to_le_bytes());
        block[6..8].copy_from_slice(&self.of_write_before.to_le_bytes());
        block[8..16].copy_from_slice(&self.first.to_le_bytes());
        block[16..24].copy_from_slice(&self.recorded_at.to_le_bytes());
        block[24..28].copy_from_slice(&self.payload_crc.to_le_bytes());
        seal_block(&mut block, |content| version.checksum(content));
        block
    }

    /// Reads a header; `None` if it doesn't match its checksum.
    pub(crate) fn decode(block: &[u8; Self::LEN], version: Version) -> Option<Self> {
        block_is_sound(block, |content| version.checksum(content)).then(|| Self {
            payload_len: u32_at(block, 0),
            records: u16::from_le_bytes(field(block, 4)),
            of_write_before: u16::from_le_bytes(field(block, 6)),
            first: u64_at(block, 8),
            recorded_at: i64_at(block, 16),
            payload_crc: u32_at(block, 24),
        })
    }

    /// The position of the last record.
    pub(crate) fn last(&self) -> u64 {
        self.first + u64::from(self.records) - 1
    }

    /// The position of the first record of the write that it was part of.
    pub(crate) fn write_first(&self) -> u64 {
        self.first.saturating_sub(self.of_write_before.into())
    }

    /// The length of the whole frame.
    pub(crate) fn frame_len(&self, version: Version) -> usize {
        version.frame_len(self.payload_len as usize)
    }

    /// Takes the salt off a stored payload and its padding, in place, and checks them against the header.
    pub(crate) fn unmask(&self, stored: &mut [u8], version: Version) -> bool {
        version.mask(stored);
        let (payload, padding) = stored.split_at(self.payload_len as usize);
        padding.iter().all(|byte| *byte == 0) && crc32c::crc32c(payload) == self.payload_crc
    }
}

//! What a sealed segment ends with: enough to trust it at open without reading it.

use super::{Version, block_is_sound, i64_at, seal_block, u32_at, u64_at};

const MAGIC: [u8; 4] = *b"SEAL";

/// The footer of a sealed segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Footer {
    /// How many frames stand before it.
    pub(crate) frames: u32,
    /// The position of the segment's last record.
    pub(crate) last: u64,
    /// When that was recorded, in milliseconds.
    pub(crate) recorded_at: i64,
    /// Where in the file the footer stands: the length of all before it.
    pub(crate) offset: u64,
    /// The digest of this segment and all before.
    pub(crate) digest: u32,
}

impl Footer {
    pub(crate) const LEN: usize = 40;

    pub(crate) fn encode(self, version: Version) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[..4].copy_from_slice(&MAGIC);
        block[4..8].copy_from_slice(&self.frames.to_le_bytes());
        block[8..16].copy_from_slice(&self.last.to_le_bytes());
        block[16..24].copy_from_slice(&self.recorded_at.to_le_bytes());
        block[24..32].copy_from_slice(&self.offset.to_le_bytes());
        block[32..36].copy_from_slice(&self.digest.to_le_bytes());
        seal_block(&mut block, |content| version.checksum(content));
        block
    }

    /// Reads a footer, if these bytes are one: no frame can start with its magic, for no payload is so long.
    pub(crate) fn decode(block: &[u8; Self::LEN], version: Version) -> Option<Self> {
        let is_footer = block[..4] == MAGIC && block_is_sound(block, |content| version.checksum(content));
        is_footer.then(|| Self {
            frames: u32_at(block, 4),
            last: u64_at(block, 8),
            recorded_at: i64_at(block, 16),
            offset: u64_at(block, 24),
            digest: u32_at(block, 32),
        })
    }

    /// Where the file ends.
    pub(crate) fn end(&self) -> u64 {
        self.offset + Self::LEN as u64
    }

    /// Whether these bytes start as a footer does.
    pub(crate) fn announces(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }
}

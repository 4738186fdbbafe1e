//! What a segment file starts with.

use super::{Version, block_is_sound, field, seal_block, u32_at, u64_at};

const MAGIC: [u8; 8] = *b"RESITSEG";

/// The header of a segment file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) version: Version,
    /// The position of its first record.
    pub(crate) first: u64,
    /// The digest of all segments before.
    pub(crate) digest_before: u32,
}

impl SegmentHeader {
    pub(crate) const LEN: usize = 32;

    /// The header of a new segment.
    pub(crate) const fn new(first: u64, digest_before: u32) -> Self {
        Self { version: Version::CURRENT, first, digest_before }
    }

    pub(crate) fn encode(self) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[..8].copy_from_slice(&MAGIC);
        block[8..12].copy_from_slice(&self.version.number().to_le_bytes());
        block[12..16].copy_from_slice(&self.digest_before.to_le_bytes());
        block[16..24].copy_from_slice(&self.first.to_le_bytes());
        seal_block(&mut block);
        block
    }

    /// Reads a header from the start of a file.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub(crate) fn decode(file: &[u8]) -> Result<Self, String> {
        let block = file.first_chunk::<{ Self::LEN }>().ok_or("the file is shorter than its header")?;
        if !block_is_sound(block) {
            return Err("the file's header does not match its checksum".into());
        }
        if field(block, 0) != MAGIC {
            return Err("the file is no segment".into());
        }
        let number = u32_at(block, 8);
        let version = Version::of(number).ok_or_else(|| {
            let known = Version::CURRENT.number();
            format!("the file has version {number}, and this release reads versions up to {known}")
        })?;
        Ok(Self { version, digest_before: u32_at(block, 12), first: u64_at(block, 16) })
    }

    /// Whether it follows on the same as another one.
    pub(crate) fn has_place_of(&self, other: &Self) -> bool {
        (self.first, self.digest_before) == (other.first, other.digest_before)
    }
}

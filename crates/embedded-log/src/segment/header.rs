//! What a segment file starts with.

use super::{block_is_sound, field, seal_block, u32_at, u64_at};

const MAGIC: [u8; 8] = *b"RESITSEG";
const VERSION: u32 = 1;

/// The header of a segment file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// The position of its first record.
    pub(crate) first: u64,
    /// The digest of all segments before.
    pub(crate) digest_before: u32,
}

impl SegmentHeader {
    pub(crate) const LEN: usize = 32;

    pub(crate) fn encode(self) -> [u8; Self::LEN] {
        let mut block = [0; Self::LEN];
        block[..8].copy_from_slice(&MAGIC);
        block[8..12].copy_from_slice(&VERSION.to_le_bytes());
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
        match u32_at(block, 8) {
            VERSION => Ok(Self { digest_before: u32_at(block, 12), first: u64_at(block, 16) }),
            newer => Err(format!("the file has version {newer}, and this release reads version {VERSION}")),
        }
    }
}

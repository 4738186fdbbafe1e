//! What a segment file starts with.

use super::{Salt, Version, block_is_sound, field, seal_block, u32_at, u64_at};
use crate::Seed;

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

/// Where the salt is, twice: a flipped bit in a header must not cost the payloads.
const SALTS: [usize; 2] = [24, 24 + Salt::LEN];

impl SegmentHeader {
    /// The header of a new segment.
    pub(crate) fn new(first: u64, digest_before: u32, seed: Seed) -> Self {
        Self { version: Version::Salted(Salt::of(seed, first)), first, digest_before }
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        let mut block = vec![0; self.version.header_len()];
        block[..8].copy_from_slice(&MAGIC);
        block[8..12].copy_from_slice(&self.version.number().to_le_bytes());
        block[12..16].copy_from_slice(&self.digest_before.to_le_bytes());
        block[16..24].copy_from_slice(&self.first.to_le_bytes());
        if let Version::Salted(salt) = self.version {
            for at in SALTS {
                block[at..at + Salt::LEN].copy_from_slice(&salt.bytes());
            }
        }
        seal_block(&mut block, crc32c::crc32c);
        block
    }

    /// Reads a header from the start of a file.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub(crate) fn decode(file: &[u8]) -> Result<Self, String> {
        const TOO_SHORT: &str = "the file is shorter than its header";
        let number = u32_at(file.get(..Version::header_len_of(0)).ok_or(TOO_SHORT)?, 8);
        let block = file.get(..Version::header_len_of(number)).ok_or(TOO_SHORT)?;
        if !block_is_sound(block, crc32c::crc32c) {
            return Err("the file's header does not match its checksum".into());
        }
        if field(block, 0) != MAGIC {
            return Err("the file is no segment".into());
        }
        let version = match number {
            1 => Version::Counting,
            2 => Version::Binding,
            Version::WRITTEN => Version::Salted(Salt::read(block, SALTS[0])),
            _ => {
                let known = Version::WRITTEN;
                return Err(format!(
                    "the file has version {number}, and this release reads versions up to {known}"
                ));
            }
        };
        Ok(Self { version, digest_before: u32_at(block, 12), first: u64_at(block, 16) })
    }

    /// What a damaged header may have said of the version.
    pub(crate) fn versions_of_damaged(file: &[u8]) -> Vec<Version> {
        let salts = file.get(..Version::HEADER_LEN_MAX).map(|block| SALTS.map(|at| Salt::read(block, at)));
        let salted = salts.into_iter().flatten().map(Version::Salted);
        salted.chain([Version::Binding, Version::Counting]).collect()
    }

    /// Whether it follows on a segment that ended at `last` with this digest.
    pub(crate) fn follows(&self, last: u64, digest: u32) -> bool {
        (self.first, self.digest_before) == (last + 1, digest)
    }
}

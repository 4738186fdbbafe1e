//! A block of a run: so many entries, and a checksum over them and over where they belong.

use super::entry::Entry;

/// How many bytes a block takes: one read, and one checksum, for each lookup.
pub(crate) const BLOCK_BYTES: usize = 4096;
/// How many entries it has, unless it is the last one.
pub(crate) const ENTRIES_MAX: usize = (BLOCK_BYTES - TRAILER) / Entry::LEN;
/// The count and the checksum at its end.
const TRAILER: usize = 8;

/// Which block of which run: it is in the checksum, so that no block can stand in another's place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockId {
    /// The first segment of the run, and how many it covers.
    pub(crate) segments: (u32, u32),
    pub(crate) number: u64,
}

impl BlockId {
    fn checksum(self, content: &[u8]) -> u32 {
        let mut crc = crc32c::crc32c(&self.segments.0.to_le_bytes());
        crc = crc32c::crc32c_append(crc, &self.segments.1.to_le_bytes());
        crc = crc32c::crc32c_append(crc, &self.number.to_le_bytes());
        crc32c::crc32c_append(crc, content)
    }
}

/// The stored form of at most [`ENTRIES_MAX`] entries.
pub(crate) fn encode(id: BlockId, entries: &[Entry]) -> [u8; BLOCK_BYTES] {
    let mut block = [0; BLOCK_BYTES];
    for (slot, entry) in block.chunks_exact_mut(Entry::LEN).zip(entries) {
        slot.copy_from_slice(&entry.encode());
    }
    let count = u32::try_from(entries.len()).expect("a block has few entries");
    block[BLOCK_BYTES - 8..BLOCK_BYTES - 4].copy_from_slice(&count.to_le_bytes());
    let crc = id.checksum(&block[..BLOCK_BYTES - 4]);
    block[BLOCK_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
    block
}

/// The entries of a block; `None` if it is not what was written there.
pub(crate) fn decode(id: BlockId, block: &[u8; BLOCK_BYTES]) -> Option<Vec<Entry>> {
    let (content, crc) = block.split_last_chunk()?;
    if u32::from_le_bytes(*crc) != id.checksum(content) {
        return None;
    }
    let (entries, count) = content.split_last_chunk()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    let (entries, _) = entries.as_chunks();
    Some(entries.get(..count)?.iter().map(|bytes| Entry::decode(*bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{NameHash, Place};

    #[test]
    fn a_block_is_read_in_its_own_place_only_and_unchanged() {
        let id = BlockId { segments: (3, 8), number: 5 };
        let entry = |n: u64| Entry { name: NameHash(n), place: Place(n * 3) };
        let entries: Vec<_> = (0..ENTRIES_MAX as u64).map(entry).collect();
        let block = encode(id, &entries);
        assert_eq!(decode(id, &block).as_deref(), Some(&entries[..]));
        assert_eq!(decode(BlockId { number: 6, ..id }, &block), None);
        assert_eq!(decode(BlockId { segments: (3, 9), ..id }, &block), None);
        for bit in 0..BLOCK_BYTES * 8 {
            let mut flipped = block;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode(id, &flipped), None, "bit {bit}");
        }
        assert_eq!(decode(id, &encode(id, &entries[..2])).as_deref(), Some(&entries[..2]));
    }
}

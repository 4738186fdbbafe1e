//! Buckets: the names of one segment, split by hash, each a sorted list of hashes and frame offsets.

use super::NameHash;

const ENTRY: usize = 12;
/// About how many entries a bucket has: a lookup reads and checks one bucket.
const ENTRIES_WANTED: usize = 512;
/// A bucket's number takes this many bits at most.
const BITS_MAX: u32 = 12;

/// One name and one of its frames.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) name: NameHash,
    pub(crate) offset: u32,
}

/// How many bits of the hash choose the bucket, for this many entries.
pub(crate) fn bits_for(entries: usize) -> u32 {
    let buckets = entries.div_ceil(ENTRIES_WANTED).max(1);
    buckets.next_power_of_two().trailing_zeros().min(BITS_MAX)
}

/// The bucket that a hash falls into.
pub(crate) fn number(hash: u64, bits: u32) -> u16 {
    if bits == 0 { 0 } else { u16::try_from(hash >> (64 - bits)).expect("fewer than 16 bits") }
}

/// The values of all buckets, in order of their numbers, empty ones included.
pub(crate) fn fill(entries: &[Entry], bits: u32) -> Vec<Vec<u8>> {
    // Split first and sorted then: small lists are sorted where the processor has them at hand.
    let mut buckets = vec![Vec::with_capacity(entries.len() >> bits); 1 << bits];
    for Entry { name, offset } in entries {
        buckets[usize::from(number(name.sorted(), bits))].push((name.sorted(), *offset));
    }
    let stored = |mut bucket: Vec<(u64, u32)>| {
        bucket.sort_unstable();
        // Room for the checksum as well.
        let mut bytes = Vec::with_capacity(bucket.len() * ENTRY + 4);
        for (hash, offset) in bucket {
            bytes.extend_from_slice(&hash.to_be_bytes());
            bytes.extend_from_slice(&offset.to_be_bytes());
        }
        bytes
    };
    buckets.into_iter().map(stored).collect()
}

/// The frames of a name, oldest first; among them may be frames of a name with the same hash.
pub(crate) fn offsets(bucket: &[u8], name: NameHash) -> Vec<u32> {
    let (entries, _) = bucket.as_chunks::<ENTRY>();
    let hash_of =
        |entry: &[u8; ENTRY]| u64::from_be_bytes(*entry.first_chunk().expect("an entry starts with it"));
    let start = entries.partition_point(|entry| hash_of(entry) < name.sorted());
    let hits = entries[start..].iter().take_while(|entry| hash_of(entry) == name.sorted());
    hits.map(|entry| u32::from_be_bytes(*entry.last_chunk().expect("an entry ends with it"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Kind;

    #[test]
    fn every_name_is_found_with_its_frames_in_order() {
        let name = |n: u32| NameHash::of(Kind::Stream, &n.to_string());
        let entry = |n: u32, offset| Entry { name: name(n), offset };
        let entries: Vec<_> = (0..3_000).flat_map(|n| [entry(n, n + 7_000), entry(n, n)]).collect();
        let bits = bits_for(entries.len());
        let buckets = fill(&entries, bits);
        assert_eq!((bits, buckets.len()), (4, 16));
        for n in 0..3_000 {
            let bucket = &buckets[usize::from(number(name(n).sorted(), bits))];
            assert_eq!(offsets(bucket, name(n)), [n, n + 7_000]);
        }
        assert!(offsets(&buckets[0], name(5_000)).is_empty());
    }
}

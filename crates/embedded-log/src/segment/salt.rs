//! Salt: random bytes of a segment, so that nobody who sends a commit can choose the bytes that are stored.

use std::cell::RefCell;

use super::{field, u64_at};
use crate::Seed;

/// The salt of a segment of version 3. It is no secret to those who can read the file, and no encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Salt([u64; 2]);

const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

impl Salt {
    pub(crate) const LEN: usize = 16;

    /// The salt of the segment that starts at a position. Segments of one seed have different ones.
    pub(crate) fn of(seed: Seed, first: u64) -> Self {
        let bytes = seed.bytes();
        let words = [u64_at(&bytes, 0), u64_at(&bytes, 8)];
        let mixed = mix(words[0].wrapping_add(first.wrapping_mul(STRIDE)));
        Self([mixed, mix(words[1] ^ mixed.rotate_left(32))])
    }

    pub(super) fn read(bytes: &[u8], at: usize) -> Self {
        Self([u64_at(bytes, at), u64_at(bytes, at + 8)])
    }

    pub(super) fn bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.0[0].to_le_bytes());
        bytes[8..].copy_from_slice(&self.0[1].to_le_bytes());
        bytes
    }

    /// The checksum of a frame's header or of a footer.
    pub(super) fn checksum(self, bytes: &[u8]) -> u32 {
        let [start, ..] = self.words(u64::MAX);
        crc32c::crc32c_append(start, bytes)
    }

    fn words(self, number: u64) -> [u32; 2] {
        let word = self.word(number).to_le_bytes();
        [u32::from_le_bytes(field(&word, 0)), u32::from_le_bytes(field(&word, 4))]
    }

    fn word(self, number: u64) -> u64 {
        mix(self.0[0].wrapping_add(number.wrapping_mul(STRIDE)) ^ self.0[1])
    }

    /// Puts the salt on a payload, or takes it off again: the same key stream for each payload of the segment.
    pub(super) fn apply(self, payload: &mut [u8]) {
        KEYS.with_borrow_mut(|keys| {
            let (salt, stream) = keys;
            if *salt != self {
                *salt = self;
                stream.clear();
            }
            let len = payload.len().min(KEYS_MAX);
            while stream.len() < len {
                stream.extend(self.word((stream.len() / 8) as u64).to_le_bytes());
            }
            let (kept, rest) = payload.split_at_mut(len);
            put_on(kept, stream);
            for (bytes, number) in rest.chunks_mut(8).zip((KEYS_MAX / 8) as u64..) {
                put_on(bytes, &self.word(number).to_le_bytes());
            }
        });
    }
}

/// So many bytes of a key stream are kept by each thread: nearly every payload is shorter.
const KEYS_MAX: usize = 4_096;

thread_local! {
    /// The beginning of the key stream that this thread used last. It is a function of the salt, and takes several times as
    /// long to make as to put on.
    static KEYS: RefCell<(Salt, Vec<u8>)> = const { RefCell::new((Salt([0; 2]), Vec::new())) };
}

fn put_on(bytes: &mut [u8], keys: &[u8]) {
    for (byte, key) in bytes.iter_mut().zip(keys) {
        *byte ^= key;
    }
}

/// The finalizer of splitmix64: a bijection that spreads every bit over all others.
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_on_twice_is_off_again() {
        let salt = Salt::of(Seed::from([7; 16]), 41);
        for len in [600, 0, 1, 7, 8, 9, 4_095, 4_096, 4_097, 9_001] {
            let payload: Vec<u8> = (0..=u8::MAX).cycle().take(len).collect();
            let mut stored = payload.clone();
            salt.apply(&mut stored);
            let keys = (0..).flat_map(|number| salt.word(number).to_le_bytes());
            let expected: Vec<u8> = payload.iter().zip(keys).map(|(byte, key)| byte ^ key).collect();
            assert_eq!(stored, expected);
            salt.apply(&mut stored);
            assert_eq!(stored, payload);
        }
    }

    #[test]
    fn every_seed_and_every_segment_has_a_salt_of_its_own() {
        let seeds = [[0; 16], [1; 16], [0xff; 16]].map(Seed::from);
        let salts = seeds.map(|seed| [1, 2, 411, u64::MAX].map(|first| Salt::of(seed, first)));
        let salts = salts.as_flattened();
        for (at, salt) in salts.iter().enumerate() {
            assert!(!salts[..at].contains(salt));
            assert_eq!(Salt::read(&salt.bytes(), 0), *salt);
            let mut zeros = [0; 4_096];
            salt.apply(&mut zeros);
            assert!(zeros.as_chunks::<8>().0.iter().all(|word| *word != [0; 8]), "zeros do not stay zeros");
        }
    }
}

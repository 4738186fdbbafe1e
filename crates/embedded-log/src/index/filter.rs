//! A Bloom filter whose probes for one name all fall into one cache line.

use super::NameHash;

const LINE_WORDS: usize = 8;
const LINE_BITS: usize = LINE_WORDS * 64;
/// Costs about one false hit in a hundred.
const BITS_PER_NAME: usize = 10;
const PROBES: u32 = 6;

/// Tells for sure that a name is absent, and nearly for sure that it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    /// An empty filter for `names` names.
    pub(crate) fn for_names(names: usize) -> Self {
        let lines = (names * BITS_PER_NAME).div_ceil(LINE_BITS).max(1);
        Self { words: vec![0; lines * LINE_WORDS] }
    }

    fn probes(&self, name: NameHash) -> impl Iterator<Item = (usize, u64)> + use<> {
        // Entries are sorted by the hash itself; here it is mixed once more, lest neighbours share a line.
        let hash = (name.0 ^ name.0 >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
        let hash = hash ^ hash >> 32;
        let lines = (self.words.len() / LINE_WORDS) as u64;
        // The upper bits choose the line, by multiplication instead of division; lower ones choose the bits.
        let line =
            usize::try_from((u128::from(hash) * u128::from(lines)) >> 64).expect("fewer than all lines");
        let bits = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (0..PROBES).map(move |n| {
            let bit = (bits >> (9 * n)) & 511;
            (line * LINE_WORDS + usize::try_from(bit / 64).expect("below eight"), 1 << (bit % 64))
        })
    }

    pub(crate) fn insert(&mut self, name: NameHash) {
        for (word, bit) in self.probes(name) {
            self.words[word] |= bit;
        }
    }

    /// Whether the name may be there.
    pub(crate) fn may_hold(&self, name: NameHash) -> bool {
        self.probes(name).all(|(word, bit)| self.words[word] & bit != 0)
    }

    /// How many bytes a filter for `names` names takes.
    pub(crate) fn bytes_for(names: u64) -> u64 {
        names.saturating_mul(BITS_PER_NAME as u64).div_ceil(LINE_BITS as u64).max(1) * (LINE_BITS as u64 / 8)
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> u64 {
        self.words.len() as u64 * 8
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Reads a filter back; `None` if the bytes can't be one.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks();
        let whole = rest.is_empty() && !words.is_empty() && words.len() % LINE_WORDS == 0;
        whole.then(|| Self { words: words.iter().map(|word| u64::from_le_bytes(*word)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Kind;

    fn name(n: usize) -> NameHash {
        NameHash::of(Kind::Stream, &format!("entitlement/{n}"))
    }

    #[test]
    fn every_name_that_went_in_is_held_and_few_others() {
        let mut filter = Filter::for_names(10_000);
        (0..10_000).for_each(|n| filter.insert(name(n)));
        let filter = Filter::from_bytes(&filter.to_bytes()).unwrap();
        assert!((0..10_000).all(|n| filter.may_hold(name(n))));
        let false_hits = (10_000..110_000).filter(|n| filter.may_hold(name(*n))).count();
        assert!(false_hits < 2_500, "{false_hits} of 100,000");
    }

    #[test]
    fn an_empty_filter_holds_nothing() {
        assert!(!Filter::for_names(0).may_hold(name(1)));
    }
}

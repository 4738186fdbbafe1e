//! Names, hashed. Two names with one hash cost a read more and nothing else: every hit is checked against the record.

use xxhash_rust::xxh3::xxh3_128_with_seed;

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stream = 1,
    Command = 2,
}

/// The hash of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameHash(u128);

impl NameHash {
    pub(crate) fn of(kind: Kind, name: &str) -> Self {
        Self(xxh3_128_with_seed(name.as_bytes(), kind as u64))
    }

    /// The half by which buckets are chosen and sorted.
    pub(crate) fn sorted(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// The half that goes to the filter, so that the two know nothing of each other.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
    pub(crate) fn filtered(self) -> u64 {
        self.0 as u64
    }
}

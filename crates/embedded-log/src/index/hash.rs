//! Names, hashed. Two names with one hash cost a read more and nothing else: every hit is checked against the record.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Stream = 1,
    Command = 2,
}

/// The hash of a name, as it is stored. Streams and commands are hashed apart, so that one table holds both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NameHash(pub(crate) u64);

impl NameHash {
    pub(crate) fn of(kind: Kind, name: &str) -> Self {
        Self(xxh3_64_with_seed(name.as_bytes(), kind as u64))
    }
}

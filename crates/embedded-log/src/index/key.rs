//! A name's two hashes, made once by whoever asks, before a lock is taken.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::LazyLock,
};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{Kind, NameHash};

/// Every process hashes differently in memory, so that nobody can choose names that fall together.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());

/// A name's two hashes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    in_memory: u64,
    stored: NameHash,
}

impl Key {
    pub(crate) fn of(kind: Kind, name: &str) -> Self {
        Self { in_memory: xxh3_64_with_seed(name.as_bytes(), *SEED), stored: NameHash::of(kind, name) }
    }

    /// The hash that holds in this process.
    pub(crate) fn in_memory(self) -> u64 {
        self.in_memory
    }

    /// The hash that holds for ever.
    pub(crate) fn stored(self) -> NameHash {
        self.stored
    }
}

//! Names as keys of maps in memory, hashed once.

use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState},
    sync::LazyLock,
};

use resit_domain::CommandId;
use resit_event_log::StreamId;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Every process hashes differently, so that nobody can choose names that fall together.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());

/// A name with its hash, which whoever asks computes before taking a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key<T> {
    hash: u64,
    name: T,
}

impl<T> Key<T> {
    pub(crate) fn name(&self) -> &T {
        &self.name
    }
}

impl From<StreamId> for Key<StreamId> {
    fn from(name: StreamId) -> Self {
        Self { hash: xxh3_64_with_seed(name.as_str().as_bytes(), *SEED), name }
    }
}

impl From<CommandId> for Key<CommandId> {
    fn from(name: CommandId) -> Self {
        Self { hash: xxh3_64_with_seed(name.as_str().as_bytes(), *SEED), name }
    }
}

impl<T> Hash for Key<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// A map whose keys bring their hashes.
pub(crate) type KeyMap<T> = HashMap<Key<T>, u32, BuildHasherDefault<AsItIs>>;

/// Takes a hash for what it is.
#[derive(Debug, Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("keys write their hash alone");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

//! Segments that take no more records.

use std::sync::{Arc, RwLock};

use crate::{
    index::{LiveIndex, Summary},
    segment::Footer,
};

/// A sealed segment.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// Its first position.
    pub(crate) first: u64,
    pub(crate) footer: Footer,
    index: RwLock<SealedIndex>,
}

/// Where a sealed segment's index is.
#[derive(Debug, Clone)]
pub(crate) enum SealedIndex {
    /// Still, or again, in memory.
    Live(Arc<LiveIndex>),
    /// On disk.
    Stored(Arc<Summary>),
}

impl Sealed {
    pub(crate) fn new(first: u64, footer: Footer, index: SealedIndex) -> Self {
        Self { first, footer, index: RwLock::new(index) }
    }

    pub(crate) fn index(&self) -> SealedIndex {
        self.index.read().expect("no code panics while it holds the lock").clone()
    }

    pub(crate) fn set_index(&self, index: SealedIndex) {
        *self.index.write().expect("no code panics while it holds the lock") = index;
    }
}

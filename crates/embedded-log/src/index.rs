//! Where a stream's and a command's records lie. All of it can be rebuilt from the segments.
//!
//! The active segment's index is in memory. When a segment is sealed, its index becomes a run: a sorted file of names and
//! frames. Runs that follow each other are merged, so that each is at least twice as large as the next one: however many
//! segments there are, a name is looked for in a few runs, and a filter for each tells which need not be asked at all.

mod block;
mod entry;
mod filter;
mod hash;
mod key;
mod live;
mod run;
mod store;
mod table;
mod waypoints;

use std::io;

pub(crate) use entry::{Entry, Place, Sum, collect};
pub(crate) use filter::Filter;
pub(crate) use hash::{Kind, NameHash};
pub(crate) use key::Key;
pub(crate) use live::LiveIndex;
pub(crate) use run::{Covered, Run};
pub(crate) use store::{IndexStore, remove};
pub(crate) use waypoints::{Marking, Waypoints};

/// The index could not be asked or stored: look into the segments for what was wanted.
#[derive(Debug, Clone)]
pub(crate) struct IndexFault(pub(crate) String);

impl From<io::Error> for IndexFault {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

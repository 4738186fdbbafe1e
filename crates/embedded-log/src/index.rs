//! Where a stream's and a command's records lie. All of it can be rebuilt from the segments.
//!
//! The active segment's index is in memory. When a segment is sealed, its index goes to sled as sorted blobs, with a
//! small filter that stays in memory and tells which segments need not be asked at all.

mod bucket;
mod filter;
mod hash;
mod key;
mod live;
mod row;
mod store;
mod summary;
mod table;

pub(crate) use hash::{Kind, NameHash};
pub(crate) use key::Key;
pub(crate) use live::LiveIndex;
pub(crate) use store::{Agreement, IndexFault, IndexStore, remove};
pub(crate) use summary::Summary;

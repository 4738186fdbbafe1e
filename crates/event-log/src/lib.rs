#![doc = include_str!("../README.md")]

pub mod audit;
pub mod codec;
mod commit;
#[cfg(feature = "contract")]
pub mod contract;
mod error;
mod limits;
mod log;
mod memory;
mod room;
mod stream;

pub use commit::{Appended, Commit, EventData, Position, Record, Slice};
pub use error::{AppendError, ReadError};
pub use limits::{COMMIT_BYTES_MAX, EVENTS_MAX, ITEM_BYTES, KIND_BYTES_MAX, SLICES_MAX, STREAM_BYTES_MAX};
pub use log::{EventLog, as_stored};
pub use memory::MemoryLog;
pub use room::{Place, Room, WAITING_BYTES_MAX, WAITING_MAX};
pub use stream::StreamId;

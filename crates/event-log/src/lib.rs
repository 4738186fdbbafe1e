#![doc = include_str!("../README.md")]

mod commit;
mod error;
mod log;
mod stream;

pub use commit::{Appended, Commit, EventData, Position, Record, Slice};
pub use error::{AppendError, ReadError};
pub use log::EventLog;
pub use stream::StreamId;

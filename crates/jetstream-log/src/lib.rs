#![doc = include_str!("../README.md")]

mod ahead;
mod answers;
mod batch;
mod cursor;
mod damage;
mod due;
mod end;
mod examine;
mod follow;
mod group;
mod head;
mod leader;
mod log;
mod nameless;
mod open;
mod pending;
mod range;
mod seal;
mod seen;
mod shared;
mod stored;
mod strides;
mod writer;

pub use log::JetStreamLog;
pub use open::OpenError;

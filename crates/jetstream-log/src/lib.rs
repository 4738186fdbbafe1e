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
mod followed;
mod group;
mod head;
mod leader;
mod log;
mod nameless;
mod newest;
mod open;
mod pause;
mod pending;
mod proof;
mod range;
mod seal;
mod seen;
mod shared;
mod stored;
mod strides;
mod writer;

pub use log::JetStreamLog;
pub use open::OpenError;

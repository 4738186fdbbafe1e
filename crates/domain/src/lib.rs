#![doc = include_str!("../README.md")]

pub mod calendar_time;
mod ids;
mod order;
mod timestamp;

pub use ids::*;
pub use order::OrderLine;
pub use timestamp::{InvalidInstant, Timestamp};

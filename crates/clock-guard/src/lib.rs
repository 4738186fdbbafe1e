#![doc = include_str!("../README.md")]

mod bounds;
mod confirmation;
mod guard;
mod untrusted;

pub use bounds::Bounds;
pub use confirmation::{Unconfirmed, confirmed};
pub use guard::{ClockGuard, Reading};
pub use untrusted::{Against, Untrusted};

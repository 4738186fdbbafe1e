#![doc = include_str!("../README.md")]

mod clock;
mod drive;
mod error;
mod in_process;
pub mod life;

pub use drive::Measured;
pub use error::BenchError;

#![doc = include_str!("../README.md")]

mod active;
mod check;
mod config;
mod copy;
mod digest;
mod directory;
mod disk;
mod error;
mod files;
mod format;
mod index;
mod indexer;
mod log;
mod name;
mod open;
mod read;
mod recover;
mod repair;
mod report;
mod request;
mod sealed;
mod segment;
mod set_aside;
mod settle;
mod shared;
mod stop;
mod verify;
mod writer;

pub use config::{Config, Seed};
pub use copy::{CopyReport, copy};
pub use digest::Digest;
pub use error::{Damage, OpenError};
pub use log::EmbeddedLog;
pub use repair::repair;
pub use report::{OpenReport, RepairReport, SetAside, VerifyReport};
pub use verify::verify;

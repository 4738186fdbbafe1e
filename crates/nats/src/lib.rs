#![doc = include_str!("../README.md")]

mod link;
mod names;
mod settings;
mod token;

pub use link::{Link, LinkError};
pub use names::{LedgerName, Names, NoLedgerName};
pub use settings::{Credentials, Durability, Settings};
pub use token::{token, untoken};

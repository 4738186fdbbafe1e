#![doc = include_str!("../README.md")]

mod denied;
pub mod durability;
pub mod layout;
mod link;
mod names;
mod report;
mod rights;
mod settings;
mod time;
mod token;
mod trace;
mod users;

pub use denied::Denied;
pub use link::{Link, LinkError};
pub use names::{ApiCaller, KnownBy, LedgerName, Names, NoLedgerName};
pub use rights::{NotAllowed, Rights};
pub use settings::{Credentials, Durability, Settings};
pub use time::{ServerTime, server_times};
pub use token::{token, untoken};
pub use trace::{SpanIds, TraceContext};
pub use users::{
    Account, Answers, ConfigFile, Grant, Naming, NoUser, Transport, User, UserKind, public_keys,
    server_config,
};

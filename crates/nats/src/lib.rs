#![doc = include_str!("../README.md")]

mod denied;
pub mod durability;
pub mod layout;
mod link;
mod names;
mod protocol;
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
pub use protocol::is_protocol_header;
pub use rights::{NotAllowed, Rights};
pub use settings::{Credentials, Durability, Settings};
pub use time::{ServerTime, server_times};
pub use token::{token, untoken};
pub use trace::{SpanIds, TraceContext};
pub use users::{
    Account, Answers, ConfigFile, Grant, Naming, NoUser, Place, Transport, User, UserKind, differing,
    first_ledger, ledger_config, ledger_of_file, public_keys, public_keys_of, server_config,
    with_ledgers_beside,
};

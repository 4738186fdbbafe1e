//! Who is let in, and what each may do.

mod class;
mod grant;
mod ledgers;
mod server_config;
mod user;

pub use grant::{Answers, Grant};
pub use ledgers::{Place, differing, first_ledger, ledger_of_file, with_ledgers_beside};
pub use server_config::{ConfigFile, Transport, ledger_config, public_keys, public_keys_of, server_config};
pub use user::{Account, Naming, NoUser, User, UserKind};

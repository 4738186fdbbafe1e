//! Who is let in, and what each may do.

mod class;
mod grant;
mod server_config;
mod user;

pub use grant::{Answers, Grant};
pub use server_config::{ConfigFile, Transport, public_keys, server_config};
pub use user::{Account, Naming, NoUser, User, UserKind};

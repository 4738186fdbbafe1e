#![doc = include_str!("../README.md")]

mod error;
mod file;
mod right;
mod role;
mod secret;
mod token;
mod tokens;
mod watched;

pub use error::AccessError;
pub use file::{FILE_NAME, NewToken, TokenFile};
pub use right::Right;
pub use role::{Role, UnknownRole};
pub use secret::{SECRET_BYTES, Secret, TokenHash};
pub use token::Token;
pub use tokens::Tokens;
pub use watched::WatchedTokens;

//! Why tokens can't be read or changed.

use std::path::PathBuf;

use resit_domain::Actor;

use crate::Role;

/// Why tokens can't be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The file can't be read or written.
    #[error("the tokens in {path} can't be used")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what `resit token` writes.
    #[error("the tokens in {path} can't be understood: {reason}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        reason: String,
    },
    /// The name is another token's.
    #[error("a token with the name {0} is there already; take another name, or revoke it first")]
    NameTaken(Actor),
    /// No token has the name.
    #[error("no token has the name {0}; `resit token list` shows them")]
    UnknownName(Actor),
    /// Only a purchase system belongs to a shop.
    #[error("only a purchase token is bound to a shop; leave the shop out for the role {0}")]
    ShopWithoutPurchase(Role),
}

//! A token, as the ledger's folder knows it.

use std::fmt::Write as _;

use resit_domain::{Actor, ShopId, Timestamp};
use serde::Deserialize;

use crate::{Right, Role, TokenHash};

/// What is known of a token: everything but its secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Its name: the actor that its commands carry on record.
    pub name: Actor,
    /// What its holder is.
    pub role: Role,
    /// When it was made.
    pub made_at: Timestamp,
    /// The hash of its secret.
    pub sha256: TokenHash,
    /// The only shop that it orders for.
    pub shop: Option<ShopId>,
    /// The first instant at which it is worth nothing.
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// Whether its holder may do something.
    pub fn has(&self, right: Right) -> bool {
        self.role.has(right)
    }

    /// Whether it has ended at `at`.
    pub fn is_expired(&self, at: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= at)
    }

    /// Its entry in the file. Names have no sign that TOML would want escaped.
    pub(crate) fn write(&self, to: &mut String) {
        let Self { name, role, made_at, sha256, shop, expires_at } = self;
        let entry = format!(
            "\n[[token]]\nname = \"{name}\"\nrole = \"{role}\"\nmade_at = \"{made_at}\"\nsha256 = \"{sha256}\"\n"
        );
        to.push_str(&entry);
        if let Some(shop) = shop {
            writeln!(to, "shop = \"{shop}\"").expect("writing to a string does not fail");
        }
        if let Some(expires_at) = expires_at {
            writeln!(to, "expires_at = \"{expires_at}\"").expect("writing to a string does not fail");
        }
    }
}

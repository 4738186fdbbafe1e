//! Roles: the kinds of caller that a server knows.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A purchase system: it orders and refunds.
    Purchase,
    /// A delivery provider: it registers candidates and reports results.
    Delivery,
    /// The support desk.
    Support,
    /// Reports and monitoring: they read.
    Reporting,
    /// Whoever runs the ledger.
    Operator,
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role; it is one of purchase, delivery, support, reporting, operator")]
pub struct UnknownRole(pub String);

impl Role {
    /// Every role, in the order in which tables show them.
    pub const ALL: [Role; 5] =
        [Role::Purchase, Role::Delivery, Role::Support, Role::Reporting, Role::Operator];

    /// The role's name.
    pub fn name(self) -> &'static str {
        match self {
            Role::Purchase => "purchase",
            Role::Delivery => "delivery",
            Role::Support => "support",
            Role::Reporting => "reporting",
            Role::Operator => "operator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        let role = Role::ALL.into_iter().find(|role| role.name() == text);
        role.ok_or_else(|| UnknownRole(text.chars().take(64).collect()))
    }
}

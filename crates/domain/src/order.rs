//! Orders, as purchase systems name them.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{Issue, OrderNumber, ShopId};

/// How an order under an agreement is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OrderMode {
    /// It has the full term of its own. Later orders under the agreement end with it.
    Subscription,
    /// It has the months that remain of the agreement.
    Prorated,
}

/// One line of an order in a shop's own numbering: the same line is the same entitlement, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// The purchase system.
    pub shop: ShopId,
    /// The order's number there.
    pub number: OrderNumber,
    /// The line in that order, from 1.
    pub line: u32,
}

/// Some pieces of an order line: from the first to the last, both inside, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Pieces {
    /// The first.
    pub first: u16,
    /// The last.
    pub last: u16,
}

impl Issue {
    /// The numbers of the pieces that it asks for, as far as the line has them.
    pub fn pieces(&self) -> RangeInclusive<u16> {
        let Pieces { first, last } = self.pieces.unwrap_or(Pieces { first: 1, last: self.quantity.max(1) });
        first.max(1)..=last.min(self.quantity.max(1))
    }
}

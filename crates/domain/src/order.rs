//! Orders, as purchase systems name them.

use serde::{Deserialize, Serialize};

use crate::{OrderNumber, ShopId};

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

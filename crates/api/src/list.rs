//! Lists, page by page, and what read models tell.

use std::collections::BTreeMap;

use resit_domain::{EntitlementId, OfferId, UnitNo};
use resit_event_log::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many items a page has if nobody says.
pub const PAGE_ITEMS: usize = 100;
/// How many items a page has at most.
pub const PAGE_ITEMS_MAX: usize = 1_000;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    /// The items, in the list's own order.
    pub items: Vec<T>,
    /// What to send as `after` for the next page; null at the end.
    pub next: Option<String>,
    /// How far the read models had come.
    #[schemars(with = "u64")]
    pub position: Position,
}

/// A voucher that serves a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CandidateVoucher {
    /// The entitlement.
    pub entitlement: EntitlementId,
    /// The offer.
    pub offer: OfferId,
    /// The unit.
    pub unit: UnitNo,
    /// How it stands: a stage, or `ended`.
    pub stands: String,
}

/// What an agreement has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Inventory {
    /// By offer, then by how they stand (a stage, or `ended`): how many vouchers.
    #[schemars(with = "BTreeMap<String, BTreeMap<String, u32>>")]
    pub offers: BTreeMap<OfferId, BTreeMap<String, u32>>,
    /// How far the read models had come.
    #[schemars(with = "u64")]
    pub position: Position,
}

/// A code to be looked up.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookUp {
    /// The code as somebody typed it.
    pub code: String,
}

/// Where a code leads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    /// The unit that it opens.
    pub unit: UnitNo,
    /// Its entitlement.
    pub entitlement: crate::Entitlement,
}

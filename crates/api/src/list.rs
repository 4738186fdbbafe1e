//! Lists, page by page, and what read models tell.

use std::collections::BTreeMap;

use resit_domain::{CommandId, EntitlementId, OfferId, ProposalView, Refusal, Timestamp, UnitNo};
use resit_event_log::Position;
use resit_projector::{CandidateUnit, RefusedOrder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Unit, UnitId};

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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CandidateVoucher {
    /// The entitlement.
    pub entitlement: EntitlementId,
    /// The offer.
    pub offer: OfferId,
    /// The voucher: how it stands, what was sat, when it ends and by which clause.
    #[serde(flatten)]
    pub unit: Unit,
}

/// A line of an order, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderedLine {
    /// Its number.
    pub line: u32,
    /// The offer: what was bought, or else what was last asked for.
    pub offer: OfferId,
    /// How many units of it.
    pub quantity: u16,
    /// How many of them were issued. The vouchers themselves are under the line's own path.
    pub issued: u16,
    /// How often a rule said no to the line.
    pub refusals: usize,
    /// What was said the last time; null if never.
    pub refused: Option<RefusedLine>,
}

/// What a rule said to an order line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RefusedLine {
    /// The command: its `why` tells everything.
    pub command: CommandId,
    /// Its position in the log.
    #[schemars(with = "u64")]
    pub position: Position,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// Why not, and what would make it yes.
    pub refusal: Refusal,
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

/// Goodwill that was proposed and waits for a second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PendingGoodwill {
    /// The voucher.
    pub voucher: UnitId,
    /// The offer.
    pub offer: OfferId,
    /// The proposal, as it is approved or declined.
    #[serde(flatten)]
    pub proposal: ProposalView,
    /// The decision in dispute.
    pub dispute: Option<CommandId>,
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

impl CandidateVoucher {
    /// A voucher as it stands at `now`.
    pub fn at(serving: CandidateUnit, now: Timestamp) -> Self {
        let CandidateUnit { entitlement, offer, unit } = serving;
        Self { entitlement, offer, unit: Unit::at(unit, now) }
    }
}

impl From<resit_projector::PendingGoodwill> for PendingGoodwill {
    fn from(pending: resit_projector::PendingGoodwill) -> Self {
        let resit_projector::PendingGoodwill {
            entitlement,
            unit,
            proposal,
            offer,
            gift,
            reason,
            by,
            dispute,
            proposed_at,
            expires_at,
        } = pending;
        let proposal = ProposalView { proposal, gift, reason, by, proposed_at, expires_at };
        Self { voucher: UnitId(entitlement, unit), offer, proposal, dispute }
    }
}

impl From<resit_projector::OrderedLine> for OrderedLine {
    fn from(ordered: resit_projector::OrderedLine) -> Self {
        let resit_projector::OrderedLine { line, offer, quantity, issued, refusals, refused } = ordered;
        Self { line, offer, quantity, issued, refusals, refused: refused.map(RefusedLine::from) }
    }
}

impl From<RefusedOrder> for RefusedLine {
    fn from(refused: RefusedOrder) -> Self {
        let RefusedOrder { command, position, recorded_at, refusal, .. } = refused;
        Self { command, position: Position(position), recorded_at, refusal }
    }
}

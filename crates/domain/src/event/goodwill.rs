//! Facts about goodwill that waits for a second person, and about chargebacks that were reversed.

use serde::{Deserialize, Serialize};

use crate::{Actor, CommandId, Gift, ReinstateReason, Remark, Timestamp, UnitNo};

super::facts! {
    /// Somebody proposed to give a voucher more, which a second person has to approve.
    GoodwillProposed {
        /// The unit.
        unit: UnitNo,
        /// The proposal's number on the unit, from 1.
        proposal: u16,
        /// What would be given.
        gift: Gift,
        /// The reason.
        reason: String,
        /// Who proposed it.
        by: Actor,
        /// The decision in dispute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispute: Option<CommandId>,
        /// The first instant at which it can't be approved any more.
        expires_at: Timestamp,
    }
    /// A proposal was declined, or withdrawn by whoever made it.
    GoodwillDeclined {
        /// The unit.
        unit: UnitNo,
        /// The proposal's number on the unit.
        proposal: u16,
        /// Who declined it.
        by: Actor,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Remark>,
    }
    /// A chargeback was reversed: the rights are as if it had not been.
    Reinstated {
        /// The units.
        units: Vec<UnitNo>,
        /// Why.
        reason: ReinstateReason,
    }
}

//! Facts about the end of a right: put off, come, or brought about.

use serde::{Deserialize, Serialize};

use crate::calendar_time::Period;
use crate::{Actor, CommandId, Gift, RevokeReason, Rule, Timestamp, UnitNo};

super::facts! {
    /// What nobody used was taken back.
    Revoked {
        /// The units.
        units: Vec<UnitNo>,
        /// Units that were used in part: what they might still have given was taken back.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rest: Vec<UnitNo>,
        /// Why.
        reason: RevokeReason,
    }
    /// Goodwill gave a voucher more.
    Extended {
        /// The unit.
        unit: UnitNo,
        /// What was given.
        gift: Gift,
        /// When a longer term ends: the first instant that is outside.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// The reason.
        reason: String,
        /// A second person who approved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approver: Option<Actor>,
        /// The decision in dispute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispute: Option<CommandId>,
        /// The proposal that was approved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposal: Option<u16>,
    }
    /// A deadline has passed; the right had ended by itself.
    Expired {
        /// The unit.
        unit: UnitNo,
        /// The instant it ended.
        ended_at: Timestamp,
        /// The rule whose deadline passed.
        rule: Rule,
        /// The clause.
        clause: String,
    }
    /// A right ends before long, and its holder is to be told: the notice that the terms promise fell due.
    EndsSoon {
        /// The unit.
        unit: UnitNo,
        /// The first instant at which it is gone, as it stands.
        ends_at: Timestamp,
        /// When the notice fell due.
        notice_at: Timestamp,
        /// How long before the end that is, as the terms say it.
        before: Period,
        /// The rule whose deadline the end is.
        rule: Rule,
        /// The clause.
        clause: String,
    }
}

//! How an order under an agreement is counted: as a subscription with the full term, or prorated to the months that remain.

use serde::{Deserialize, Serialize};

use super::open_points::Points;
use super::{Limit, Terms};
use crate::OrderMode;

/// How an order that does not say is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModeDefault {
    /// As a subscription.
    Subscription,
    /// Prorated.
    Prorated,
    /// As a subscription if the agreement has the full term left, and prorated if it has less.
    Shorter,
}

/// What becomes of an order placed before the first day of its agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EarlyOrders {
    /// It is taken, and its term begins with the agreement.
    Taken,
    /// It is refused.
    Refused,
}

/// Judges what an offer says of order modes.
pub(super) fn contradictions(terms: &Terms, points: &mut Points) {
    let sale = &terms.sale;
    let modes = &sale.order_modes;
    points.unless(
        modes.is_empty() || (sale.proration != Limit::None && sale.agreement != Limit::None),
        "vocabulary",
        "sale.order_modes",
        "how long is the full term, and under which agreements? say sale.proration, such as \"P12M\", and sale.agreement",
    );
    let named_twice = modes.iter().enumerate().any(|(at, mode)| modes[..at].contains(mode));
    points.unless(!named_twice, "vocabulary", "sale.order_modes", "a mode is there twice; name each once");
    let permitted = |default| match default {
        ModeDefault::Subscription => modes.contains(&OrderMode::Subscription),
        ModeDefault::Prorated => modes.contains(&OrderMode::Prorated),
        ModeDefault::Shorter => modes.len() > 1,
    };
    points.unless(
        sale.order_mode_default.is_none_or(permitted),
        "vocabulary",
        "sale.order_mode_default",
        "the default is not among sale.order_modes; which one holds?",
    );
}

//! What a running agreement does to an order: fewer months, and the end of the order that came first.

use chrono::{Datelike, NaiveDate};

use super::Known;
use crate::calendar_time::{Anchor, Moment, Span, ZoneClock};
use crate::terms::{BenefitKind, Limit, Terms};
use crate::{Agreement, Timestamp};

/// Whole months from the purchase to the end of the agreement, begun ones included, and the months of the full term.
pub(super) fn prorated(
    terms: &Terms,
    zone: ZoneClock<'_>,
    agreement: &Agreement,
    purchased_at: Timestamp,
) -> Option<(u16, u16)> {
    let (Limit::Some(term), Some(open)) = (terms.sale.proration, &agreement.open) else { return None };
    let Span::Civil { years, months, .. } = term.span() else { return None };
    let full = u16::try_from(years * 12 + months).ok()?;
    let bought = zone.civil_date(purchased_at);
    let end = open.last_day.succ_opt()?;
    let whole = (end.year() - bought.year()) * 12 + i32::try_from(end.month()).ok()?
        - i32::try_from(bought.month()).ok()?;
    let left = if end.day() > bought.day() { whole + 1 } else { whole };
    Some((u16::try_from(left.max(0)).ok()?.min(full), full))
}

/// The last day of the subscription that this order is tied to, if one runs at the time.
pub(super) fn running_order(
    zone: ZoneClock<'_>,
    agreement: &Agreement,
    purchased_at: Timestamp,
) -> Option<NaiveDate> {
    let bought = zone.civil_date(purchased_at);
    agreement.first_order_last_day.filter(|last_day| bought <= *last_day)
}

impl Known {
    /// The last day of a subscription that the order begins: later orders end when this one does.
    pub(super) fn subscription_last_day(
        &self,
        terms: &Terms,
        agreement: &Agreement,
        bought_at: Timestamp,
    ) -> Option<NaiveDate> {
        let zone = self.zone_clock(terms.zone);
        if running_order(zone, agreement, bought_at).is_some() {
            return None;
        }
        let use_within = terms.benefits.iter().find_map(|b| match &b.kind {
            BenefitKind::Subscription { use_within } => Some(use_within),
            _ => None,
        })?;
        let open = agreement.open.as_ref();
        let calendar =
            terms.rulings.business_days.value().and_then(|named| self.calendars.get(named)?.current());
        let anchors = |anchor| match anchor {
            Anchor::Purchase | Anchor::Issue => Some(Moment::Instant(bought_at)),
            Anchor::AgreementEnd => open.map(|a| Moment::Day(a.last_day)),
            Anchor::AgreementStart => open.map(|a| Moment::Day(a.first_day)),
            _ => None,
        };
        let ends_at = use_within.ends_at(&anchors, zone, terms.rulings.last_day, calendar).at()?;
        // The day from which the end comes to the same instant again.
        let inside = if terms.includes_last_day() { ends_at.plus_millis(-1) } else { ends_at };
        Some(zone.civil_date(inside))
    }
}

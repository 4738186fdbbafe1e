//! What an agreement makes of an order: how it is counted, what it ends with, and how many months it lives.

use chrono::NaiveDate;

use super::Known;
use super::proration::{full_months, months_of_life};
use crate::calendar_time::add_months;
use crate::terms::{BenefitKind, ModeDefault, Terms, join, word};
use crate::{
    Agreement, Entitlement, Issue, Issued, Judge, Offer, OrderMode, Refusal, Right, Rule, Timestamp,
};

/// What holds for all pieces of an order line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OrderTerm {
    pub(super) mode: Option<OrderMode>,
    pub(super) first_order_last_day: Option<NaiveDate>,
    pub(super) term_last_day: Option<NaiveDate>,
    pub(super) prorated: Option<(u16, u16)>,
}

impl OrderTerm {
    /// What the first piece of a line was given holds for all of it, also if the agreement has changed since.
    pub(super) fn of(was: &Issued) -> Self {
        Self {
            mode: was.mode,
            first_order_last_day: was.first_order_last_day,
            term_last_day: was.term_last_day,
            prorated: was.prorated,
        }
    }

    /// What an order is given that is placed under this agreement; the months it lives follow once its end is known.
    pub(super) fn under(
        c: &Issue,
        terms: &Terms,
        agreement: &Agreement,
        (bought_at, bought_on): (Timestamp, NaiveDate),
    ) -> Self {
        let mode = mode_of(c, terms, Some(agreement), bought_on);
        let first_order = agreement.subscriptions.first(bought_at, bought_on);
        Self {
            mode,
            first_order_last_day: first_order.map(|first| first.last_day),
            term_last_day: full_term_ends_on(terms, Some(agreement), bought_on)
                .filter(|_| mode == Some(OrderMode::Subscription)),
            prorated: None,
        }
    }

    /// The last day of the subscription that the order is, with which later orders end; none if it is not one.
    pub(super) fn subscription_last_day(self, rights: &[Right<'_>]) -> Option<NaiveDate> {
        match self.mode {
            Some(OrderMode::Prorated) => None,
            Some(OrderMode::Subscription) => {
                let tied_to = self.first_order_last_day.unwrap_or(NaiveDate::MAX);
                self.term_last_day.map(|last_day| last_day.min(tied_to))
            }
            // An offer without modes: what is called a subscription is one.
            None => rights.iter().find_map(|right| {
                let kind = &right.terms.benefit(right.unit.benefit).kind;
                let end = right.end().filter(|_| matches!(kind, BenefitKind::Subscription { .. }))?;
                Some(right.day_of_end(end.at))
            }),
        }
    }
}

/// How an order is counted: as it says, or as the offer counts one that does not say.
fn mode_of(
    c: &Issue,
    terms: &Terms,
    agreement: Option<&Agreement>,
    bought_on: NaiveDate,
) -> Option<OrderMode> {
    let sale = &terms.sale;
    let only = <&[OrderMode; 1]>::try_from(sale.order_modes.as_slice()).map(|[only]| *only).ok();
    c.mode.or(only).or_else(|| {
        Some(match sale.order_mode_default? {
            ModeDefault::Subscription => OrderMode::Subscription,
            ModeDefault::Prorated => OrderMode::Prorated,
            ModeDefault::Shorter => {
                let full = full_term_ends_on(terms, agreement, bought_on)?;
                let ends_sooner = agreement.and_then(|a| a.open.as_ref()).is_some_and(|a| a.last_day < full);
                if ends_sooner { OrderMode::Prorated } else { OrderMode::Subscription }
            }
        })
    })
}

/// The last day of the full term, which begins with the purchase, or with the agreement if that begins later.
fn full_term_ends_on(
    terms: &Terms,
    agreement: Option<&Agreement>,
    bought_on: NaiveDate,
) -> Option<NaiveDate> {
    let months = full_months(terms)?;
    Some(add_months(term_begins_on(agreement, bought_on), months.into()))
}

/// The day on which the term of an order begins.
pub(super) fn term_begins_on(agreement: Option<&Agreement>, bought_on: NaiveDate) -> NaiveDate {
    agreement.and_then(|a| a.open.as_ref()).map_or(bought_on, |open| bought_on.max(open.first_day))
}

impl Known {
    /// Asks that the order says how it is counted, if the offer leaves that to it.
    pub(super) fn order_mode(
        &self,
        c: &Issue,
        bought_at: Timestamp,
        terms: &Terms,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let modes = &terms.sale.order_modes;
        let bought_on = self.zone_clock(terms.zone).civil_date(bought_at);
        let mode = mode_of(c, terms, self.agreement_at(bought_at).as_deref(), bought_on);
        let fits = mode.map_or(modes.is_empty(), |mode| modes.contains(&mode));
        judge.rule(&terms.law(), Rule::OrderMode, fits, |d| {
            let remedy = if modes.is_empty() {
                "leave `mode` out: this offer is not sold in several ways".to_owned()
            } else {
                format!(
                    "say `mode` in the order: {}",
                    modes.iter().map(word).collect::<Vec<_>>().join(" or ")
                )
            };
            d.fact("modes", join(modes.iter().map(word)))
                .fact_or("mode", mode.map(word), "not given")
                .remedy(remedy)
        })
    }

    /// The rights of a piece as it is issued now, under the agreement as it was at some time.
    pub(super) fn rights_of_fresh<'a>(
        &'a self,
        entitlement: &'a Entitlement,
        terms: &'a Terms,
        offer: &'a Offer,
        agreement: Option<&'a Agreement>,
    ) -> Vec<Right<'a>> {
        let Some(issued) = &entitlement.issued else { return Vec::new() };
        let right = |unit| {
            let calendars = &self.calendars;
            let zones = self.zones.known();
            Right { terms, offer, agreement, calendars, zones, entitlement, issued, unit }.governed()
        };
        entitlement.units.iter().map(right).collect()
    }

    /// The months that an order lives, and of how many, where the offer notes that.
    pub(super) fn months_noted(
        &self,
        terms: &Terms,
        rights: &[Right<'_>],
        bought_on: NaiveDate,
    ) -> Option<(u16, u16)> {
        let full = full_months(terms)?;
        let ends: Option<Vec<_>> = rights.iter().map(Right::end).collect();
        let last = rights.iter().zip(ends?).map(|(right, end)| right.last_day_inside(end.at)).max()?;
        let begins = term_begins_on(self.agreement.as_deref(), bought_on);
        Some((months_of_life(begins, last, full), full))
    }
}

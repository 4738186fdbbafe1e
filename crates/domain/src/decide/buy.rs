//! Who may buy what, when and how.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::Known;
use crate::calendar_time::Anchor;
use crate::terms::{BoundAt, EarlyOrders, Payment, Terms, join, word};
use crate::{Agreement, BuyerFact, Grandfather, Issue, Judge, Law, Offer, Open, Refusal, Rule, Timestamp};

impl Known {
    /// Asks that the offer is sold: to this buyer, there and then, in this quantity and way.
    pub(super) fn may_buy(
        &self,
        c: &Issue,
        bought_at: Timestamp,
        terms: &Terms,
        offer: &Offer,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let law = terms.law();
        let sale = &terms.sale;
        // As it was sold then, to whom it was sold then.
        let offer = &*offer.until_then(bought_at);
        let agreement = self.agreement_at(bought_at);
        let open = agreement.as_deref().and_then(|agreement| agreement.open.as_ref());
        let still_sold = match offer.withdrawn {
            None => true,
            Some((withdrawn_at, _)) if bought_at < withdrawn_at => true,
            Some((_, Grandfather::Nobody)) => false,
            Some((withdrawn_at, Grandfather::OpenAgreements)) => {
                open.is_some_and(|a| a.recorded_at < withdrawn_at)
            }
        };
        judge.rule(&law, Rule::StillSold, still_sold, |d| {
            d.fact_or("withdrawn-at", offer.withdrawn.map(|(at, _)| at), "never")
                .remedy("choose an offer that is sold today")
        })?;
        let day = self.zone_clock(terms.zone).civil_date(bought_at);
        let opens = terms.runs_from.value();
        judge.rule(&law, Rule::OnSaleFrom, opens.is_none_or(|opens| *opens <= day), |d| {
            d.fact_or("opens", opens, "at once")
                .fact("purchased-on", day)
                .remedy("buy again when the offer has opened")
        })?;
        let ends = offer.last_day_of(terms.hash);
        let inside = |ends: NaiveDate| {
            if terms.includes_last_day() { day <= ends } else { day < ends }
        };
        judge.rule(&law, Rule::OnSaleUntil, ends.is_none_or(inside), |d| {
            d.fact_or("last-day", ends, "none")
                .fact("purchased-on", day)
                .remedy("the offer has ended; choose one that runs today")
        })?;
        judge.rule(&law, Rule::SaleChannel, sale.channels.holds(c.channel.as_ref()), |d| {
            d.fact("channels", &sale.channels)
                .fact_or("channel", c.channel.as_ref(), "not given")
                .remedy("order through one of the channels")
        })?;
        judge.rule(&law, Rule::SaleRegion, sale.regions.holds(c.region.as_ref()), |d| {
            d.fact("regions", &sale.regions)
                .fact_or("region", c.region.as_ref(), "not given")
                .remedy("order in one of the regions")
        })?;
        let has = |fact: &BuyerFact| c.buyer.contains(fact) || open.is_some_and(|a| a.buyer.contains(fact));
        judge.rule(&law, Rule::BuyerQualifies, sale.buyer.iter().all(has), |d| {
            let missing = join(sale.buyer.iter().filter(|fact| !has(fact)));
            d.fact("asked", join(&sale.buyer))
                .fact("missing", &missing)
                .remedy(format!("the buyer has to become: {missing}"))
        })?;
        agreement_fits(open, day, terms, judge)?;
        order_fits(c, terms, judge)?;
        self.order_mode(c, bought_at, terms, judge)?;
        order_dated(c, day, terms, judge)?;
        holder_named(c, terms, judge)
    }

    /// The agreement that the order names, as it was then.
    pub(super) fn agreement_at(&self, at: Timestamp) -> Option<Cow<'_, Agreement>> {
        self.agreement.as_deref().map(|agreement| agreement.until_then(at))
    }

    /// Asks that the agreement that the order names is known.
    pub(super) fn known_agreement(&self, c: &Issue, judge: &mut Judge) -> Result<(), Refusal> {
        let open = self.agreement.as_ref().and_then(|a| a.open.as_ref());
        judge.rule(&Law::LEDGER, Rule::KnownAgreement, c.agreement.is_none() || open.is_some(), |d| {
            d.fact_or("agreement", c.agreement.as_ref(), "none")
                .remedy("open the agreement first, or correct its name")
        })
    }
}

fn agreement_fits(
    open: Option<&Open>,
    day: NaiveDate,
    terms: &Terms,
    judge: &mut Judge,
) -> Result<(), Refusal> {
    let (law, sale) = (terms.law(), &terms.sale);
    judge.rule(
        &law,
        Rule::UnderAgreement,
        sale.agreement.value().is_none_or(|kinds| kinds.holds(open.map(|a| &a.programme)) && open.is_some()),
        |d| {
            d.fact("kinds", &sale.agreement)
                .fact_or("programme", open.map(|a| &a.programme), "none")
                .remedy("order under an agreement of one of the kinds")
        },
    )?;
    let early = sale.early_orders == EarlyOrders::Taken;
    let runs = open.is_none_or(|a| (early || a.first_day <= day) && day <= a.last_day);
    judge.rule(&law, Rule::AgreementRuns, runs, |d| {
        d.fact_or("first-day", open.map(|a| a.first_day), "none")
            .fact_or("last-day", open.map(|a| a.last_day), "none")
            .fact("purchased-on", day)
            .remedy("order under an agreement that runs on the day of purchase")
    })
}

fn order_fits(c: &Issue, terms: &Terms, judge: &mut Judge) -> Result<(), Refusal> {
    let (law, sale) = (terms.law(), &terms.sale);
    judge.rule(&law, Rule::NotCombined, sale.combinable || c.combined_with.is_empty(), |d| {
        d.fact("combined-with", join(&c.combined_with))
            .remedy("order it alone, without another offer or discount")
    })?;
    judge.rule(
        &law,
        Rule::QuantityMax,
        c.quantity > 0 && sale.quantity_max.value().is_none_or(|max| c.quantity <= *max),
        |d| {
            d.fact("max", sale.quantity_max)
                .fact("quantity", c.quantity)
                .remedy("order at least one, and no more than the maximum on one line")
        },
    )?;
    let payment = match sale.payment {
        Payment::Either | Payment::AtScheduling => true,
        Payment::Paid => c.paid,
        Payment::Free => !c.paid,
    };
    judge.rule(&law, Rule::Payment, payment, |d| {
        d.fact("asked", word(sale.payment))
            .fact("paid", c.paid)
            .remedy("order it as the offer is sold: paid or free")
    })
}

/// Asks that the order has the date of its vouchers, where the offer takes it from there, and that it has not passed.
fn order_dated(c: &Issue, bought_on: NaiveDate, terms: &Terms, judge: &mut Judge) -> Result<(), Refusal> {
    let needed = terms.counts_from(Anchor::OrderDate);
    let fits = match c.valid_until {
        None => !needed,
        Some(last_day) => {
            needed && if terms.includes_last_day() { bought_on <= last_day } else { bought_on < last_day }
        }
    };
    judge.rule(&terms.law(), Rule::OrderDate, fits, |d| {
        let remedy = if needed {
            "say `valid_until` in the order: the date on its vouchers, which is not before the purchase"
        } else {
            "leave `valid_until` out: this offer has dates of its own"
        };
        d.fact_or("valid-until", c.valid_until, "not given").fact("purchased-on", bought_on).remedy(remedy)
    })
}

fn holder_named(c: &Issue, terms: &Terms, judge: &mut Judge) -> Result<(), Refusal> {
    judge.rule(
        &terms.law(),
        Rule::HolderNamed,
        terms.holder.bound_at != BoundAt::Purchase || c.holder.is_some(),
        |d| d.fact("bound-at", "purchase").remedy("name the holder in the order"),
    )
}

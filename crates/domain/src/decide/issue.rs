//! Orders: what a line buys, and whether it can be bought.

use chrono::{Datelike, NaiveDate};

use super::{Decision, Known};
use crate::calendar_time::{LastDay, Span};
use crate::event::{CodeMinted, CommandRepeated, HolderBound, IssuedUnit, OrderPlaced, VoucherIssued};
use crate::terms::{BenefitKind, BoundAt, Limit, Payment, Scope, Terms, join};
use crate::{
    Agreement, BuyerFact, Entitlement, Grandfather, Issue, Judge, Law, Layer, Offer, Refusal, Right, Rule,
    Stream, Timestamp,
};

impl Known {
    pub(super) fn issue(&self, c: &Issue, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        if let Some(first) = self.entitlement.as_deref().filter(|e| e.issued.is_some()) {
            return repeated(first, c, at, judge);
        }
        let offer = self.offer.as_deref();
        let terms = offer.and_then(Offer::in_force);
        judge.rule(&Law::LEDGER, Rule::KnownOffer, terms.is_some(), |d| {
            d.fact("offer", &c.offer).remedy("publish the offer first, or correct its name")
        })?;
        let (terms, offer) = (terms.expect("judged just above").as_ref(), offer.expect("has the terms"));
        self.may_buy(c, terms, offer, judge)?;
        let agreement = self.agreement.as_deref();
        let mut decision = Decision::default();
        self.put_pieces(c, terms, at, &mut decision);
        if let (Some(id), Some(agreement)) = (&c.agreement, agreement) {
            let placed = OrderPlaced {
                order: c.order.clone(),
                offer: c.offer.clone(),
                entitlements: self.pieces.clone(),
                subscription_last_day: subscription_last_day(terms, agreement, c),
            };
            decision.put(Stream::Agreement(id.clone()), c.purchased_at, placed);
        }
        self.warn_buyer(c, terms, offer, at, &mut decision);
        Ok(decision)
    }

    fn may_buy(&self, c: &Issue, terms: &Terms, offer: &Offer, judge: &mut Judge) -> Result<(), Refusal> {
        let law =
            Law { layer: Layer::Offer, name: terms.offer.as_str(), clauses: &terms.clauses, waived: &[] };
        let sale = &terms.sale;
        let open = self.agreement.as_ref().and_then(|a| a.open.as_ref());
        judge.rule(&Law::LEDGER, Rule::KnownAgreement, c.agreement.is_none() || open.is_some(), |d| {
            d.fact_or("agreement", c.agreement.as_ref(), "none")
                .remedy("open the agreement first, or correct its name")
        })?;
        let still_sold = match offer.withdrawn {
            None => true,
            Some((_, Grandfather::Nobody)) => false,
            Some((withdrawn_at, Grandfather::OpenAgreements)) => {
                open.is_some_and(|a| a.recorded_at < withdrawn_at)
            }
        };
        judge.rule(&law, Rule::StillSold, still_sold, |d| {
            d.fact_or("withdrawn-at", offer.withdrawn.map(|(at, _)| at), "never")
                .remedy("choose an offer that is sold today")
        })?;
        let day = terms.zone.civil_date(c.purchased_at);
        let opens = terms.runs_from.value();
        judge.rule(&law, Rule::OnSaleFrom, opens.is_none_or(|opens| *opens <= day), |d| {
            d.fact_or("opens", opens, "at once")
                .fact("purchased-on", day)
                .remedy("buy again when the offer has opened")
        })?;
        let ends = offer.last_day();
        let inside = |ends: NaiveDate| {
            if terms.rulings.last_day == LastDay::Inclusive { day <= ends } else { day < ends }
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
        judge.rule(
            &law,
            Rule::UnderAgreement,
            sale.agreement
                .value()
                .is_none_or(|kinds| kinds.holds(open.map(|a| &a.programme)) && open.is_some()),
            |d| {
                d.fact("kinds", &sale.agreement)
                    .fact_or("programme", open.map(|a| &a.programme), "none")
                    .remedy("order under an agreement of one of the kinds")
            },
        )?;
        let runs = open.is_none_or(|a| a.first_day <= day && day <= a.last_day);
        judge.rule(&law, Rule::AgreementRuns, runs, |d| {
            d.fact_or("first-day", open.map(|a| a.first_day), "none")
                .fact_or("last-day", open.map(|a| a.last_day), "none")
                .fact("purchased-on", day)
                .remedy("order under an agreement that runs on the day of purchase")
        })?;
        judge.rule(&law, Rule::NotCombined, sale.combinable || c.combined_with.is_empty(), |d| {
            d.fact("combined-with", join(&c.combined_with))
                .remedy("order it alone, without another offer or discount")
        })?;
        judge.rule(
            &law,
            Rule::QuantityMax,
            sale.quantity_max.value().is_none_or(|max| c.quantity <= *max),
            |d| {
                d.fact("max", sale.quantity_max)
                    .fact("quantity", c.quantity)
                    .remedy("order no more than the maximum on one line")
            },
        )?;
        let payment = match sale.payment {
            Payment::Either => true,
            Payment::Paid => c.paid,
            Payment::Free => !c.paid,
        };
        judge.rule(&law, Rule::Payment, payment, |d| {
            d.fact("asked", format!("{:?}", sale.payment).to_lowercase())
                .fact("paid", c.paid)
                .remedy("order it as the offer is sold: paid or free")
        })?;
        judge.rule(
            &law,
            Rule::HolderNamed,
            terms.holder.bound_at != BoundAt::Purchase || c.holder.is_some(),
            |d| d.fact("bound-at", "purchase").remedy("name the holder in the order"),
        )
    }

    fn put_pieces(&self, c: &Issue, terms: &Terms, at: Timestamp, decision: &mut Decision) {
        let agreement = self.agreement.as_deref().filter(|_| c.agreement.is_some());
        let units = usize::from(terms.units());
        for (piece, id) in (1..).zip(&self.pieces) {
            let minted = &self.minted[usize::from(piece - 1) * units..usize::from(piece) * units];
            let issued = VoucherIssued {
                order: c.order.clone(),
                piece,
                pieces: c.quantity,
                offer: c.offer.clone(),
                terms: terms.hash,
                purchased_at: c.purchased_at,
                paid: c.paid,
                units: terms
                    .unit_benefits()
                    .zip(minted)
                    .map(|(benefit, &code)| IssuedUnit { benefit, code })
                    .collect(),
                channel: c.channel.clone(),
                agreement: c.agreement.clone(),
                first_order_last_day: agreement.and_then(|a| a.first_order_last_day),
                prorated: agreement.and_then(|a| prorated(terms, a, c.purchased_at)),
                tier: c.tier.clone(),
            };
            let stream = Stream::Entitlement(*id);
            decision.put(stream.clone(), c.purchased_at, issued);
            if let Some(candidate) = c.holder.clone().filter(|_| terms.holder.bound_at == BoundAt::Purchase) {
                let scopes = if terms.holder.per == Scope::Pack {
                    vec![None]
                } else {
                    (1..=terms.units()).map(Some).collect()
                };
                for unit in scopes {
                    decision.put(stream.clone(), at, HolderBound { unit, candidate: candidate.clone() });
                }
            }
            for (unit, &code) in (1..).zip(minted) {
                decision.put(Stream::Code(code), at, CodeMinted { entitlement: *id, unit });
            }
        }
    }

    /// What is permitted and may disappoint: no practice test for the exam in mind, or no time to use what is bought.
    fn warn_buyer(&self, c: &Issue, terms: &Terms, offer: &Offer, at: Timestamp, decision: &mut Decision) {
        let law =
            Law { layer: Layer::Offer, name: terms.offer.as_str(), clauses: &terms.clauses, waived: &[] };
        let with_test = terms.benefits.iter().any(|b| matches!(b.kind, BenefitKind::PracticeTest { .. }));
        if let Some(code) = c.exam.as_ref().filter(|_| with_test)
            && self
                .exam(code)
                .and_then(|exam| exam.facts.as_ref())
                .is_none_or(|facts| facts.practice_tests.is_empty())
        {
            decision.warn(
                law.clause(Rule::KnownPracticeTest),
                format!("the catalogue has no practice test for {code}"),
            );
        }
        let Some(id) = self.pieces.first() else { return };
        let fresh = decision.events.iter().filter(|placed| placed.stream == Stream::Entitlement(*id));
        let entitlement =
            fresh.fold(Entitlement::new(*id), |e, placed| e.evolve(&placed.event, placed.happened_at, at));
        let Some(issued) = &entitlement.issued else { return };
        for unit in &entitlement.units {
            let right = Right {
                terms,
                offer,
                agreement: self.agreement.as_deref(),
                calendar: self.calendar.as_deref(),
                entitlement: &entitlement,
                issued,
                unit,
            };
            if let Some(end) = right.ended(at) {
                decision.warn(
                    law.clause(end.rule),
                    format!("voucher {id}.{} ended at {} and can't be used", unit.no, end.at),
                );
            } else if let Some(text) = right.retake_out_of_reach(at) {
                decision.warn(law.clause(Rule::RetakeSitBy), text);
            }
        }
    }
}

/// An order line that was issued before: it must say the same, and changes nothing.
fn repeated(first: &Entitlement, c: &Issue, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
    let was = first.issued.as_ref().expect("only issued ones are repeated");
    let same = was.offer == c.offer
        && was.pieces == c.quantity
        && was.purchased_at == c.purchased_at
        && was.paid == c.paid
        && was.agreement == c.agreement;
    judge.rule(&Law::LEDGER, Rule::OrderUnchanged, same, |d| {
        d.fact("offer", &was.offer)
            .fact("quantity", was.pieces)
            .fact("purchased-at", was.purchased_at)
            .fact("paid", was.paid)
            .fact_or("agreement", was.agreement.as_ref(), "none")
            .remedy("this order line was issued with these facts; send a new line for something else")
    })?;
    let mut decision = Decision::default();
    decision.put(
        Stream::Entitlement(first.id),
        at,
        CommandRepeated { what: "the order line was issued before".to_owned() },
    );
    Ok(decision)
}

/// Whole months from the purchase to the end of the agreement, begun ones included, and the months of the full term.
fn prorated(terms: &Terms, agreement: &Agreement, purchased_at: Timestamp) -> Option<(u16, u16)> {
    let (Limit::Some(term), Some(open)) = (terms.sale.proration, &agreement.open) else { return None };
    let Span::Civil { years, months, .. } = term.span() else { return None };
    let full = u16::try_from(years * 12 + months).ok()?;
    let bought = terms.zone.civil_date(purchased_at);
    let end = open.last_day.succ_opt()?;
    let whole = (end.year() - bought.year()) * 12 + i32::try_from(end.month()).ok()?
        - i32::try_from(bought.month()).ok()?;
    let left = if end.day() > bought.day() { whole + 1 } else { whole };
    Some((u16::try_from(left.max(0)).ok()?.min(full), full))
}

/// The last day of a subscription that the order begins.
fn subscription_last_day(terms: &Terms, agreement: &Agreement, c: &Issue) -> Option<NaiveDate> {
    if agreement.first_order_last_day.is_some() {
        return None;
    }
    let use_within = terms.benefits.iter().find_map(|b| match &b.kind {
        BenefitKind::Subscription { use_within } => Some(use_within),
        _ => None,
    })?;
    use crate::calendar_time::{Anchor, Moment};
    let open = agreement.open.as_ref();
    let anchors = |anchor| match anchor {
        Anchor::Purchase | Anchor::Issue => Some(Moment::Instant(c.purchased_at)),
        Anchor::AgreementEnd => open.map(|a| Moment::Day(a.last_day)),
        Anchor::AgreementStart => open.map(|a| Moment::Day(a.first_day)),
        _ => None,
    };
    let ends_at = use_within.ends_at(&anchors, terms.zone, LastDay::Inclusive, None).at()?;
    terms.zone.civil_date(ends_at).pred_opt()
}

//! Orders: what a line buys, and whether it can be bought.

use std::sync::Arc;

use super::proration::{prorated, running_order};
use super::repeat::{order_unchanged, said, says_the_same};
use super::{Decision, Known};
use crate::event::{CodeMinted, HolderBound, IssuedUnit, OrderPlaced, VoucherAssigned, VoucherIssued};
use crate::terms::{BenefitKind, BoundAt, Scope, Terms};
use crate::{
    Entitlement, EntitlementId, Issue, Issued, Judge, Law, Offer, Refusal, Right, Rule, Stream, Timestamp,
    UnitNo,
};

impl Known {
    pub(super) fn issue(&self, c: &Issue, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let line = self.line();
        let complete = !self.pieces.is_empty() && self.pieces.iter().all(|id| self.issued.contains(id));
        if let Some(was) = line.filter(|was| complete || !says_the_same(was, c)) {
            return self.repeated(was, c, at, judge);
        }
        let bought_at = c.purchased_at.or(line.map(|was| was.purchased_at)).unwrap_or(at);
        let offer = self.offer.as_deref();
        // As for its codes: what is bought now is bought under what is on record, whatever a clock says of when that came.
        let terms = self.terms_of_order(c.purchased_at.unwrap_or(Timestamp::MAX));
        let found = terms.map(Arc::as_ref).zip(offer);
        let (terms, offer) = judge.found(&Law::LEDGER, Rule::KnownOffer, found, |d| {
            d.fact("offer", &c.offer).remedy("publish the offer first, or correct its name")
        })?;
        self.known_calendar(terms, judge)?;
        // Days, not instants: a shop's clock may be a little ahead of this one.
        let zone = self.zone_clock(terms.zone);
        let (bought_on, today) = (zone.civil_date(bought_at), zone.civil_date(at));
        judge.rule(&Law::LEDGER, Rule::PurchasePast, bought_on <= today, |d| {
            d.fact("purchased-on", bought_on)
                .fact("today", today)
                .remedy("give the time at which it was bought")
        })?;
        self.known_agreement(c, judge)?;
        if let Some(was) = line {
            order_unchanged(was, c, judge)?;
        }
        self.pieces_of_order(c, judge)?;
        self.may_buy(c, bought_at, terms, offer, judge)?;
        let agreement = self.agreement_at(bought_at);
        let agreement = agreement.as_deref();
        let mut decision = Decision::default();
        self.put_pieces(c, bought_at, terms, at, &mut decision);
        if let (Some(id), Some(agreement)) = (&c.agreement, agreement) {
            let placed = OrderPlaced {
                order: c.order.clone(),
                offer: c.offer.clone(),
                entitlements: self.fresh(c).map(|(_, id)| id).collect(),
                // A line begins one subscription, with its first piece.
                subscription_last_day: line
                    .is_none()
                    .then(|| self.subscription_last_day(terms, agreement, bought_at))
                    .flatten(),
            };
            decision.put(Stream::Agreement(id.clone()), bought_at, placed);
        }
        self.warn_buyer(c, terms, offer, at, &mut decision);
        Ok(decision)
    }

    /// What the line was issued with, if it was; its pieces are issued one after the other.
    fn line(&self) -> Option<&Issued> {
        self.entitlement.as_deref()?.issued.as_ref()
    }

    /// The pieces that are issued by this command, each with its number.
    fn fresh(&self, c: &Issue) -> impl Iterator<Item = (u16, EntitlementId)> {
        let asked = c.pieces().zip(self.pieces.iter().copied());
        asked.filter(|(_, id)| !self.issued.contains(id))
    }

    /// The terms that an order is bought under: those of the line's first piece, or those in force at its purchase.
    pub fn terms_of_order(&self, bought_at: Timestamp) -> Option<&Arc<Terms>> {
        let offer = self.offer.as_deref()?;
        match self.line() {
            Some(was) => offer.versions.get(&was.terms),
            None => offer.in_force_at(bought_at),
        }
    }

    fn put_pieces(
        &self,
        c: &Issue,
        bought_at: Timestamp,
        terms: &Terms,
        at: Timestamp,
        decision: &mut Decision,
    ) {
        let agreement = self.agreement_at(bought_at).filter(|_| c.agreement.is_some());
        let agreement = agreement.as_deref();
        let line = self.line();
        // What the line's first piece was given holds for all of it, also if the agreement has changed since.
        let (first_order_last_day, prorated) = match line {
            Some(was) => (was.first_order_last_day, was.prorated),
            None => (
                agreement.and_then(|a| running_order(self.zone_clock(terms.zone), a, bought_at)),
                agreement.and_then(|a| prorated(terms, self.zone_clock(terms.zone), a, bought_at)),
            ),
        };
        let units = usize::from(terms.units());
        assert_eq!(self.minted.len(), units * self.fresh(c).count(), "each new unit of the order has a code");
        for ((piece, id), minted) in self.fresh(c).zip(self.minted.chunks(units)) {
            let issued = VoucherIssued {
                order: c.order.clone(),
                piece,
                pieces: c.quantity,
                offer: c.offer.clone(),
                terms: terms.hash,
                purchased_at: bought_at,
                paid: c.paid,
                units: terms
                    .unit_benefits()
                    .zip(minted)
                    .map(|(benefit, &code)| IssuedUnit { benefit, code })
                    .collect(),
                channel: c.channel.clone(),
                agreement: c.agreement.clone(),
                first_order_last_day,
                prorated,
                tier: c.tier.clone(),
                said: Some(said(c)),
            };
            let stream = Stream::Entitlement(id);
            decision.put(stream.clone(), bought_at, issued);
            if let Some(candidate) = &c.holder {
                // A holder whom the order names is one, as far as the offer binds holders by then.
                for unit in scopes(terms) {
                    let candidate = candidate.clone();
                    if terms.holder.bound_at == BoundAt::Scheduling {
                        decision.put(stream.clone(), at, VoucherAssigned { unit, candidate });
                    } else {
                        decision.put(stream.clone(), at, HolderBound { unit, candidate });
                    }
                }
            }
            for (unit, &code) in (1..).zip(minted) {
                decision.put(Stream::Code(code), at, CodeMinted { entitlement: id, unit });
            }
        }
    }

    /// What is permitted and may disappoint: no practice test for the exam in mind, or no time to use what is bought.
    fn warn_buyer(&self, c: &Issue, terms: &Terms, offer: &Offer, at: Timestamp, decision: &mut Decision) {
        if let Some(bought_at) = c.purchased_at.filter(|bought_at| at < *bought_at) {
            decision.warn(
                Law::LEDGER.clause(Rule::DatesInOrder),
                format!("the purchase at {bought_at} lies ahead of now, {at}; is the shop's clock right?"),
            );
        }
        let with_test = terms.benefits.iter().any(|b| matches!(b.kind, BenefitKind::PracticeTest { .. }));
        if let Some(code) = c.exam.as_ref().filter(|_| with_test)
            && self
                .exam(code)
                .and_then(|exam| exam.facts.as_ref())
                .is_none_or(|facts| facts.practice_tests.is_empty())
        {
            decision.warn(
                terms.law().clause(Rule::KnownPracticeTest),
                format!("the catalogue has no practice test for {code}"),
            );
        }
        let Some((_, id)) = self.fresh(c).next() else { return };
        let fresh = decision.events.iter().filter(|placed| placed.stream == Stream::Entitlement(id));
        let entitlement =
            fresh.fold(Entitlement::new(id), |e, placed| e.evolve(&placed.event, placed.happened_at, at));
        let Some(issued) = &entitlement.issued else { return };
        // The programme counts a person's sittings, not vouchers: one warning is enough.
        let mut is_told = false;
        for unit in &entitlement.units {
            let right = Right {
                terms,
                offer,
                agreement: self.agreement.as_deref(),
                calendars: &self.calendars,
                zones: self.zones.known(),
                entitlement: &entitlement,
                issued,
                unit,
            }
            .governed();
            if let Some(end) = right.ended(at) {
                decision.warn(
                    right.clause_of(end),
                    format!("voucher {id}.{} ended at {} and can't be used", unit.no, end.at),
                );
            } else if let Some(warning) = right.retake_out_of_reach(1, at) {
                decision.warnings.push(warning);
            } else if !is_told && right.exam().is_some() {
                is_told = true;
                self.warn_holder(c, &right, at, decision);
            }
        }
    }
}

/// What a holder holds: the pack, or each of its vouchers.
fn scopes(terms: &Terms) -> Vec<Option<UnitNo>> {
    if terms.holder.per == Scope::Pack { vec![None] } else { (1..=terms.units()).map(Some).collect() }
}

//! Orders: what a line buys, and whether it can be bought.

use std::sync::Arc;

use chrono::NaiveDate;

use super::order_term::OrderTerm;
use super::repeat::{order_unchanged, said, says_the_same};
use super::{Decision, Known};
use crate::event::{CodeMinted, HolderBound, IssuedUnit, OrderPlaced, VoucherAssigned, VoucherIssued};
use crate::terms::{BenefitKind, BoundAt, Scope, Terms};
use crate::{
    Entitlement, EntitlementId, Fingerprint, Issue, Issued, Judge, Law, Offer, Refusal, Rule, Stream,
    Timestamp, UnitNo,
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

        let mut decision = Decision::default();
        let (term, subscription_last_day) = self.term_of_order(c, bought_at, terms, offer, at);
        self.put_pieces(c, bought_at, terms, term, at, &mut decision);
        if let Some(id) = &c.agreement {
            let placed = OrderPlaced {
                order: c.order.clone(),
                offer: c.offer.clone(),
                entitlements: self.fresh(c).map(|(_, id)| id).collect(),
                // A line begins one subscription, with its first piece.
                subscription_last_day,
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
        term: OrderTerm,
        at: Timestamp,
        decision: &mut Decision,
    ) {
        let units = usize::from(terms.units());
        assert_eq!(self.minted.len(), units * self.fresh(c).count(), "each new unit of the order has a code");
        for ((piece, id), minted) in self.fresh(c).zip(self.minted.chunks(units)) {
            let issued = piece_of(c, piece, bought_at, terms, term, minted);
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

    /// What an agreement makes of the order, and the last day of the subscription that its line begins.
    fn term_of_order(
        &self,
        c: &Issue,
        bought_at: Timestamp,
        terms: &Terms,
        offer: &Offer,
        at: Timestamp,
    ) -> (OrderTerm, Option<NaiveDate>) {
        if let Some(was) = self.line() {
            return (OrderTerm::of(was), None);
        }
        let Some(agreement) = self.agreement_at(bought_at).filter(|_| c.agreement.is_some()) else {
            return (OrderTerm::default(), None);
        };
        let bought_on = self.zone_clock(terms.zone).civil_date(bought_at);
        let term = OrderTerm::under(c, terms, &agreement, (bought_at, bought_on));
        let Some((piece, id)) = self.fresh(c).next() else { return (term, None) };
        let issued = piece_of(c, piece, bought_at, terms, term, &self.minted);
        let entitlement = Entitlement::new(id).evolve(&issued.into(), bought_at, at);
        let rights = self.rights_of_fresh(&entitlement, terms, offer, Some(&agreement));
        let prorated = self.months_noted(terms, &rights, bought_on);
        // A line begins one subscription, with its first piece.
        (OrderTerm { prorated, ..term }, term.subscription_last_day(&rights))
    }

    /// What is permitted and may disappoint: no practice test for the exam in mind, or no time to use what is bought.
    fn warn_buyer(&self, c: &Issue, terms: &Terms, offer: &Offer, at: Timestamp, decision: &mut Decision) {
        if let Some(bought_at) = c.purchased_at.filter(|bought_at| at < *bought_at) {
            decision.warn(
                Law::LEDGER.clause(Rule::DatesInOrder),
                format!("the purchase at {bought_at} lies ahead of now, {at}; is the shop's clock right?"),
            );
        }
        self.warn_of_use(c, terms, decision);
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
        let mut is_told = false;
        // The programme counts a person's sittings, not vouchers: one warning is enough.
        for right in self.rights_of_fresh(&entitlement, terms, offer, self.agreement.as_deref()) {
            if let Some(end) = right.ended(at) {
                decision.warn(
                    right.clause_of(end),
                    format!("voucher {id}.{} ended at {} and can't be used", right.unit.no, end.at),
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

/// One piece of an order line, with the first of these codes.
fn piece_of(
    c: &Issue,
    piece: u16,
    bought_at: Timestamp,
    terms: &Terms,
    term: OrderTerm,
    minted: &[Fingerprint],
) -> VoucherIssued {
    VoucherIssued {
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
        first_order_last_day: term.first_order_last_day,
        prorated: term.prorated,
        tier: c.tier.clone(),
        mode: term.mode,
        term_last_day: term.term_last_day,
        valid_until: c.valid_until,
        said: Some(said(c)),
    }
}

/// What a holder holds: the pack, or each of its vouchers.
fn scopes(terms: &Terms) -> Vec<Option<UnitNo>> {
    if terms.holder.per == Scope::Pack { vec![None] } else { (1..=terms.units()).map(Some).collect() }
}

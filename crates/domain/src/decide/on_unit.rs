//! What every command on a voucher asks first.

use super::Known;
use crate::entitlement::Suppose;
use crate::terms::{Scope, Terms, TermsInForce};
use crate::{
    CandidateId, Decision, Entitlement, Event, Holder, Issued, Judge, Law, Layer, Refusal, Right, Rule,
    Stage, Stream, Timestamp, Unit,
};

/// A voucher, found, with its terms.
pub(super) struct OnUnit<'a> {
    pub(super) known: &'a Known,
    pub(super) entitlement: &'a Entitlement,
    pub(super) issued: &'a Issued,
    pub(super) unit: &'a Unit,
    pub(super) terms: &'a Terms,
    pub(super) right: Right<'a>,
}

impl Known {
    /// The voucher that the command names.
    ///
    /// `claimant` is who asks, if the command says: a replaced code tells its holder so, and nobody else (ruling 11).
    pub(super) fn on_unit<'a>(
        &'a self,
        claimant: Option<&CandidateId>,
        judge: &mut Judge,
    ) -> Result<OnUnit<'a>, Refusal> {
        let found =
            self.entitlement.as_deref().and_then(|e| Some((e, e.issued.as_ref()?, e.unit(self.unit?)?)));
        let current = |unit: &Unit| self.by_code.is_none_or(|code| code == unit.code);
        let tells = |entitlement: &Entitlement, unit: &Unit| {
            claimant.is_some() && entitlement.holder_of(unit).candidate() == claimant
        };
        let shown = found.filter(|(entitlement, _, unit)| current(unit) || tells(entitlement, unit));
        judge.rule(&Law::LEDGER, Rule::KnownVoucher, shown.is_some(), |d| {
            d.remedy("check the code or id for typing mistakes, and that it belongs to this ledger")
        })?;
        let (entitlement, issued, unit) = shown.expect("judged just above");
        let offer = self.offer.as_deref();
        let terms = offer.and_then(|offer| terms_of(issued, unit, offer));
        judge.rule(&Law::LEDGER, Rule::KnownOffer, terms.is_some(), |d| {
            d.fact("offer", &issued.offer)
                .fact("terms", issued.terms)
                .remedy("the terms on record are from a newer program; use that one")
        })?;
        let (terms, offer) = (terms.expect("judged just above"), offer.expect("has the terms"));
        let right = Right {
            terms,
            offer,
            agreement: self.agreement.as_deref(),
            calendar: self.calendar.as_deref(),
            entitlement,
            issued,
            unit,
        };
        let on = OnUnit { known: self, entitlement, issued, unit, terms, right };
        judge.rule(&on.law(), Rule::CodeCurrent, current(unit), |d| {
            d.fact("voucher", on.name())
                .remedy("this code was replaced; use the newer one that was sent to the holder")
        })?;
        Ok(on)
    }
}

/// The terms that govern a unit: those of its purchase, unless the offer says those in force at its first registration.
pub(crate) fn terms_of<'a>(issued: &Issued, unit: &Unit, offer: &'a crate::Offer) -> Option<&'a Terms> {
    let bought = offer.versions.get(&unit.terms.unwrap_or(issued.terms))?;
    let later =
        bought.rulings.terms_in_force == TermsInForce::Scheduling && unit.first_scheduled_at.is_none();
    if later {
        offer.in_force().filter(|now| now.units() == bought.units()).or(Some(bought)).map(AsRef::as_ref)
    } else {
        Some(bought)
    }
}

/// The rights of all units of the entitlement, each by the terms that govern it.
pub(crate) fn units_of(known: &Known) -> impl Iterator<Item = Right<'_>> {
    let found = known.entitlement.as_deref().and_then(|e| Some((e, e.issued.as_ref()?, known.offer.as_deref()?)));
    found.into_iter().flat_map(move |(entitlement, issued, offer)| {
        entitlement.units.iter().filter_map(move |unit| {
            let terms = terms_of(issued, unit, offer)?;
            let (agreement, calendar) = (known.agreement.as_deref(), known.calendar.as_deref());
            Some(Right { terms, offer, agreement, calendar, entitlement, issued, unit })
        })
    })
}

impl<'a> OnUnit<'a> {
    /// The law of the offer, with what was waived for this voucher.
    pub(super) fn law(&self) -> Law<'a> {
        Law {
            layer: Layer::Offer,
            name: self.terms.offer.as_str(),
            clauses: &self.terms.clauses,
            waived: &self.unit.waived,
        }
    }

    /// The voucher's id.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.entitlement.id, self.unit.no)
    }

    /// Puts a fact on the entitlement's stream.
    pub(super) fn put(&self, decision: &mut Decision, happened_at: Timestamp, event: impl Into<Event>) {
        decision.put(Stream::Entitlement(self.entitlement.id), happened_at, event);
    }

    /// Asks that the right was not taken back.
    pub(super) fn not_revoked(&self, judge: &mut Judge) -> Result<(), Refusal> {
        let reason = match self.unit.stage {
            Stage::Revoked(reason) => Some(reason),
            _ => None,
        };
        judge.rule(&self.law(), Rule::NotRevoked, reason.is_none(), |d| {
            let reason = reason.map(|r| format!("{r:?}").to_lowercase());
            d.fact("voucher", self.name())
                .fact_or("reason", reason, "none")
                .remedy("a new purchase; what was taken back stays so")
        })
    }

    /// Asks that the right has begun and has not ended, whether or not its end is on record.
    pub(super) fn alive(&self, at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let begins_at = self.right.begins_at().at();
        judge.rule(&self.law(), Rule::NotBefore, begins_at.is_none_or(|begins_at| begins_at <= at), |d| {
            d.fact_or("begins-at", begins_at, "at once")
                .fact("at", at)
                .remedy("ask again when the right has begun")
        })?;
        let end = self.right.end();
        let rule = end.map_or(Rule::SitBy, |end| end.rule);
        judge.rule(&self.law(), rule, end.is_none_or(|end| at < end.at), |d| {
            d.fact_or("ends-at", end.map(|end| end.at), "never")
                .fact("deadline", self.right.deadline_words(rule, Suppose::default()))
                .fact("at", at)
                .remedy("the right has ended; only goodwill can give it more time")
        })
    }

    /// Whom the voucher serves, in the scope that the offer binds.
    pub(super) fn holder(&self) -> &'a Holder {
        self.entitlement.holder_of(self.unit)
    }

    /// The unit that a holder is bound to; none for the whole pack.
    pub(super) fn holder_scope(&self) -> Option<crate::UnitNo> {
        (self.terms.holder.per == Scope::Voucher).then_some(self.unit.no)
    }

    /// Asks that the candidate is the one whom the voucher serves.
    pub(super) fn serves(&self, candidate: &CandidateId, judge: &mut Judge) -> Result<(), Refusal> {
        let holder = self.holder().candidate();
        judge.rule(&self.law(), Rule::HolderMatches, holder.is_none_or(|h| h == candidate), |d| {
            let remedy = match self.holder() {
                Holder::Bound(..) => "the voucher is not transferable; its holder can use it, anybody else needs one of their own",
                _ => "take the assignment back first",
            };
            d.fact_or("holder", holder, "nobody").fact("candidate", candidate).remedy(remedy)
        })
    }
}

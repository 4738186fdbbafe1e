//! What every command on a voucher asks first.

use super::{Gathered, Known};
use crate::entitlement::Suppose;
use crate::terms::{Scope, Terms, word};
use crate::{
    Candidate, CandidateId, Decision, Entitlement, Event, Holder, Issued, Judge, Law, Refusal, RevokeReason,
    Right, Rule, Standing, Stream, Timestamp, Unit,
};

/// A voucher, found, with its terms.
#[derive(Clone, Copy)]
pub(super) struct OnUnit<'a> {
    pub(super) known: &'a Known,
    pub(super) entitlement: &'a Entitlement,
    /// All that is on record, whatever of it came later than the deed that is judged.
    pub(super) on_record: OnRecord<'a>,
    pub(super) issued: &'a Issued,
    pub(super) unit: &'a Unit,
    pub(super) terms: &'a Terms,
    pub(super) right: Right<'a>,
    /// Where the right stands.
    pub(super) standing: Standing<'a>,
}

/// What a deed that is reported late is compared with, beside its ground: all that is on record.
#[derive(Clone, Copy)]
pub(super) struct OnRecord<'a> {
    pub(super) entitlement: &'a Entitlement,
    pub(super) candidate: &'a Gathered<Candidate>,
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
        // A command on the whole entitlement names no unit; the first one stands for its purchase.
        let no = self.unit.unwrap_or(1);
        let found = self.entitlement.as_deref().and_then(|e| Some((e, e.issued.as_ref()?, e.unit(no)?)));
        let current = |unit: &Unit| self.by_code.is_none_or(|code| code == unit.code);
        let tells = |entitlement: &Entitlement, unit: &Unit| {
            claimant.is_some() && entitlement.holder_of(unit).candidate() == claimant
        };
        let shown = found.filter(|(entitlement, _, unit)| current(unit) || tells(entitlement, unit));
        let (entitlement, issued, unit) = judge.found(&Law::LEDGER, Rule::KnownVoucher, shown, |d| {
            d.remedy("check the code or id for typing mistakes, and that it belongs to this ledger")
        })?;
        let right = self.right(entitlement, issued, unit);
        let right = judge.found(&Law::LEDGER, Rule::KnownOffer, right, |d| {
            d.fact("offer", &issued.offer)
                .fact("terms", issued.terms)
                .remedy("the terms on record are from a newer program; use that one")
        })?;
        let terms = right.terms;
        self.known_calendar(terms, judge)?;
        let standing = right.standing();
        let on_record = OnRecord { entitlement, candidate: &self.candidate };
        let on = OnUnit { known: self, entitlement, on_record, issued, unit, terms, right, standing };
        judge.rule(&on.law(), Rule::CodeCurrent, current(unit), |d| {
            d.fact("voucher", on.name())
                .remedy("this code was replaced; use the newer one that was sent to the holder")
        })?;
        Ok(on)
    }

    /// Asks that the calendar that the terms count by is known; no deadline can be told without it.
    pub(super) fn known_calendar(&self, terms: &Terms, judge: &mut Judge) -> Result<(), Refusal> {
        let named = &terms.rulings.business_days;
        let known = named.value().is_none_or(|named| self.calendars.contains_key(named));
        judge.rule(&Law::LEDGER, Rule::KnownCalendar, known, |d| {
            d.fact("calendar", named).remedy("publish the calendar that the offer names")
        })
    }

    /// The terms that govern the unit in question.
    pub fn governing(&self) -> Option<&Terms> {
        let entitlement = self.entitlement.as_deref()?;
        let unit = entitlement.unit(self.unit.unwrap_or(1))?;
        Some(self.right(entitlement, entitlement.issued.as_ref()?, unit)?.terms)
    }

    /// A unit with the terms that govern it; none if the offer or its version is not known here, or has no such benefit.
    pub(super) fn right<'a>(
        &'a self,
        entitlement: &'a Entitlement,
        issued: &'a Issued,
        unit: &'a Unit,
    ) -> Option<Right<'a>> {
        let offer = self.offer.as_deref()?;
        let terms = offer.versions.get(&unit.terms().unwrap_or(issued.terms))?;
        terms.benefits.get(usize::from(unit.benefit))?;
        let (agreement, calendars) = (self.agreement.as_deref(), &self.calendars);
        let zones = self.zones.known();
        Some(Right { terms, offer, agreement, calendars, zones, entitlement, issued, unit }.governed())
    }

    /// The rights of all units of the entitlement, each by the terms that govern it; none whose calendar is not known.
    pub(crate) fn rights(&self) -> impl Iterator<Item = Right<'_>> {
        self.every_right().filter(Right::has_its_calendar)
    }

    /// The same, with those whose deadlines can't be told before their calendar is published.
    pub(crate) fn every_right(&self) -> impl Iterator<Item = Right<'_>> {
        let found = self.entitlement.as_deref().and_then(|e| Some((e, e.issued.as_ref()?)));
        found.into_iter().flat_map(move |(entitlement, issued)| {
            entitlement.units.iter().filter_map(move |unit| self.right(entitlement, issued, unit))
        })
    }
}

impl<'a> OnUnit<'a> {
    /// The same voucher with another life.
    pub(super) fn with<'b>(&self, unit: &'b Unit) -> OnUnit<'b>
    where
        'a: 'b,
    {
        let right = Right { unit, ..self.right };
        OnUnit { unit, right, standing: right.standing(), ..*self }
    }

    /// The law of the offer, with what was waived for this voucher.
    pub(super) fn law(&self) -> Law<'a> {
        self.right.law()
    }

    /// The voucher's id.
    pub(super) fn name(&self) -> String {
        format!("{}.{}", self.entitlement.id, self.unit.no)
    }

    /// Puts a fact on the entitlement's stream.
    pub(super) fn put(&self, decision: &mut Decision, happened_at: Timestamp, event: impl Into<Event>) {
        decision.put(Stream::Entitlement(self.entitlement.id), happened_at, event);
    }

    /// Asks that the right was not taken back. An exam that was sat before that goes on to its result, and what is in use stays so.
    pub(super) fn not_revoked(&self, judge: &mut Judge) -> Result<(), Refusal> {
        if self.unit.open().is_some() || self.unit.activation.is_some() {
            return Ok(());
        }
        self.not_taken_back(judge)
    }

    /// Asks that the right was not taken back, whatever is awaited of it.
    pub(super) fn not_taken_back(&self, judge: &mut Judge) -> Result<(), Refusal> {
        let reason = self.unit.taken_back.map(|taken| taken.reason);
        judge.rule(&self.law(), Rule::NotRevoked, reason.is_none(), |d| {
            let remedy = if self.unit.is_taken_back_only_for(RevokeReason::Chargeback) {
                "win the dispute over the chargeback and reverse it with `reinstate`, or buy a new one"
            } else {
                "a new purchase; what was taken back stays so"
            };
            d.fact("voucher", self.name()).fact_or("reason", reason.map(word), "none").remedy(remedy)
        })
    }

    /// Asks that the right has begun.
    pub(super) fn begun(&self, at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let begins = self.right.begins_at();
        let begins_at = begins.resolution.at();
        judge.rule(
            &self.law().citing(begins.clause),
            Rule::NotBefore,
            begins_at.is_none_or(|begins_at| begins_at <= at),
            |d| {
                d.fact_or("begins-at", begins_at, "at once")
                    .fact("at", at)
                    .remedy("ask again when the right has begun")
            },
        )
    }

    /// Asks that the right has not ended, whether or not its end is on record.
    pub(super) fn not_ended(&self, at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        let Some(end) = self.right.end() else { return Ok(()) };
        judge.rule(&self.right.law_of(end), end.rule, at < end.at, |d| {
            d.fact("ends-at", end.at)
                .fact("deadline", self.right.deadline_words(end.rule, Suppose::default()))
                .fact("at", at)
                .remedy(self.more_time("the right has ended"))
        })
    }

    /// Whom the voucher serves, in the scope that the offer binds.
    pub(super) fn holder(&self) -> &'a Holder {
        self.entitlement.holder_of(self.unit)
    }

    /// Whom the voucher serves by all that is on record.
    pub(super) fn holder_on_record(&self) -> &'a Holder {
        let on_record = self.on_record.entitlement;
        on_record.unit(self.unit.no).map_or(&on_record.holder, |unit| on_record.holder_of(unit))
    }

    /// The unit that a holder is bound to; none for the whole pack.
    pub(super) fn holder_scope(&self) -> Option<crate::UnitNo> {
        (self.terms.holder.per == Scope::Voucher).then_some(self.unit.no)
    }

    /// Asks that the candidate is the one whom the voucher serves.
    pub(super) fn serves(
        &self,
        candidate: &CandidateId,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        // Whoever was bound since by a use that was reported first stays so.
        let bound_since = Some(self.holder_on_record()).filter(|holder| matches!(holder, Holder::Bound(..)));
        let is_other = |holder: &&Holder| holder.candidate().is_some_and(|holder| holder != candidate);
        let other = [Some(self.holder()), bound_since].into_iter().flatten().find(is_other);
        judge.rule(&self.law(), Rule::HolderMatches, other.is_none(), |d| {
            let holder = other.unwrap_or(self.holder()).candidate();
            d.fact_or("holder", holder, "nobody").fact("candidate", candidate).remedy(self.free_first(at))
        })
    }
}

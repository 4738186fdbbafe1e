//! An entitlement: what one bought piece of an order is, and what became of it.

mod anchors;
mod attempt;
mod decided_by;
mod evolve;
mod governing;
mod holding;
mod notice;
mod proposal;
mod revocation;
mod right;
mod share;
mod standing;
mod unit;

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;

pub(crate) use anchors::Suppose;
pub use attempt::{Activation, Attempt, Cancelled, Report, TakenBack};
pub use decided_by::DecidedBy;
pub use proposal::{Proposal, Settled};
pub use right::{End, Right};
pub(crate) use standing::Withheld;
pub use standing::{Fate, Stage, Standing};
pub use unit::Unit;

use holding::Holding;
use unit::By;

use crate::event::OrderSaid;
use crate::{
    AgreementId, CandidateId, Channel, EntitlementId, OfferId, OrderLine, OrderMode, TermsHash, Timestamp,
    UnitNo,
};

/// One bought piece: a voucher, a pack, a bundle.
#[derive(Debug, Clone, PartialEq)]
pub struct Entitlement {
    /// Its id.
    pub id: EntitlementId,
    /// Its purchase; none before it is issued.
    pub issued: Option<Issued>,
    /// The holder of the whole pack, where the offer has one.
    pub holder: Holder,
    /// Its units, in the order of their numbers.
    pub units: Vec<Unit>,
    /// Steps of delivery that were taken, and when.
    pub steps: BTreeMap<String, Timestamp>,
    /// Clocks that ran out and are on record as such.
    pub overdue: Vec<String>,
    /// What the holder of the whole pack is derived from.
    holding: Holding,
}

/// How an entitlement was bought.
#[derive(Debug, Clone, PartialEq)]
pub struct Issued {
    /// The order line.
    pub order: OrderLine,
    /// How many pieces the line has.
    pub pieces: u16,
    /// The offer.
    pub offer: OfferId,
    /// The terms in force at purchase.
    pub terms: TermsHash,
    /// When it was bought.
    pub purchased_at: Timestamp,
    /// When it was put on record.
    pub issued_at: Timestamp,
    /// Whether it was paid.
    pub paid: bool,
    /// The agreement it was bought under.
    pub agreement: Option<AgreementId>,
    /// The end of the agreement's first subscription order.
    pub first_order_last_day: Option<NaiveDate>,
    /// The months that it lives, and of how many.
    pub prorated: Option<(u16, u16)>,
    /// How it was ordered.
    pub mode: Option<OrderMode>,
    /// The last day of the full term, of what was ordered as a subscription.
    pub term_last_day: Option<NaiveDate>,
    /// The last day that is printed on it.
    pub valid_until: Option<NaiveDate>,
    /// Where it was bought.
    pub channel: Option<Channel>,
    /// The price tier.
    pub tier: Option<String>,
    /// What else the order said; none where that was not recorded yet.
    pub said: Option<OrderSaid>,
}

/// Whom a voucher serves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Holder {
    /// Nobody yet.
    #[default]
    Nobody,
    /// It is meant for this candidate.
    Assigned(CandidateId, Timestamp),
    /// It serves this candidate and nobody else; assigned at that time, if it was.
    Bound(CandidateId, Option<Timestamp>),
}

impl Holder {
    /// The candidate, assigned or bound.
    pub fn candidate(&self) -> Option<&CandidateId> {
        match self {
            Holder::Nobody => None,
            Holder::Assigned(candidate, _) | Holder::Bound(candidate, _) => Some(candidate),
        }
    }

    /// When it was assigned.
    pub fn assigned_at(&self) -> Option<Timestamp> {
        match self {
            Holder::Nobody => None,
            Holder::Assigned(_, at) => Some(*at),
            Holder::Bound(_, at) => *at,
        }
    }
}

impl Entitlement {
    /// An entitlement of which nothing is known.
    pub fn new(id: EntitlementId) -> Self {
        Self {
            id,
            issued: None,
            holder: Holder::Nobody,
            units: Vec::new(),
            steps: BTreeMap::new(),
            overdue: Vec::new(),
            holding: Holding::default(),
        }
    }

    /// The entitlement by what had happened until then: lives, holders and shares of its units.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        if self.holding.is_all(at) && self.units.iter().all(|unit| unit.is_all(at)) {
            return Cow::Borrowed(self);
        }
        let mut holding = self.holding.clone();
        holding.retain(By::Happened(at));
        Cow::Owned(Self {
            id: self.id,
            issued: self.issued.clone(),
            holder: holding.holder(),
            units: self.units.iter().map(|unit| unit.until_then(at).into_owned()).collect(),
            steps: self.steps.clone(),
            overdue: self.overdue.clone(),
            holding,
        })
    }

    /// A unit by its number.
    pub fn unit(&self, unit: UnitNo) -> Option<&Unit> {
        self.units.get(self.index_of(unit)?)
    }

    /// Where a unit is in the list: at its number, unless the others were left out.
    fn index_of(&self, unit: UnitNo) -> Option<usize> {
        let index = usize::from(unit.checked_sub(1)?);
        if self.units.get(index).is_some_and(|found| found.no == unit) {
            return Some(index);
        }
        self.units.iter().position(|found| found.no == unit)
    }

    /// The entitlement with one of its units alone: as much as a question about that unit needs, however large the pack is.
    pub(crate) fn with_only(&self, unit: &Unit) -> Self {
        Self {
            id: self.id,
            issued: self.issued.clone(),
            holder: self.holder.clone(),
            units: vec![unit.clone()],
            steps: self.steps.clone(),
            overdue: self.overdue.clone(),
            holding: self.holding.clone(),
        }
    }

    /// Whose registration of a unit a move at `at` is about: of the one that was open then, or else the holder's.
    pub fn registered_at(&self, unit: UnitNo, at: Timestamp) -> Option<&CandidateId> {
        let unit = self.unit(unit)?;
        let registered = unit.registration_at(at).map(|attempt| &attempt.candidate);
        registered.or_else(|| self.holder_of(unit).candidate())
    }

    /// Whom a unit serves: its own holder, or that of the pack.
    pub fn holder_of<'a>(&'a self, unit: &'a Unit) -> &'a Holder {
        if unit.holder == Holder::Nobody { &self.holder } else { &unit.holder }
    }
}

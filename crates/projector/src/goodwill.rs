//! Goodwill that waits for a second person, the one that expires first before the others.

use resit_derived_store::{Changes, DerivedStore};
use resit_domain::{
    Actor, CommandId, Entitlement, EntitlementId, Gift, OfferId, Proposal, Timestamp, UnitNo,
};
use serde::{Deserialize, Serialize};

use crate::rows::encode;
use crate::{ProjectionError, Projector, key};

/// A proposal that was neither approved nor declined. Its row stays when it has expired: rows know no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingGoodwill {
    /// The entitlement.
    pub entitlement: EntitlementId,
    /// The voucher.
    pub unit: UnitNo,
    /// The proposal's number on the voucher.
    pub proposal: u16,
    /// The offer.
    pub offer: OfferId,
    /// What would be given.
    pub gift: Gift,
    /// The reason.
    pub reason: String,
    /// Who proposed it.
    pub by: Actor,
    /// The decision in dispute.
    pub dispute: Option<CommandId>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// The first instant at which it can't be approved any more.
    pub expires_at: Timestamp,
}

/// A place in the list: behind this one the next page begins. Text form: milliseconds, entitlement, unit and proposal, with dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingPlace {
    /// When the proposal expires.
    pub expires_at: Timestamp,
    /// The entitlement.
    pub entitlement: EntitlementId,
    /// The voucher.
    pub unit: UnitNo,
    /// The proposal.
    pub proposal: u16,
}

/// A text that is no place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no place in the list of proposals that wait")]
pub struct InvalidPlace;

impl PendingGoodwill {
    /// Its place in the list.
    pub fn place(&self) -> PendingPlace {
        let Self { expires_at, entitlement, unit, proposal, .. } = *self;
        PendingPlace { expires_at, entitlement, unit, proposal }
    }
}

impl std::fmt::Display for PendingPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { expires_at, entitlement, unit, proposal } = self;
        write!(f, "{}.{entitlement}.{unit}.{proposal}", expires_at.millis())
    }
}

impl std::str::FromStr for PendingPlace {
    type Err = InvalidPlace;
    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(InvalidPlace);
        let (millis, entitlement, unit, proposal) = (next()?, next()?, next()?, next()?);
        let millis = millis.parse().ok().and_then(Timestamp::from_millis);
        match (millis, entitlement.parse(), unit.parse(), proposal.parse(), parts.next()) {
            (Some(expires_at), Ok(entitlement), Ok(unit), Ok(proposal), None) => {
                Ok(Self { expires_at, entitlement, unit, proposal })
            }
            _ => Err(InvalidPlace),
        }
    }
}

/// Puts the rows of an entitlement's proposals into `to`, and removes those of proposals that were settled.
pub(crate) fn put(
    entitlement: &Entitlement,
    offer: &OfferId,
    store: &DerivedStore,
    to: &mut Changes,
) -> Result<(), ProjectionError> {
    for unit in &entitlement.units {
        for proposal in &unit.proposals {
            let row = row(entitlement.id, unit.no, offer, proposal);
            let key = key::pending_goodwill(row.place());
            let there = store.get(&key)?;
            if proposal.settled.is_some() {
                if there.is_some() {
                    to.remove(key);
                }
                continue;
            }
            let row = encode(&row)?;
            if there.is_none_or(|there| there != row) {
                to.put(key, &row);
            }
        }
    }
    Ok(())
}

fn row(entitlement: EntitlementId, unit: UnitNo, offer: &OfferId, proposal: &Proposal) -> PendingGoodwill {
    PendingGoodwill {
        entitlement,
        unit,
        proposal: proposal.number,
        offer: offer.clone(),
        gift: proposal.gift.clone(),
        reason: proposal.reason.clone(),
        by: proposal.by.clone(),
        dispute: proposal.dispute.clone(),
        proposed_at: proposal.at,
        expires_at: proposal.expires_at,
    }
}

impl Projector {
    /// At most `limit` proposals that wait at `now`, behind `after`.
    pub fn pending_goodwill(
        &self,
        now: Timestamp,
        after: Option<PendingPlace>,
        limit: usize,
    ) -> Result<Vec<PendingGoodwill>, ProjectionError> {
        let begins = key::pending_until(now);
        let behind =
            after.map_or_else(|| begins.clone(), |place| key::pending_goodwill(place).max(begins.clone()));
        let rows = self.store.scan_behind(&key::PENDING_GOODWILL, &behind).take(limit);
        rows.map(|row| Ok(rmp_serde::from_slice(&row?.1)?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(millis: i64, id: u8, unit: UnitNo, proposal: u16) -> PendingPlace {
        let expires_at = Timestamp::from_millis(millis).unwrap();
        PendingPlace { expires_at, entitlement: EntitlementId([id; 16]), unit, proposal }
    }

    #[test]
    fn a_place_comes_back_from_its_text() {
        for place in [place(0, 0, 1, 1), place(-5_000, 7, 500, 16), place(1_800_000_000_000, 255, 998, 9)] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for text in
            ["", "1", "1.2.3.4", "x.01ARZ3NDEKTSV4RRFFQ69G5FAV.1.1", "1.01ARZ3NDEKTSV4RRFFQ69G5FAV.1.1.1"]
        {
            assert_eq!(text.parse::<PendingPlace>(), Err(InvalidPlace), "{text}");
        }
    }

    #[test]
    fn proposals_lie_in_the_order_in_which_they_expire() {
        let ordered = [
            place(-5_000, 9, 9, 9),
            place(0, 1, 1, 1),
            place(0, 1, 1, 2),
            place(0, 1, 2, 1),
            place(0, 2, 1, 1),
            place(1, 0, 1, 1),
        ];
        let keys: Vec<_> = ordered.iter().map(|place| key::pending_goodwill(*place)).collect();
        assert!(keys.is_sorted());
        let now = Timestamp::from_millis(0).unwrap();
        let begins = key::pending_until(now);
        assert!(keys[4] < begins && begins < keys[5], "what expires now does not wait any more");
    }
}

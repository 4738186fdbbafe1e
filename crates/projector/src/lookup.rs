//! Questions to the read models.

use std::collections::BTreeMap;

use resit_domain::{
    AgreementId, CandidateId, EntitlementId, EntitlementView, Fingerprint, OfferId, Timestamp, UnitNo,
    UnitView,
};
use serde::Serialize;

use crate::writing::list;
use crate::{ProjectionError, Projector, key};

/// What an agreement has: per offer, how many vouchers stand how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Inventory {
    /// By offer, then by how they stand: a stage, or `ended`.
    pub offers: BTreeMap<OfferId, BTreeMap<String, u32>>,
}

/// A voucher that serves a candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CandidateUnit {
    /// The entitlement.
    pub entitlement: EntitlementId,
    /// The offer.
    pub offer: OfferId,
    /// The voucher.
    pub unit: UnitView,
}

impl CandidateUnit {
    /// What of an entitlement serves a candidate.
    pub fn of(view: EntitlementView, candidate: &CandidateId) -> impl Iterator<Item = Self> {
        let EntitlementView { id: entitlement, offer, units, .. } = view;
        let units = units.into_iter().filter(move |unit| unit.holder.as_ref() == Some(candidate));
        units.map(move |unit| Self { entitlement, offer: offer.clone(), unit })
    }
}

impl Projector {
    /// Where a code leads.
    pub fn code(&self, code: Fingerprint) -> Result<Option<(EntitlementId, UnitNo)>, ProjectionError> {
        match self.store.get(&key::code(code))? {
            Some(row) => Ok(Some(rmp_serde::from_slice(&row)?)),
            None => Ok(None),
        }
    }

    /// The entitlements of an offer.
    pub fn offer(&self, offer: &OfferId) -> Result<Vec<EntitlementId>, ProjectionError> {
        list(&self.store, &key::offer(offer))
    }

    /// The vouchers that serve a candidate.
    pub fn candidate(&self, candidate: &CandidateId) -> Result<Vec<CandidateUnit>, ProjectionError> {
        let mut units = Vec::new();
        for id in list(&self.store, &key::candidate(candidate))? {
            units.extend(
                self.entitlement(id)?.into_iter().flat_map(|view| CandidateUnit::of(view, candidate)),
            );
        }
        Ok(units)
    }

    /// What an agreement has, as it stands at `now`.
    pub fn inventory(&self, agreement: &AgreementId, now: Timestamp) -> Result<Inventory, ProjectionError> {
        let mut inventory = Inventory::default();
        for id in list(&self.store, &key::agreement(agreement))? {
            let Some(view) = self.entitlement(id)? else { continue };
            let counts = inventory.offers.entry(view.offer.clone()).or_default();
            for unit in &view.units {
                *counts.entry(unit.stands(now).to_owned()).or_default() += 1;
            }
        }
        Ok(inventory)
    }
}

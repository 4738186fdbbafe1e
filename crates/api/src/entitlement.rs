//! Entitlements, as they stand at one instant.

use std::collections::BTreeMap;

use resit_domain::{
    AgreementId, EntitlementId, EntitlementView, OfferId, OrderLine, TermsHash, Timestamp, UnitView,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An entitlement, each unit with how it stands now: its stage alone does not say that its end has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entitlement {
    /// Its id.
    pub id: EntitlementId,
    /// The offer.
    pub offer: OfferId,
    /// The offer's title.
    pub title: String,
    /// The hash of the terms it was bought under.
    pub terms: TermsHash,
    /// The order line.
    pub order: OrderLine,
    /// When it was bought.
    pub purchased_at: Timestamp,
    /// Whether it was paid.
    pub paid: bool,
    /// The agreement it was bought under.
    pub agreement: Option<AgreementId>,
    /// Months left of the agreement, and of how many.
    pub prorated: Option<(u16, u16)>,
    /// Steps of delivery, and when each was taken.
    pub steps: BTreeMap<String, Timestamp>,
    /// Its vouchers.
    pub units: Vec<Unit>,
}

/// A voucher, and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unit {
    /// The voucher.
    #[serde(flatten)]
    pub view: UnitView,
    /// How it stands: its stage, or `ended` once its end has come, on record or not.
    pub stands: String,
}

impl Unit {
    /// A voucher as it stands at `now`.
    pub fn at(view: UnitView, now: Timestamp) -> Self {
        let mut view = view;
        // What has expired can't be approved any more, and is not shown.
        view.proposals.retain(|proposal| now < proposal.expires_at);
        Self { stands: view.stands(now).to_owned(), view }
    }
}

impl Entitlement {
    /// An entitlement as it stands at `now`.
    pub fn at(view: EntitlementView, now: Timestamp) -> Self {
        let EntitlementView {
            id,
            offer,
            title,
            terms,
            order,
            purchased_at,
            paid,
            agreement,
            prorated,
            steps,
            units,
        } = view;
        let units = units.into_iter().map(|unit| Unit::at(unit, now)).collect();
        Self { id, offer, title, terms, order, purchased_at, paid, agreement, prorated, steps, units }
    }
}

impl From<Entitlement> for EntitlementView {
    fn from(entitlement: Entitlement) -> Self {
        let Entitlement {
            id,
            offer,
            title,
            terms,
            order,
            purchased_at,
            paid,
            agreement,
            prorated,
            steps,
            units,
        } = entitlement;
        let units = units.into_iter().map(|unit| unit.view).collect();
        Self { id, offer, title, terms, order, purchased_at, paid, agreement, prorated, steps, units }
    }
}

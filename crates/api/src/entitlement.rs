//! Entitlements, as they stand at one instant.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use resit_domain::{
    AgreementId, Contact, EntitlementId, EntitlementView, OfferId, OrderLine, OrderMode, TermsHash,
    Timestamp, UnitView,
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
    /// The months that it lives, and of how many.
    pub prorated: Option<(u16, u16)>,
    /// Whether it was ordered as a subscription or prorated, where the offer is sold so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<OrderMode>,
    /// The last day that is printed on its vouchers, where the order named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Who gets its codes: the administrator and the contact of its agreement, and the contact of its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes_to: Vec<Contact>,
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
            mode,
            valid_until,
            codes_to,
            steps,
            units,
        } = view;
        let units = units.into_iter().map(|unit| Unit::at(unit, now)).collect();
        Self {
            id,
            offer,
            title,
            terms,
            order,
            purchased_at,
            paid,
            agreement,
            prorated,
            mode,
            valid_until,
            codes_to,
            steps,
            units,
        }
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
            mode,
            valid_until,
            codes_to,
            steps,
            units,
        } = entitlement;
        let units = units.into_iter().map(|unit| unit.view).collect();
        Self {
            id,
            offer,
            title,
            terms,
            order,
            purchased_at,
            paid,
            agreement,
            prorated,
            mode,
            valid_until,
            codes_to,
            steps,
            units,
        }
    }
}

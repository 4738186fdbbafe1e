//! Facts about licensing agreements.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{BranchId, BuyerFact, Contact, EntitlementId, OfferId, OrderLine, ProgrammeId};

super::facts! {
    /// An agreement began.
    AgreementOpened {
        /// Its licensing programme.
        programme: ProgrammeId,
        /// Its first day.
        first_day: NaiveDate,
        /// Its last day.
        last_day: NaiveDate,
        /// Facts about the buyer.
        buyer: Vec<BuyerFact>,
        /// Its branches.
        branches: Vec<BranchId>,
        /// Who gets the codes that are ordered under it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        administrator: Option<Contact>,
        /// Who gets the lists of codes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Contact>,
    }
    /// An agreement changed.
    AgreementAmended {
        /// Its last day from now on.
        last_day: NaiveDate,
        /// Facts about the buyer from now on.
        buyer: Vec<BuyerFact>,
        /// Its branches from now on.
        branches: Vec<BranchId>,
        /// Who gets the codes that are ordered under it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        administrator: Option<Contact>,
        /// Who gets the lists of codes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Contact>,
    }
    /// An order was placed under an agreement.
    OrderPlaced {
        /// The order line.
        order: OrderLine,
        /// The offer.
        offer: OfferId,
        /// What it issued.
        entitlements: Vec<EntitlementId>,
        /// The last day of the subscription that it is, with which later orders end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subscription_last_day: Option<NaiveDate>,
    }
    /// A piece of a subscription order was taken back. Once all of them are, the order ties no other.
    OrderRevoked {
        /// The order line.
        order: OrderLine,
        /// The piece.
        entitlement: EntitlementId,
    }
    /// A piece of a subscription order was given again, because the dispute about it was won. The order ties others again.
    OrderReinstated {
        /// The order line.
        order: OrderLine,
        /// The piece.
        entitlement: EntitlementId,
    }
}

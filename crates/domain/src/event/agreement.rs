//! Facts about licensing agreements.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{BranchId, BuyerFact, EntitlementId, OfferId, OrderLine, ProgrammeId};

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
    }
    /// An agreement changed.
    AgreementAmended {
        /// Its last day from now on.
        last_day: NaiveDate,
        /// Facts about the buyer from now on.
        buyer: Vec<BuyerFact>,
        /// Its branches from now on.
        branches: Vec<BranchId>,
    }
    /// An order was placed under an agreement.
    OrderPlaced {
        /// The order line.
        order: OrderLine,
        /// The offer.
        offer: OfferId,
        /// What it issued.
        entitlements: Vec<EntitlementId>,
        /// The end of the subscription it began, to which later orders are tied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subscription_last_day: Option<NaiveDate>,
    }
}

//! Facts about a voucher: how it came to life, whose it is, which code leads to it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    AgreementId, BranchId, BuyerFact, CandidateId, Channel, Contact, EntitlementId, ExamCode, Fingerprint,
    OfferId, OrderLine, OrderMode, Region, TermsHash, Timestamp, UnitNo,
};

super::facts! {
    /// An entitlement came to life: a voucher, a pack, a bundle.
    VoucherIssued {
        /// The order line.
        order: OrderLine,
        /// Which piece of the line, from 1.
        piece: u16,
        /// How many pieces the line has.
        pieces: u16,
        /// The offer.
        offer: OfferId,
        /// The terms in force at purchase.
        terms: TermsHash,
        /// When it was bought.
        purchased_at: Timestamp,
        /// Whether it was paid.
        paid: bool,
        /// The units; number `i` is at `i - 1`.
        units: Vec<IssuedUnit>,
        /// Where it was bought.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        /// The agreement it was bought under.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agreement: Option<AgreementId>,
        /// The end of the agreement's first subscription order, to which this one is tied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_order_last_day: Option<NaiveDate>,
        /// The months that it lives, and of how many, where the offer is prorated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prorated: Option<(u16, u16)>,
        /// The price tier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
        /// How it was ordered, where the offer is sold in modes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<OrderMode>,
        /// The last day of the full term, of what was ordered as a subscription.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        term_last_day: Option<NaiveDate>,
        /// The last day that is printed on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<NaiveDate>,
        /// What else the order said; none where that was not recorded yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<OrderSaid>,
    }
    /// A code leads to this voucher.
    CodeMinted {
        /// The entitlement.
        entitlement: EntitlementId,
        /// The unit.
        unit: UnitNo,
    }
    /// A voucher serves one individual from now on.
    HolderBound {
        /// The unit; none for the whole pack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitNo>,
        /// The individual.
        candidate: CandidateId,
    }
    /// A voucher is meant for a candidate, who is not bound yet.
    VoucherAssigned {
        /// The unit; none for the whole pack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitNo>,
        /// The candidate.
        candidate: CandidateId,
    }
    /// An assignment was taken back.
    VoucherUnassigned {
        /// The unit; none for the whole pack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitNo>,
    }
    /// Vouchers of a pack belong to a branch from now on.
    VouchersSharedOut {
        /// The branch.
        branch: BranchId,
        /// The units.
        units: Vec<UnitNo>,
    }
    /// Vouchers that a branch had belong to the pool again.
    SharesTakenBack {
        /// The branch.
        branch: BranchId,
        /// The units.
        units: Vec<UnitNo>,
    }
    /// A lost code was replaced; the old one is dead.
    CodeReplaced {
        /// The unit.
        unit: UnitNo,
        /// The old code's fingerprint.
        old: Fingerprint,
        /// The new one's.
        new: Fingerprint,
    }
}

/// What an order line said beside what it bought, so that one sent again can be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderSaid {
    /// The holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<CandidateId>,
    /// The region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Facts about the buyer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buyer: Vec<BuyerFact>,
    /// Offers and discounts that it was combined with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub combined_with: Vec<OfferId>,
    /// The exam in mind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exam: Option<ExamCode>,
    /// Who gets the list of codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

/// One unit, as it was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IssuedUnit {
    /// Which benefit of the terms it carries, from 0.
    pub benefit: u8,
    /// The fingerprint of its code.
    pub code: Fingerprint,
}

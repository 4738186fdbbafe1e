//! How a command names a voucher.

use serde::{Deserialize, Serialize};

use crate::{EntitlementId, Fingerprint, UnitNo};

/// Which voucher is meant.
///
/// Text form: the voucher's id, `<entitlement>.<unit>`. A code becomes a fingerprint at the door: it never
/// comes in here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VoucherRef {
    /// By its id.
    Id {
        /// The entitlement.
        entitlement: EntitlementId,
        /// The unit's number in it, from 1.
        unit: UnitNo,
    },
    /// By the fingerprint of its code.
    Code(Fingerprint),
}

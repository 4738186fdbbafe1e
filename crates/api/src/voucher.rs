//! How people name a voucher: by the code that they were given, or by its id.

use std::{borrow::Cow, fmt, str::FromStr};

use resit_domain::{EntitlementId, Fingerprint, UnitNo, VoucherRef};
use resit_voucher_code::{Code, InvalidCode};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A voucher as somebody names it. Text form: a code, or an entitlement's id with `.2` for its second unit.
///
/// A fingerprint is no name: whoever read the ledger can't use what is in it.
#[derive(Debug, Clone)]
pub enum VoucherText {
    /// An id; without a unit it means the first, or the whole entitlement.
    Id(EntitlementId, Option<UnitNo>),
    /// A code. It is shown only when it is sent.
    Code(Code),
}

/// A text that names no voucher. It does not repeat the text, which may be somebody's code with a typing mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVoucher {
    /// An id with something else than a number behind the dot.
    #[error("what stands behind the dot is no unit number; write it like .2")]
    Unit,
    /// Neither.
    #[error("neither an id (26 symbols, with .2 for a unit) nor a code: {0}")]
    Code(InvalidCode),
}

impl VoucherText {
    /// What the ledger looks it up by, if it is a code.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        match self {
            VoucherText::Id(..) => None,
            VoucherText::Code(code) => Some(code.fingerprint()),
        }
    }
}

impl FromStr for VoucherText {
    type Err = InvalidVoucher;
    fn from_str(text: &str) -> Result<Self, InvalidVoucher> {
        let (id, unit) = text.split_once('.').map_or((text, None), |(id, unit)| (id, Some(unit)));
        if let Ok(entitlement) = id.parse() {
            let unit = unit.map(|unit| unit.parse().map_err(|_| InvalidVoucher::Unit)).transpose()?;
            return Ok(VoucherText::Id(entitlement, unit));
        }
        text.parse().map(VoucherText::Code).map_err(InvalidVoucher::Code)
    }
}

impl From<&VoucherText> for VoucherRef {
    fn from(voucher: &VoucherText) -> Self {
        match voucher {
            VoucherText::Id(entitlement, unit) => {
                VoucherRef::Id { entitlement: *entitlement, unit: unit.unwrap_or(1) }
            }
            VoucherText::Code(code) => VoucherRef::Code(code.fingerprint()),
        }
    }
}

/// As it goes over the wire: a code stands in the clear.
impl Serialize for VoucherText {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            VoucherText::Id(entitlement, None) => to.collect_str(entitlement),
            VoucherText::Id(entitlement, Some(unit)) => UnitId(*entitlement, *unit).serialize(to),
            VoucherText::Code(code) => to.collect_str(&code.expose()),
        }
    }
}

/// The id of one unit. Text form: `<entitlement>.<unit>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitId(pub EntitlementId, pub UnitNo);

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl Serialize for UnitId {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnitId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match VoucherText::deserialize(from)? {
            VoucherText::Id(entitlement, Some(unit)) => Ok(Self(entitlement, unit)),
            _ => Err(D::Error::custom("a unit's id is an entitlement's with .2 for its second unit")),
        }
    }
}

impl JsonSchema for UnitId {
    fn schema_name() -> Cow<'static, str> {
        "UnitId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "One voucher: its entitlement's id, a dot, and its number there.",
            "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}\\.[1-9][0-9]{0,4}$",
        })
    }
}

impl<'de> Deserialize<'de> for VoucherText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for VoucherText {
    fn schema_name() -> Cow<'static, str> {
        "Voucher".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A voucher: its code (24 signs; case, blanks and hyphens do not matter), or its id, an \
                            entitlement's 26 symbols with .2 behind them for its second unit. Where a command is about the \
                            whole entitlement, the unit does not matter.",
            "minLength": 1,
            "maxLength": 128,
            "examples": ["01ARZ3NDEKTSV4RRFFQ69G5FAV.1"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    #[test]
    fn an_id_comes_back_as_it_was_given() {
        for text in [ID.to_owned(), format!("{ID}.7")] {
            let voucher: VoucherText = text.parse().unwrap();
            assert_eq!(serde_json::to_value(voucher).unwrap(), text);
        }
    }

    #[test]
    fn a_fingerprint_and_a_unit_without_number_are_no_names() {
        assert!(matches!("ab".repeat(16).parse::<VoucherText>(), Err(InvalidVoucher::Code(_))));
        assert!(matches!(format!("{ID}.x").parse::<VoucherText>(), Err(InvalidVoucher::Unit)));
        assert!("".parse::<VoucherText>().is_err());
    }
}

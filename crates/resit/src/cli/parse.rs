//! Words that need more than one look.

use std::str::FromStr;

use resit_domain::{EntitlementId, Fingerprint, OrderLine, TermsHash, UnitNo, VoucherRef};
use resit_voucher_code::Code;

/// A voucher, as people name it: by code, or by id with or without a unit. The code itself goes no further than this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    Id(EntitlementId, Option<UnitNo>),
    Code(Fingerprint),
}

impl FromStr for Which {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (id, unit) = text.split_once('.').map_or((text, None), |(id, unit)| (id, Some(unit)));
        if let Ok(entitlement) = id.parse::<EntitlementId>() {
            let number = |unit: &str| {
                unit.parse().map_err(|_| format!("`{unit}` is no unit number; write it like .2"))
            };
            return Ok(Which::Id(entitlement, unit.map(number).transpose()?));
        }
        let code: Code = text
            .parse()
            .map_err(|e| format!("neither an id (26 symbols, with .2 for a unit) nor a code: {e}"))?;
        Ok(Which::Code(code.fingerprint()))
    }
}

impl From<Which> for VoucherRef {
    fn from(which: Which) -> Self {
        match which {
            Which::Id(entitlement, unit) => VoucherRef::Id { entitlement, unit: unit.unwrap_or(1) },
            Which::Code(code) => VoucherRef::Code(code),
        }
    }
}

/// Terms, as people name them: by a voucher that they govern, or by their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TermsOf {
    Voucher(Which),
    Hash(TermsHash),
}

impl FromStr for TermsOf {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(hash) => Ok(TermsOf::Hash(hash)),
            Err(_) => text.parse().map(TermsOf::Voucher),
        }
    }
}

/// An order line: `SHOP/NUMBER/LINE`, `NUMBER/LINE` or `NUMBER`; the shop is `shop` and the line 1 if absent.
pub(crate) fn order_line(text: &str) -> Result<OrderLine, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let (shop, number, line) = match parts[..] {
        [number] => ("shop", number, "1"),
        [number, line] => ("shop", number, line),
        [shop, number, line] => (shop, number, line),
        _ => return Err("write an order line like SHOP/NUMBER/LINE".to_owned()),
    };
    Ok(OrderLine {
        shop: shop.parse().map_err(|e: resit_domain::InvalidId| e.to_string())?,
        number: number.parse().map_err(|e: resit_domain::InvalidId| e.to_string())?,
        line: line.parse().map_err(|_| format!("`{line}` is no line number"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voucher_is_named_by_id_or_code() {
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        assert!(matches!(id.parse(), Ok(Which::Id(_, None))));
        assert!(matches!(format!("{id}.7").parse(), Ok(Which::Id(_, Some(7)))));
        assert!(format!("{id}.x").parse::<Which>().is_err());
        assert!("not-a-code".parse::<Which>().is_err());
    }

    #[test]
    fn an_order_line_may_leave_out_shop_and_line() {
        let line = order_line("W-1").unwrap();
        assert_eq!((line.shop.as_str(), line.number.as_str(), line.line), ("shop", "W-1", 1));
        assert_eq!(order_line("eu/W-1/3").unwrap().line, 3);
        assert!(order_line("a/b/c/d").is_err());
    }
}

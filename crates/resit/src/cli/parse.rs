//! Words that need more than one look.

use std::num::NonZeroU64;
use std::str::FromStr;

use resit_api::{InvalidVoucher, VoucherText};
use resit_domain::{CommandId, OrderLine, OrderNumber, ShopId, TermsHash};

/// Terms, as people name them: by a voucher that they govern, or by their hash.
#[derive(Debug, Clone)]
pub(crate) enum TermsOf {
    Voucher(VoucherText),
    Hash(TermsHash),
}

impl FromStr for TermsOf {
    type Err = InvalidVoucher;
    fn from_str(text: &str) -> Result<Self, InvalidVoucher> {
        match text.parse() {
            Ok(hash) => Ok(TermsOf::Hash(hash)),
            Err(_) => text.parse().map(TermsOf::Voucher),
        }
    }
}

/// What is to be explained: a command, or the newest refusal on a voucher. The same text may name either.
#[derive(Debug, Clone)]
pub(crate) struct WhyOf {
    pub(crate) command: Option<CommandId>,
    pub(crate) voucher: Option<VoucherText>,
}

impl FromStr for WhyOf {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (command, voucher) = (text.parse().ok(), text.parse());
        match voucher {
            Ok(voucher) => Ok(WhyOf { command, voucher: Some(voucher) }),
            Err(_) if command.is_some() => Ok(WhyOf { command, voucher: None }),
            Err(invalid) => Err(format!("it is no command's id, and {invalid}")),
        }
    }
}

/// A span of time in milliseconds: a number of them, or numbers with units.
pub(crate) fn duration_ms(text: &str) -> Result<NonZeroU64, String> {
    let wrong = || "write milliseconds, or numbers with d, h, m, s or ms, such as 3652d or 1h30m".to_owned();
    // `ms` comes before `m`, which it begins with.
    let units = [("d", 86_400_000_u64), ("h", 3_600_000), ("ms", 1), ("m", 60_000), ("s", 1_000)];
    let (mut rest, mut sum) = (text, 0_u64);
    if let Ok(ms) = text.parse::<NonZeroU64>() {
        return Ok(ms);
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, unit) = rest.split_at(end);
        let (name, ms) = units.into_iter().find(|(name, _)| unit.starts_with(name)).ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_| wrong())?;
        sum = number.checked_mul(ms).and_then(|ms| sum.checked_add(ms)).ok_or_else(wrong)?;
        rest = &unit[name.len()..];
    }
    NonZeroU64::new(sum).ok_or_else(wrong)
}

/// An order line: `SHOP/NUMBER/LINE`, or `NUMBER` for line 1 of the shop `shop`. Of two parts nobody can tell which is left
/// out, and who guesses wrongly issues one sale twice.
pub(crate) fn order_line(text: &str) -> Result<OrderLine, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let (shop, number, line) = match parts[..] {
        [number] => ("shop", number, "1"),
        [shop, number, line] => (shop, number, line),
        _ => {
            return Err(
                "write SHOP/NUMBER/LINE, such as web/5001/1; NUMBER alone is line 1 of the shop `shop` \
                        (`look-up --whole-order` takes SHOP/NUMBER)"
                    .to_owned(),
            );
        }
    };
    if line == "0" {
        return Err("the lines of an order are counted from 1".to_owned());
    }
    Ok(OrderLine {
        shop: shop.parse().map_err(|e: resit_domain::InvalidId| e.to_string())?,
        number: number.parse().map_err(|e: resit_domain::InvalidId| e.to_string())?,
        line: line
            .parse()
            .map_err(|_| format!("`{line}` is no line number; write SHOP/NUMBER/LINE, such as web/5001/1"))?,
    })
}

/// An order: `SHOP/NUMBER` or `NUMBER`; the shop is `shop` if absent.
pub(crate) fn whole_order(text: &str) -> Result<(ShopId, OrderNumber), String> {
    let (shop, number) = text.split_once('/').unwrap_or(("shop", text));
    if number.contains('/') {
        return Err("write an order like SHOP/NUMBER; --order shows one line of it".to_owned());
    }
    let shop = shop.parse().map_err(|e: resit_domain::InvalidId| e.to_string())?;
    Ok((shop, number.parse().map_err(|e: resit_domain::InvalidId| e.to_string())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_named_by_voucher_or_hash() {
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        assert!(matches!(id.parse(), Ok(TermsOf::Voucher(VoucherText::Id(_, None)))));
        assert!(matches!("0".repeat(64).parse(), Ok(TermsOf::Hash(_))));
        assert!(format!("{id}.x").parse::<TermsOf>().is_err());
        assert!("not-a-code".parse::<TermsOf>().is_err());
    }

    #[test]
    fn an_order_line_may_leave_out_both_shop_and_line() {
        let line = order_line("W-1").unwrap();
        assert_eq!((line.shop.as_str(), line.number.as_str(), line.line), ("shop", "W-1", 1));
        assert_eq!(order_line("eu/W-1/3").unwrap().line, 3);
        assert!(order_line("a/b/c/d").is_err());
        assert!(order_line("eu/W-1/x").unwrap_err().contains("no line number"));
        assert!(order_line("eu/W-1/0").unwrap_err().contains("counted from 1"));
    }

    #[test]
    fn of_two_parts_nobody_can_tell_which_is_left_out() {
        for two in ["web/5001", "web/W-1", "5001/1"] {
            let told = order_line(two).unwrap_err();
            assert!(
                told.contains("SHOP/NUMBER/LINE, such as web/5001/1") && told.contains("line 1"),
                "{told}"
            );
        }
    }

    #[test]
    fn a_whole_order_has_no_line() {
        let (shop, number) = whole_order("web/1001").unwrap();
        assert_eq!((shop.as_str(), number.as_str()), ("web", "1001"));
        assert_eq!(whole_order("W-1").unwrap().0.as_str(), "shop");
        assert!(whole_order("web/1001/1").is_err());
    }
}

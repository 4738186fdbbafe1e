//! Taking codes out of texts that are shown.

use std::borrow::Cow;

use resit_domain::EntitlementId;

use crate::symbols::{CODE_SYMBOLS, parts};

/// So many signs of a code more or less, and a typed text may still be one.
const MISTYPED_MAX: usize = 6;
/// What has fewer digits is a word: of 1,000 codes, one has fewer.
const DIGITS_MIN: usize = 2;

/// A text without anything in it that may be a code, also one with typing mistakes: `…` stands in its place. Ids of entitlements
/// stay as they are. For messages that repeat what somebody typed.
pub fn masked(text: &str) -> Cow<'_, str> {
    let is_typed = |sign: char| sign.is_alphanumeric() || (parts(sign) && !sign.is_whitespace());
    let mut masked = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(is_typed) {
        let (before, behind) = rest.split_at(begin);
        let end = behind.find(|sign| !is_typed(sign)).unwrap_or(behind.len());
        let (word, behind) = behind.split_at(end);
        masked.push_str(before);
        masked.push_str(if may_be_code(word) { "…" } else { word });
        rest = behind;
    }
    masked.push_str(rest);
    if masked == text { Cow::Borrowed(text) } else { Cow::Owned(masked) }
}

fn may_be_code(word: &str) -> bool {
    let signs = word.chars().filter(|sign| !parts(*sign)).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    signs.abs_diff(CODE_SYMBOLS) <= MISTYPED_MAX
        && digits >= DIGITS_MIN
        && word.parse::<EntitlementId>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "0123-4567-89AB-CDEF-GHJK-MNP3";

    #[track_caller]
    fn check(typed: &str, shown: &str) {
        let text = |word: &str| format!("error: invalid value '{word}' for '<VOUCHER>': 24 signs");
        assert_eq!(masked(&text(typed)), text(shown));
    }

    #[test]
    fn a_code_is_masked_with_any_mistake() {
        for typed in [
            CODE,
            &CODE.to_lowercase(),
            &CODE.replace('-', ""),
            &CODE[..28],
            &CODE[..23],
            &format!("{CODE}77"),
            &CODE.replace('4', "é"),
            &CODE.replace('-', "—"),
            &CODE.replace("89AB", "8U9AB"),
        ] {
            check(typed, "…");
        }
    }

    #[test]
    fn what_is_no_code_stays() {
        for typed in [
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV.2",
            "expiry-scheduler-of-the-ledger",
            "2026-10-01T09:00:00Z",
            &"ab12".repeat(16),
            "order-5001",
            "",
        ] {
            check(typed, typed);
        }
    }
}

//! Voucher codes.

use std::{fmt, str::FromStr};

use resit_domain::Fingerprint;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use crate::symbols::{
    CODE_SYMBOLS, DRAWN_SYMBOLS, GROUP_SYMBOLS, check_symbol, is_right, letter, parts, symbol,
};

/// A voucher code whose check sign fits. A secret: whoever has it can use the voucher.
///
/// Typed text: 24 signs; case, hyphens and blanks do not matter, O reads as 0, I and L as 1. Shown only by
/// [`Code::expose`]; wiped from memory when dropped.
#[derive(Clone)]
pub struct Code([u8; CODE_SYMBOLS]);

/// A typed text that is no code. Says what is wrong with it without repeating it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// A sign that is in no code.
    #[error(
        "{symbol:?} in place {place} (group {group}) is in no voucher code; a code is made of digits and letters \
         without U",
        group = (place - 1) / GROUP_SYMBOLS + 1
    )]
    Symbol {
        /// What was typed there.
        symbol: char,
        /// Its place among the signs, from 1; hyphens and blanks do not count.
        place: usize,
    },
    /// Too few or too many signs.
    #[error(
        "a voucher code has {CODE_SYMBOLS} letters and digits, and here are {found}; type all six groups of four"
    )]
    Length {
        /// How many signs were typed.
        found: usize,
    },
    /// The check sign does not fit the others.
    #[error(
        "the voucher code is mistyped: a sign is wrong or two are swapped; compare it with the original group by group"
    )]
    Check,
}

impl Code {
    pub(crate) fn of_drawn(drawn: &[u8; DRAWN_SYMBOLS]) -> Self {
        let mut symbols = [0; CODE_SYMBOLS];
        symbols[..DRAWN_SYMBOLS].copy_from_slice(drawn);
        symbols[DRAWN_SYMBOLS] = check_symbol(drawn);
        Self(symbols)
    }

    /// The code in the clear, in groups of four, for the one person it is meant for.
    ///
    /// Every call is a place where a code leaves the system; none belongs in a log or an error.
    pub fn expose(&self) -> impl fmt::Display {
        Exposed(self)
    }

    /// What the ledger stores and looks vouchers up by.
    ///
    /// A hash without a key, on purpose: 115 bits are too many to search, so a stolen ledger gives no codes
    /// away, and lookups go on when the key is lost or replaced.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hash = Sha256::new_with_prefix(b"resit voucher fingerprint v1\0");
        hash.update(self.0);
        let mut fingerprint = [0; 16];
        fingerprint.copy_from_slice(&hash.finalize()[..16]);
        Fingerprint(fingerprint)
    }

    /// Whether two codes are the same, in a time that does not depend on where they differ.
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl FromStr for Code {
    type Err = InvalidCode;
    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let mut code = Self([0; CODE_SYMBOLS]);
        let mut found = 0;
        for typed in text.chars().filter(|typed| !parts(*typed)) {
            let number = symbol(typed).ok_or(InvalidCode::Symbol { symbol: typed, place: found + 1 })?;
            if let Some(place) = code.0.get_mut(found) {
                *place = number;
            }
            found += 1;
        }
        match found {
            CODE_SYMBOLS if is_right(&code.0) => Ok(code),
            CODE_SYMBOLS => Err(InvalidCode::Check),
            _ => Err(InvalidCode::Length { found }),
        }
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

struct Exposed<'a>(&'a Code);

impl fmt::Display for Exposed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, symbol) in self.0.0.iter().enumerate() {
            if place > 0 && place % GROUP_SYMBOLS == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", letter(*symbol))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = "0123-4567-89AB-CDEF-GHJK-MNP3";

    fn rising() -> Code {
        Code::of_drawn(&std::array::from_fn(|place| place.to_le_bytes()[0]))
    }

    fn refused(text: &str) -> InvalidCode {
        text.parse::<Code>().unwrap_err()
    }

    #[test]
    fn a_code_reads_as_it_is_shown() {
        assert_eq!(rising().expose().to_string(), WRITTEN);
        assert!(WRITTEN.parse::<Code>().unwrap().same_as(&rising()));
    }

    #[test]
    fn case_hyphens_blanks_and_look_alikes_are_forgiven() {
        for typed in [
            "0123456789ABCDEFGHJKMNP3",
            "0123456789abcdefghjkmnp3",
            " oI23 4567 89ab cdef ghjk mnp3\n",
            "OL23–4567–89AB–CDEF\u{a0}GHJK—MNP3",
            "\u{feff}0123-4567-89AB-CDEF-GHJK-MNP3\u{200e}",
            "\u{202a}0123\u{2011}4567\u{ff0d}89AB\u{2060}CDEF\u{200d}GHJK\u{61c}MNP3\u{202c}",
            "\u{2066}0123-4567-89AB-CDEF-GHJK-MNP3\u{2069}\0",
            "0-1-2-3-4-5-6-7-8-9-A-B-C-D-E-F-G-H-J-K-M-N-P-3-",
        ] {
            assert!(typed.parse::<Code>().unwrap().same_as(&rising()), "{typed}");
        }
    }

    #[test]
    fn a_typo_is_told_by_its_kind() {
        assert_eq!(refused(""), InvalidCode::Length { found: 0 });
        assert_eq!(refused(&WRITTEN[..28]), InvalidCode::Length { found: 23 });
        assert_eq!(refused(&format!("{WRITTEN}7")), InvalidCode::Length { found: 25 });
        assert_eq!(refused(&WRITTEN.repeat(10_000)), InvalidCode::Length { found: 240_000 });
        assert_eq!(refused(&WRITTEN.replace("4567", "45U7")), InvalidCode::Symbol { symbol: 'U', place: 7 });
        assert_eq!(refused(&WRITTEN.replace("0123", "é123")), InvalidCode::Symbol { symbol: 'é', place: 1 });
        assert_eq!(refused(&WRITTEN.replace("0123", "0132")), InvalidCode::Check);
        assert_eq!(refused(&WRITTEN.replace("4567", "4568")), InvalidCode::Check);
    }

    #[test]
    fn a_refusal_names_the_remedy_and_never_the_code() {
        for (typed, says) in [
            (WRITTEN.replace("4567", "45U7"), "'U' in place 7 (group 2)"),
            (WRITTEN[..23].into(), "has 24 letters and digits, and here are 19"),
            (WRITTEN.replace("4567", "4576"), "compare it with the original"),
        ] {
            let message = refused(&typed).to_string();
            assert!(message.contains(says), "{message}");
            assert!(WRITTEN.split('-').all(|group| !message.contains(group)), "{message}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", rising()), "Code(…)");
    }

    #[test]
    fn the_fingerprint_is_pinned() {
        assert_eq!(rising().fingerprint().to_string(), "0daad891b3e1d1f0f1a27b066945b568");
    }

    #[test]
    fn codes_that_differ_in_one_place_are_not_the_same() {
        for place in 0..DRAWN_SYMBOLS {
            let mut drawn: [u8; DRAWN_SYMBOLS] = std::array::from_fn(|place| place.to_le_bytes()[0]);
            drawn[place] ^= 1;
            let other = Code::of_drawn(&drawn);
            assert!(!other.same_as(&rising()) && other.fingerprint() != rising().fingerprint());
        }
    }
}

//! How stories name vouchers.

use std::fmt;

use resit_domain::UnitNo;
use resit_voucher_code::Code;

use crate::fault::Fault;
use crate::words::Word;

/// The name of vouchers that the ledger does not know.
pub(crate) const NOBODY: &str = "nobody";

/// One unit of what a name issued: `A` is unit 1, `A.2` unit 2, `A#2` piece 2 of a quantity, `A#2.3` its unit 3.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitRef {
    /// The name.
    pub name: String,
    /// The piece of the order line, from 1.
    pub piece: u16,
    /// The unit, from 1.
    pub unit: UnitNo,
}

/// A voucher in a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voucher {
    /// By its id.
    Unit(UnitRef),
    /// By its present code.
    Code(UnitRef),
    /// By the code before the last replacement.
    OldCode(UnitRef),
    /// By a code that stands in the story itself.
    Literal(Typed),
}

/// A code as it was typed. Two are the same if they open the same voucher.
#[derive(Debug, Clone)]
pub struct Typed(pub Code);

impl PartialEq for Typed {
    fn eq(&self, other: &Self) -> bool {
        self.0.same_as(&other.0)
    }
}

impl Eq for Typed {}

impl Voucher {
    /// The name it goes by, if it has one.
    pub fn unit(&self) -> Option<&UnitRef> {
        match self {
            Voucher::Unit(unit) | Voucher::Code(unit) | Voucher::OldCode(unit) => Some(unit),
            Voucher::Literal(_) => None,
        }
    }

    pub(crate) fn read(word: &Word<'_>) -> Result<Self, Fault> {
        let inside = |open: &str| word.text.strip_prefix(open).and_then(|rest| rest.strip_suffix(')'));
        if let Some(text) = inside("old-code(") {
            let column = word.column + "old-code(".len();
            return UnitRef::read(&Word { column, text }).map(Voucher::OldCode);
        }
        let Some(text) = inside("code(") else { return UnitRef::read(word).map(Voucher::Unit) };
        let named = Word { column: word.column + "code(".len(), text };
        match (text.parse::<Code>(), UnitRef::read(&named)) {
            (Ok(code), _) => Ok(Voucher::Literal(Typed(code))),
            // So long a name is a mistyped code; it is not repeated, for it may be nearly right.
            (Err(e), _) if text.len() >= 20 => {
                Err(Fault { column: named.column, word: String::new(), problem: e.to_string() })
            }
            (Err(_), named) => named.map(Voucher::Code),
        }
    }
}

impl UnitRef {
    pub(crate) fn read(word: &Word<'_>) -> Result<Self, Fault> {
        let fault = || word.fault("names no voucher; write A, A.2 (unit 2), A#2 (piece 2) or A#2.3");
        let number = |text: &str| text.parse::<u16>().ok().filter(|number| *number > 0).ok_or_else(fault);
        let (rest, unit) = match word.text.split_once('.') {
            Some((rest, unit)) => (rest, number(unit)?),
            None => (word.text, 1),
        };
        let (name, piece) = match rest.split_once('#') {
            Some((name, piece)) => (name, number(piece)?),
            None => (rest, 1),
        };
        if !is_name(name) {
            return Err(fault());
        }
        Ok(Self { name: name.to_owned(), piece, unit })
    }
}

/// Whether a text can name what an order issued: a letter, then letters, digits, `-` and `_`.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

impl fmt::Display for UnitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.piece > 1 {
            write!(f, "#{}", self.piece)?;
        }
        if self.unit > 1 { write!(f, ".{}", self.unit) } else { Ok(()) }
    }
}

impl fmt::Display for Voucher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Voucher::Unit(unit) => unit.fmt(f),
            Voucher::Code(unit) => write!(f, "the code of {unit}"),
            Voucher::OldCode(unit) => write!(f, "the old code of {unit}"),
            Voucher::Literal(_) => f.write_str("a code"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Voucher, Fault> {
        Voucher::read(&Word { column: 1, text })
    }

    #[test]
    fn every_way_to_name_a_voucher_is_read_and_shown() {
        for (text, shown) in [
            ("A", "A"),
            ("A.1", "A"),
            ("A.2", "A.2"),
            ("A#2", "A#2"),
            ("A#2.3", "A#2.3"),
            ("code(A.2)", "the code of A.2"),
            ("old-code(A)", "the old code of A"),
            ("code(0123-4567-89AB-CDEF-GHJK-MNP3)", "a code"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_names_no_voucher_is_refused_and_a_mistyped_code_is_not_repeated() {
        for text in ["", "2", "A.0", "A#", "A.x", "A B", "code()", "code(A", "A#1#2"] {
            assert!(read(text).is_err(), "{text}");
        }
        let fault = read("code(0123-4567-89AB-CDEF-GHJK-MNP4)").unwrap_err();
        assert!(
            fault.word.is_empty() && fault.problem.contains("mistyped") && fault.column == 6,
            "{fault:?}"
        );
    }
}

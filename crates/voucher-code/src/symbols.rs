//! The alphabet, and the check sign over it.
//!
//! A sign is a number below 32, an element of the field GF(32). A code is right when the sum of its signs,
//! each times its own power of a primitive element, is [`CHECK_SUM`]. The field's 31 powers are all different
//! and a code has 24 places, so one wrong sign changes the sum, and so does any swap of two unequal signs,
//! near or far.

/// How many signs a code has, the check sign included.
pub const CODE_SYMBOLS: usize = 24;
/// How many signs a group has; hyphens stand between groups.
pub const GROUP_SYMBOLS: usize = 4;
/// How many signs a code has without its check sign: 115 bits.
pub(crate) const DRAWN_SYMBOLS: usize = CODE_SYMBOLS - 1;

/// Crockford's 32 signs: no I, L, O (they look like digits) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Not zero, so that a row of zeros is no code.
const CHECK_SUM: u8 = 1;

/// The sign with this number.
pub(crate) fn letter(symbol: u8) -> char {
    char::from(ALPHABET[usize::from(symbol)])
}

/// The number of a typed sign; `None` for what is in no code.
pub(crate) fn symbol(typed: char) -> Option<u8> {
    let meant = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().zip(0..).find_map(|(letter, number)| (char::from(*letter) == meant).then_some(number))
}

/// Whether a typed sign only parts others or is not seen, as texts that were pasted have them: a blank, any kind of hyphen, a
/// mark of the direction of writing, a joiner, the mark at the beginning of a file.
pub(crate) fn parts(typed: char) -> bool {
    typed.is_whitespace()
        || typed.is_control()
        || matches!(
            typed,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
        )
        || matches!(
            typed,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

/// The check sign that makes a code of the drawn signs.
pub(crate) fn check_symbol(drawn: &[u8; DRAWN_SYMBOLS]) -> u8 {
    // The check sign has weight 1; adding is its own opposite here.
    times_primitive(weighted_sum(drawn)) ^ CHECK_SUM
}

/// Whether all signs fit their check sign.
pub(crate) fn is_right(symbols: &[u8; CODE_SYMBOLS]) -> bool {
    weighted_sum(symbols) == CHECK_SUM
}

/// The last sign has weight 1, the one before it the primitive element, then its square, and so on.
fn weighted_sum(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_primitive(sum) ^ symbol)
}

/// Times x, modulo the primitive polynomial x^5 + x^2 + 1.
fn times_primitive(element: u8) -> u8 {
    let reduced = if element & 0b1_0000 == 0 { 0 } else { 0b10_0101 };
    (element << 1) ^ reduced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_is_primitive() {
        let mut powers: Vec<u8> =
            std::iter::successors(Some(1), |p| Some(times_primitive(*p))).take(31).collect();
        assert_eq!(times_primitive(powers[30]), 1);
        powers.sort_unstable();
        assert_eq!(powers, (1..32).collect::<Vec<u8>>());
    }

    #[test]
    fn signs_read_as_they_are_written_and_look_alikes_are_forgiven() {
        for number in 0..32 {
            let written = letter(number);
            assert_eq!(symbol(written), Some(number));
            assert_eq!(symbol(written.to_ascii_lowercase()), Some(number));
        }
        for (typed, meant) in [('o', '0'), ('O', '0'), ('i', '1'), ('I', '1'), ('l', '1'), ('L', '1')] {
            assert_eq!(symbol(typed), symbol(meant), "{typed}");
        }
        for typed in ['U', 'u', '!', 'é', '\0', '٣'] {
            assert_eq!(symbol(typed), None, "{typed}");
        }
    }

    /// Codes of every kind: equal signs, rising signs, and a spread over the rest.
    fn codes() -> impl Iterator<Item = [u8; CODE_SYMBOLS]> {
        (0u32..300).map(|seed| {
            let mut spread = seed;
            let mut drawn = [0; DRAWN_SYMBOLS];
            for (place, symbol) in drawn.iter_mut().enumerate() {
                spread = spread.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *symbol = match seed {
                    0..32 => seed.to_le_bytes()[0],
                    32..64 => (seed.to_le_bytes()[0] + place.to_le_bytes()[0]) % 32,
                    _ => spread.to_be_bytes()[0] >> 3,
                };
            }
            let mut code = [0; CODE_SYMBOLS];
            code[..DRAWN_SYMBOLS].copy_from_slice(&drawn);
            code[DRAWN_SYMBOLS] = check_symbol(&drawn);
            code
        })
    }

    #[test]
    fn every_wrong_sign_is_found() {
        for code in codes() {
            assert!(is_right(&code));
            for place in 0..CODE_SYMBOLS {
                for wrong in (0..32).filter(|wrong| *wrong != code[place]) {
                    let mut typed = code;
                    typed[place] = wrong;
                    assert!(!is_right(&typed), "{code:?} with {wrong} at {place}");
                }
            }
        }
    }

    #[test]
    fn every_swap_of_two_unequal_signs_is_found() {
        for code in codes() {
            for first in 0..CODE_SYMBOLS {
                for second in first + 1..CODE_SYMBOLS {
                    let mut typed = code;
                    typed.swap(first, second);
                    assert_eq!(is_right(&typed), code[first] == code[second], "{code:?}: {first}, {second}");
                }
            }
        }
    }

    #[test]
    fn a_row_of_zeros_is_no_code() {
        assert!(!is_right(&[0; CODE_SYMBOLS]));
    }
}

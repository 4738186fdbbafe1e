//! Texts that fit a pattern: the part of regular expressions that schemas of ids are written in.

use crate::dice::Dice;

/// One sign of the pattern, how often it comes at least, and at most.
struct Part {
    signs: Vec<char>,
    min: usize,
    max: usize,
}

/// How often `+` and `*` repeat at most.
const MANY: usize = 12;

/// A text that fits. Panics at a pattern that it can't read, so that a new kind of pattern is noticed.
pub(super) fn fitting(pattern: &str, dice: &mut Dice) -> String {
    let mut text = String::new();
    for Part { signs, min, max } in parts(pattern) {
        let count = min + usize::try_from(dice.up_to((max - min + 1) as u64)).expect("it is small");
        text.extend((0..count).map(|_| *dice.pick(&signs)));
    }
    text
}

fn parts(pattern: &str) -> Vec<Part> {
    let inner = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$'));
    let mut signs = inner.unwrap_or_else(|| panic!("{pattern} has open ends")).chars().peekable();
    let mut parts = Vec::new();
    while let Some(sign) = signs.next() {
        let of = match sign {
            '[' => class(&signs.by_ref().take_while(|sign| *sign != ']').collect::<Vec<_>>()),
            '\\' => vec![signs.next().expect("something is escaped")],
            '(' | ')' | '|' | '.' | '^' | '$' => panic!("{pattern} has a `{sign}`, which is not read yet"),
            plain => vec![plain],
        };
        let (min, max) = match signs.peek() {
            Some('+') => (1, MANY),
            Some('*') => (0, MANY),
            Some('?') => (0, 1),
            Some('{') => {
                let counts: String = signs.by_ref().skip(1).take_while(|sign| *sign != '}').collect();
                let (min, max) = counts.split_once(',').unwrap_or((&counts, &counts));
                let number = |text: &str| text.parse().expect("counts are numbers");
                parts.push(Part { signs: of, min: number(min), max: number(max) });
                continue;
            }
            _ => (1, 1),
        };
        if (min, max) != (1, 1) {
            signs.next();
        }
        parts.push(Part { signs: of, min, max });
    }
    parts
}

/// The signs of a class such as `0-9A-H._`.
fn class(inside: &[char]) -> Vec<char> {
    let mut signs = Vec::new();
    let mut rest = inside;
    while let [first, behind @ ..] = rest {
        if let ['-', last, behind @ ..] = behind {
            signs.extend(*first..=*last);
            rest = behind;
        } else {
            signs.push(*first);
            rest = behind;
        }
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_fits_its_pattern() {
        let mut dice = Dice::new(1);
        for pattern in ["^[A-Za-z0-9._:-]+$", "^[0-9a-f]{64}$", "^[0-7][0-9A-HJKMNP-TV-Z]{25}\\.[0-9]+$"] {
            let schema = serde_json::json!({ "pattern": pattern });
            for _ in 0..100 {
                let text = fitting(pattern, &mut dice);
                assert!(jsonschema::is_valid(&schema, &text.clone().into()), "{pattern}: {text}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "not read yet")]
    fn a_pattern_of_a_new_kind_is_noticed() {
        fitting("^(a|b)$", &mut Dice::new(1));
    }
}

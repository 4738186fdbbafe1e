//! Any text as one token of a subject, and back.

use std::fmt::Write as _;

/// A text as one token of a subject: what can't stand in one, and `=` itself, becomes `=` and two hexadecimal digits for
/// each of its bytes. An empty text becomes a lone `=`.
pub fn token(text: &str) -> String {
    let mut token = String::with_capacity(text.len() + 8);
    push_token(&mut token, text);
    token
}

/// Puts a text as one token behind what stands in a subject.
pub(crate) fn push_token(subject: &mut String, text: &str) {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    if text.is_empty() {
        subject.push('=');
    } else if text.bytes().all(is_plain) {
        subject.push_str(text);
    } else {
        for byte in text.bytes() {
            if is_plain(byte) {
                subject.push(char::from(byte));
            } else {
                write!(subject, "={byte:02X}").expect("a text takes a text");
            }
        }
    }
}

/// The text that became a token; none if no text does.
pub fn untoken(token: &str) -> Option<String> {
    if token == "=" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'=' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (self::token(&text) == token).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back_and_is_one_token() {
        for text in ["", "a", "0190-X_y:z", "a.b", "a b*>", "=", "é/漢", "\t\n\0"] {
            let token = token(text);
            assert!(!token.is_empty() && !token.contains(['.', '*', '>', ' ', '\t', '\0']), "{token}");
            assert_eq!(untoken(&token).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_no_text_becomes_is_no_token() {
        for token in ["a.b", "=4", "=zz", "=41", "==", "a=", "=ff"] {
            assert_eq!(untoken(token), None, "{token}");
        }
    }
}

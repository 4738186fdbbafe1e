//! Codes are taken out of what is parked: a stream keeps what it holds.

use bytes::Bytes;
use resit_voucher_code::Code;

use crate::Reason;

/// How a code is printed: groups with hyphens between them, 29 signs.
const PRINTED_BYTES: usize = 29;

/// A payload with every code in it blanked out by asterisks, and whether there was any.
///
/// An event that was parked for a code in it, and whose code is not found (it is escaped, or in base64), is left empty.
pub(crate) fn withheld(payload: &Bytes, reason: Reason) -> (Bytes, bool) {
    let mut bytes = payload.to_vec();
    let mut any = false;
    for (first, last) in runs(payload) {
        let run = std::str::from_utf8(&payload[first..last]).unwrap_or_default();
        // An order number may look like a code without hyphens by chance; one in hundreds has the right check.
        let suspected = reason == Reason::CodeInEvent || (run.len() == PRINTED_BYTES && run.contains('-'));
        if suspected && run.parse::<Code>().is_ok() {
            bytes[first..last].fill(b'*');
            any = true;
        }
    }
    if reason == Reason::CodeInEvent && !any {
        return (Bytes::new(), true);
    }
    (bytes.into(), any)
}

/// The longest stretches of what a code is typed in.
fn runs(bytes: &[u8]) -> Vec<(usize, usize)> {
    let typed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b' ');
    let mut runs = Vec::new();
    let mut first = None;
    for (at, &byte) in bytes.iter().chain(&[0]).enumerate() {
        match (typed(byte), first) {
            (true, None) => first = Some(at),
            (false, Some(begun)) => {
                runs.push((begun, at));
                first = None;
            }
            _ => {}
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use resit_domain::EntitlementId;
    use resit_voucher_code::CodeKey;

    use super::*;

    fn code() -> String {
        CodeKey::from_bytes([3; 32]).derive(EntitlementId([1; 16]), 1, 0).expose().to_string()
    }

    #[track_caller]
    fn check(payload: String, reason: Reason, kept: &str) {
        let (bytes, any) = withheld(&payload.into(), reason);
        assert_eq!((std::str::from_utf8(&bytes).unwrap(), any), (kept, true));
    }

    #[test]
    fn a_code_is_blanked_out_and_the_rest_stays() {
        let code = code();
        let stars = "*".repeat(29);
        let kept = format!(r#"{{"voucher":"{stars}","x":1}}"#);
        check(format!(r#"{{"voucher":"{code}","x":1}}"#), Reason::CodeInEvent, &kept);
        check(format!(r#"{{"voucher":"{code}","x":1}}"#), Reason::BadData, &kept);
        let bare = code.replace('-', "");
        check(bare.clone(), Reason::CodeInEvent, &"*".repeat(24));
        let (bytes, any) = withheld(&bare.clone().into(), Reason::UnknownType);
        assert_eq!((bytes, any), (bare.into(), false));
    }

    #[test]
    fn what_hides_its_code_is_left_empty() {
        check(r#"{"voucher":"\u0030123"}"#.to_owned(), Reason::CodeInEvent, "");
    }
}

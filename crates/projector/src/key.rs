//! Keys of rows: a byte for the table, then what the row is found by. Members of a list end in the member.

use resit_domain::{AgreementId, CalendarId, CandidateId, EntitlementId, Fingerprint, OfferId};

/// `E` entitlement → its view.
pub(crate) fn entitlement(id: EntitlementId) -> Vec<u8> {
    join(b'E', &[&id.0])
}

/// `C` fingerprint of a code → the voucher.
pub(crate) fn code(code: Fingerprint) -> Vec<u8> {
    join(b'C', &[&code.0])
}

/// `P` candidate, entitlement → nothing: the vouchers that serve a candidate.
pub(crate) fn candidate(candidate: &CandidateId) -> Vec<u8> {
    join(b'P', &[candidate.as_str().as_bytes(), b"\0"])
}

/// `A` agreement, entitlement → nothing.
pub(crate) fn agreement(agreement: &AgreementId) -> Vec<u8> {
    join(b'A', &[agreement.as_str().as_bytes(), b"\0"])
}

/// `F` offer, entitlement → nothing.
pub(crate) fn offer(offer: &OfferId) -> Vec<u8> {
    join(b'F', &[offer.as_str().as_bytes(), b"\0"])
}

/// `B` business-day calendar, entitlement → nothing.
pub(crate) fn calendar(calendar: &CalendarId) -> Vec<u8> {
    join(b'B', &[calendar.as_str().as_bytes(), b"\0"])
}

/// A key of a list, with its member.
pub(crate) fn member(mut list: Vec<u8>, id: EntitlementId) -> Vec<u8> {
    list.extend_from_slice(&id.0);
    list
}

/// The member at the end of a list's key.
pub(crate) fn member_of(key: &[u8]) -> Option<EntitlementId> {
    key.last_chunk::<16>().map(|id| EntitlementId(*id))
}

fn join(table: u8, parts: &[&[u8]]) -> Vec<u8> {
    [&[table], parts.concat().as_slice()].concat()
}

/// A row's key for people: its table, and what the row is found by.
pub fn describe(key: &[u8]) -> String {
    let Some((table, rest)) = key.split_first() else { return "of no table".to_owned() };
    let list = |kind: &str| match rest.split_last_chunk::<16>() {
        Some((name, id)) => format!("{kind} {}, entitlement {}", readable(name), EntitlementId(*id)),
        None => format!("{kind} {}", readable(rest)),
    };
    match (table, rest.try_into()) {
        (b'E', Ok(id)) => format!("entitlement {}", EntitlementId(id)),
        (b'C', Ok(code)) => format!("code with the fingerprint {}", Fingerprint(code)),
        (b'P', ..) => list("candidate"),
        (b'A', ..) => list("agreement"),
        (b'F', ..) => list("offer"),
        (b'B', ..) => list("calendar"),
        _ => format!("with the key {}", readable(key)),
    }
}

/// Text as it is, without the zero byte that ends a name; any other byte as its escape.
fn readable(bytes: &[u8]) -> String {
    let name = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    match std::str::from_utf8(name) {
        Ok(text) if !text.chars().any(char::is_control) => text.to_owned(),
        _ => bytes.escape_ascii().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_comes_back_from_its_key() {
        let id = EntitlementId([7; 16]);
        let key = member(offer(&"exam-replay".parse().unwrap()), id);
        assert_eq!(member_of(&key), Some(id));
    }

    #[test]
    fn every_key_is_told_in_words() {
        let id = EntitlementId([7; 16]);
        for (key, words) in [
            (entitlement(id), format!("entitlement {id}")),
            (code(Fingerprint([0xab; 16])), format!("code with the fingerprint {}", "ab".repeat(16))),
            (member(candidate(&"anna".parse().unwrap()), id), format!("candidate anna, entitlement {id}")),
            (member(agreement(&"A-1".parse().unwrap()), id), format!("agreement A-1, entitlement {id}")),
            (member(offer(&"pack-30".parse().unwrap()), id), format!("offer pack-30, entitlement {id}")),
            (member(calendar(&"de".parse().unwrap()), id), format!("calendar de, entitlement {id}")),
            (vec![b'Z', 0xff, 1], "with the key Z\\xff\\x01".to_owned()),
            (vec![b'E', 1], "with the key E\\x01".to_owned()),
            (vec![], "of no table".to_owned()),
        ] {
            assert_eq!(describe(&key), words);
        }
    }

    #[test]
    fn no_list_holds_the_members_of_a_longer_name() {
        let short = offer(&"pack".parse().unwrap());
        let long = offer(&"pack-30".parse().unwrap());
        assert!(!long.starts_with(&short));
    }
}

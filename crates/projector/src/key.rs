//! Keys of rows: a byte for the table, then what the row is found by. Members of a list end in the member.

use resit_domain::{AgreementId, CalendarId, CandidateId, EntitlementId, Fingerprint, OfferId, OrderLine};

/// `E` entitlement → its view.
pub(crate) fn entitlement(id: EntitlementId) -> Vec<u8> {
    join(b'E', &[&id.0])
}

/// `C` fingerprint of a code → the voucher.
pub(crate) fn code(code: Fingerprint) -> Vec<u8> {
    join(b'C', &[&code.0])
}

/// `O` order line, piece → the entitlement.
pub(crate) fn order(order: &OrderLine) -> Vec<u8> {
    join(
        b'O',
        &[
            order.shop.as_str().as_bytes(),
            b"\0",
            order.number.as_str().as_bytes(),
            b"\0",
            &order.line.to_be_bytes(),
        ],
    )
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
    fn no_list_holds_the_members_of_a_longer_name() {
        let short = offer(&"pack".parse().unwrap());
        let long = offer(&"pack-30".parse().unwrap());
        assert!(!long.starts_with(&short));
    }
}

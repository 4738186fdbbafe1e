//! Keys of rows: a byte for the table, then what the row is found by. Members of a list end in the member.

use resit_domain::{
    AgreementId, CalendarId, CandidateId, EntitlementId, Fingerprint, OfferId, OrderLine, OrderNumber,
    ShopId, Timestamp, UnitNo,
};
use resit_event_log::Position;

use crate::goodwill::PendingPlace;

/// `E` entitlement → its view, or for a large pack all but its vouchers.
pub(crate) fn entitlement(id: EntitlementId) -> Vec<u8> {
    join(b'E', &[&id.0])
}

/// `E` entitlement, unit → the view of one voucher of a large pack.
pub(crate) fn unit(id: EntitlementId, unit: UnitNo) -> Vec<u8> {
    join(b'E', &[&id.0, &unit.to_be_bytes()])
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

/// `Z` entitlement → nothing: those whose days are those of another zone than UTC.
pub(crate) fn zones() -> Vec<u8> {
    join(b'Z', &[])
}

/// `O` offer → what is on record of it.
pub(crate) fn offer_row(offer: &OfferId) -> Vec<u8> {
    join(OFFERS, &[offer.as_str().as_bytes()])
}

/// `G` when it expires, entitlement, unit, number → a proposal of goodwill that waits.
pub(crate) fn pending_goodwill(place: PendingPlace) -> Vec<u8> {
    let (unit, number) = (place.unit.to_be_bytes(), place.proposal.to_be_bytes());
    join(PENDING_GOODWILL[0], &[&in_order(place.expires_at), &place.entitlement.0, &unit, &number])
}

/// A key behind all proposals that have expired at `now`.
pub(crate) fn pending_until(now: Timestamp) -> Vec<u8> {
    join(PENDING_GOODWILL[0], &[&in_order(now), &[0xff; 21]])
}

/// Where the rows of all proposals begin.
pub(crate) const PENDING_GOODWILL: [u8; 1] = [b'G'];

/// An instant as bytes that sort as instants do, also before 1970.
fn in_order(at: Timestamp) -> [u8; 8] {
    (at.millis() ^ i64::MIN).to_be_bytes()
}

/// Where the rows of all offers begin.
pub(crate) const OFFERS: u8 = b'O';

/// `L` order, line → what it bought; with an entitlement behind it → nothing: a piece of the line that is not its first.
pub(crate) fn bought(order: &OrderLine) -> Vec<u8> {
    line(bought_by(&order.shop, &order.number), order.line)
}

/// Where the lines of an order begin that bought something.
pub(crate) fn bought_by(shop: &ShopId, number: &OrderNumber) -> Vec<u8> {
    join(b'L', &[shop.as_str().as_bytes(), b"\0", number.as_str().as_bytes(), b"\0"])
}

/// `R` order, line, position → a refusal of it.
pub(crate) fn refused(order: &OrderLine, position: Position) -> Vec<u8> {
    let mut key = line(refused_of(&order.shop, &order.number), order.line);
    key.extend_from_slice(&position.0.to_be_bytes());
    key
}

/// Where the refusals of an order begin.
pub(crate) fn refused_of(shop: &ShopId, number: &OrderNumber) -> Vec<u8> {
    join(b'R', &[shop.as_str().as_bytes(), b"\0", number.as_str().as_bytes(), b"\0"])
}

/// A key of an order, with a line's number.
pub(crate) fn line(mut order: Vec<u8>, line: u32) -> Vec<u8> {
    order.extend_from_slice(&line.to_be_bytes());
    order
}

/// A key that stands behind all of a line's.
pub(crate) fn past_line(order: Vec<u8>, line_no: u32) -> Vec<u8> {
    // Longer than what stands behind a line's number anywhere.
    [line(order, line_no).as_slice(), &[0xff; 17]].concat()
}

/// Whether what stands in a key behind its order is a line's number and nothing else.
pub(crate) fn is_of_line(behind_order: &[u8]) -> bool {
    behind_order.len() == size_of::<u32>()
}

/// The line's number that stands in a key behind `order`.
pub(crate) fn line_of(order: &[u8], key: &[u8]) -> Option<u32> {
    let number = key.strip_prefix(order)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*number))
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
    let order = |kind: &str| match order_line(rest) {
        Some((line, behind)) => match behind.try_into() {
            Ok(piece) => format!("{kind} order line {line}, entitlement {}", EntitlementId(piece)),
            Err(_) => format!("{kind} order line {line}"),
        },
        None => format!("{kind} order {}", readable(rest)),
    };
    if let (b'E', Some((id, [high, low]))) = (*table, rest.split_first_chunk::<16>()) {
        let unit = UnitNo::from_be_bytes([*high, *low]);
        return format!("voucher {unit} of entitlement {}", EntitlementId(*id));
    }
    match (*table, rest.try_into()) {
        (b'E', Ok(id)) => format!("entitlement {}", EntitlementId(id)),
        (b'C', Ok(code)) => format!("code with the fingerprint {}", Fingerprint(code)),
        (b'P', ..) => list("candidate"),
        (b'A', ..) => list("agreement"),
        (b'F', ..) => list("offer"),
        (b'B', ..) => list("calendar"),
        (OFFERS, ..) => format!("offer {}", readable(rest)),
        (b'L', ..) => order("what was bought by"),
        (b'R', ..) => order("a refusal of"),
        (b'G', ..) => match rest.get(8..24).and_then(|id| id.try_into().ok()) {
            Some(id) => format!("goodwill proposed for entitlement {}", EntitlementId(id)),
            None => format!("goodwill proposed, {}", readable(rest)),
        },
        _ => format!("with the key {}", readable(key)),
    }
}

/// The order line that a key names behind its table, and what stands behind that.
fn order_line(rest: &[u8]) -> Option<(String, &[u8])> {
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    let (shop, number, (line, behind)) =
        (parts.next()?, parts.next()?, parts.next()?.split_first_chunk::<4>()?);
    Some((format!("{}/{}/{}", readable(shop), readable(number), u32::from_be_bytes(*line)), behind))
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

    fn line_7() -> OrderLine {
        OrderLine { shop: "web".parse().unwrap(), number: "W-1".parse().unwrap(), line: 7 }
    }

    #[test]
    fn a_line_comes_back_from_its_keys() {
        let order = line_7();
        let (bought_by, refused_of) =
            (bought_by(&order.shop, &order.number), refused_of(&order.shop, &order.number));
        assert_eq!(line_of(&bought_by, &bought(&order)), Some(7));
        assert_eq!(line_of(&refused_of, &refused(&order, Position(3))), Some(7));
        assert_eq!(line_of(&bought_by, &refused(&order, Position(3))), None);
        let piece = member(bought(&order), EntitlementId([0xff; 16]));
        assert_eq!(line_of(&bought_by, &piece), Some(7));
        assert!(is_of_line(&bought(&order)[bought_by.len()..]) && !is_of_line(&piece[bought_by.len()..]));
        assert!(bought(&order) < piece && piece < past_line(bought_by.clone(), 7));
        assert!(past_line(bought_by.clone(), 7) < line(bought_by, 8));
    }

    #[test]
    fn every_key_is_told_in_words() {
        let id = EntitlementId([7; 16]);
        for (key, words) in [
            (entitlement(id), format!("entitlement {id}")),
            (unit(id, 500), format!("voucher 500 of entitlement {id}")),
            (code(Fingerprint([0xab; 16])), format!("code with the fingerprint {}", "ab".repeat(16))),
            (member(candidate(&"anna".parse().unwrap()), id), format!("candidate anna, entitlement {id}")),
            (member(agreement(&"A-1".parse().unwrap()), id), format!("agreement A-1, entitlement {id}")),
            (member(offer(&"pack-30".parse().unwrap()), id), format!("offer pack-30, entitlement {id}")),
            (member(calendar(&"de".parse().unwrap()), id), format!("calendar de, entitlement {id}")),
            (offer_row(&"pack-30".parse().unwrap()), "offer pack-30".to_owned()),
            (bought(&line_7()), "what was bought by order line web/W-1/7".to_owned()),
            (
                member(bought(&line_7()), id),
                format!("what was bought by order line web/W-1/7, entitlement {id}"),
            ),
            (refused(&line_7(), Position(3)), "a refusal of order line web/W-1/7".to_owned()),
            (vec![b'L', b'x'], "what was bought by order x".to_owned()),
            (vec![b'L', b'x', 0], "what was bought by order x".to_owned()),
            (
                pending_goodwill(PendingPlace {
                    expires_at: "2026-01-01".parse().unwrap(),
                    entitlement: id,
                    unit: 1,
                    proposal: 1,
                }),
                format!("goodwill proposed for entitlement {id}"),
            ),
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

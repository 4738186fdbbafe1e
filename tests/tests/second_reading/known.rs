//! Where the ledger is known to differ from this reading. A life ends where it comes to such a point.
//!
//! Each has the ruling that it is about. When the ledger is mended, its line goes.

use super::ask::{Ask, Voucher};
use super::book::Book;
use super::day::Millis;
use super::standing::{EVER, Next};
use super::terms::Benefit;

/// A point at which the ledger is known to differ.
type Known = fn(&Book, &Ask, Millis) -> bool;

/// All of them, by what is so.
const KNOWN: &[(&str, Known)] = &[
    (
        "S3-22: later orders don't follow the first order's end when a change of the agreement moves it",
        tied_to_what_moves,
    ),
    ("S3-22: what was ordered before a first order was taken back stays tied to it", tied_to_what_is_gone),
    (
        "ruling 4: an attempt that was given after one that was lost, not failed, waits as a retake does",
        given_waits,
    ),
    (
        "no ruling says what a sitting is, when a correction makes a first try of a retake, or a retake of a first try",
        turned,
    ),
];

/// Whether a life comes to a known difference with this command.
pub(crate) fn differs(book: &Book, ask: &Ask, now: Millis) -> Option<&'static str> {
    let order = match *ask {
        Ask::Revoke { order, .. } => Some(order),
        _ => super::judge::voucher(ask).map(|voucher| voucher.order),
    };
    if let Some(order) = order {
        book.issue(order)?;
    }
    KNOWN.iter().find(|(_, known)| known(book, ask, now)).map(|(name, _)| *name)
}

fn tied_to_what_moves(book: &Book, ask: &Ask, _now: Millis) -> bool {
    matches!(ask, Ask::AmendAgreement { .. })
        && book.vouchers().iter().any(|voucher| subscribes(book, voucher.order))
}

fn tied_to_what_is_gone(book: &Book, ask: &Ask, _now: Millis) -> bool {
    let Ask::Revoke { order, .. } = *ask else { return false };
    let is_later = |other| book.purchased(order) < book.purchased(other);
    subscribes(book, order) && book.vouchers().iter().any(|voucher| is_later(voucher.order))
}

fn subscribes(book: &Book, order: usize) -> bool {
    matches!(book.offer(order).benefit(1), Some(Benefit::Subscription { .. }))
}

fn given_waits(book: &Book, ask: &Ask, _now: Millis) -> bool {
    let Ask::Schedule { voucher, booked_at, .. } = *ask else { return false };
    exam(book, voucher).is_some_and(|exam| exam.retakes > 0 && exam.waits.iter().any(Option::is_some))
        && matches!(book.next(voucher, booked_at), Next::Extra(_))
}

fn turned(book: &Book, ask: &Ask, now: Millis) -> bool {
    let Ask::Correct { voucher, .. } = *ask else { return false };
    if exam(book, voucher).is_none() {
        return false;
    }
    let mut after = book.clone();
    after.facts.push((now, ask.clone()));
    let all = after.all_attempts(voucher);
    let kind = |next: Next| std::mem::discriminant(&next);
    all.iter().any(|one| {
        let mut before = after.attempts(voucher, EVER);
        before.retain(|other| other.booked < one.booked);
        kind(after.next_behind(voucher, &before, EVER)) != kind(after.was(voucher, one)) && !one.withdrawn
    })
}

fn exam(book: &Book, voucher: Voucher) -> Option<&super::terms::ExamTerms> {
    book.issue(voucher.order)?;
    book.offer(voucher.order).exam(voucher.unit)
}

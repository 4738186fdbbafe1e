//! Where the ledger is known to differ from this reading. A life ends where it comes to such a point.
//!
//! Each has the ruling that it is about. When the ledger is mended, its line goes.

use super::ask::{Ask, Gift, Outcome, Voucher};
use super::book::{Attempt, Book, numbered};
use super::day::{Millis, day_of};
use super::standing::{EVER, Next};
use super::terms::Benefit;

/// A point at which the ledger is known to differ.
type Known = fn(&Book, &Ask, Millis) -> bool;

/// All of them, by what is so.
const KNOWN: &[(&str, Known)] = &[
    ("S1-1: an unpaid exam that was given one attempt has two more", unpaid_and_given),
    (
        "ruling 3: the correction of a result that comes behind the deadline, where late results are refused",
        corrected_late,
    ),
    (
        "ruling 3: a no-show, a technical fault or an invalidated result of a time behind the deadline is recorded",
        fault_too_late,
    ),
    (
        "ruling 14: what was sat all the same, though a correction or a revocation had withdrawn its registration, can't be recorded",
        withdrawn,
    ),
    (
        "ruling 15: a refund that comes too late, for what has ended, is answered as if it had been made before",
        refunded_late,
    ),
    (
        "rulings 3 and 15: what was registered before an order was taken back, and is told behind that, is refused",
        before_revocation,
    ),
    (
        "ruling 20: a registration told late is judged by who is assigned now, not by who was when it was made",
        before_assignment,
    ),
    ("ruling 15: what was taken back while its result was awaited takes gifts", given_back_and_given),
    (
        "ruling 20: a policy judges a registration told late by what came since of others, a pass before all",
        others_since,
    ),
    (
        "ruling 20: a registration made before the move to another provider names the provider of today",
        before_migration,
    ),
    (
        "ruling 20: what was bought or registered before an extension of the offer or the agreement, and is told behind it, has the longer time",
        before_extension,
    ),
    ("S3-12: an order that is placed before the agreement's first day is refused", before_the_first_day),
    (
        "S3-22: later orders don't follow the first order's end when a change of the agreement moves it",
        tied_to_what_moves,
    ),
    ("S3-22: later orders end with a first order that was refunded or taken back", tied_to_what_is_gone),
    ("ruling 9: a registration told late is judged by the catalogue of today", before_the_catalogue),
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

fn unpaid_and_given(book: &Book, ask: &Ask, _now: Millis) -> bool {
    let Ask::Extend { voucher, gift: Gift::ExtraAttempt } = *ask else { return false };
    !book.is_paid(voucher.order) && exam(book, voucher).is_some_and(|exam| exam.only_if_paid)
}

fn corrected_late(book: &Book, ask: &Ask, now: Millis) -> bool {
    let Ask::Correct { voucher, attempt, .. } = *ask else { return false };
    if !book.issue(voucher.order).is_some_and(|_| book.offer(voucher.order).late_refused) {
        return false;
    }
    let mut all = book.all_attempts(voucher);
    let Some(attempt) = numbered(&mut all, attempt) else { return false };
    let (_, end) = book.limits(voucher, book.was(voucher, attempt), EVER);
    attempt.result.is_some() && end.is_some_and(|end| end <= now)
}

fn fault_too_late(book: &Book, ask: &Ask, _now: Millis) -> bool {
    let Ask::Result { voucher, outcome, sat_at: Some(sat) } = *ask else { return false };
    if matches!(outcome, Outcome::Pass | Outcome::Fail) {
        return false;
    }
    let all = book.all_attempts(voucher);
    let end = |one: &Attempt| book.limits(voucher, book.was(voucher, one), EVER).1;
    all.last().and_then(end).is_some_and(|end| end <= sat)
}

fn withdrawn(book: &Book, ask: &Ask, _now: Millis) -> bool {
    let Ask::Correct { voucher, attempt, .. } = *ask else { return false };
    exam(book, voucher).is_some()
        && numbered(&mut book.all_attempts(voucher), attempt).is_some_and(|one| {
            let revoked = book.revoked(voucher.order, EVER);
            one.withdrawn
                || (one.result.is_none() && one.cancelled.is_some_and(|(at, _)| Some(at) == revoked))
        })
}

fn refunded_late(book: &Book, ask: &Ask, now: Millis) -> bool {
    let Ask::Revoke { order, refund: true } = *ask else { return false };
    let over = |voucher: &Voucher| {
        let standing = book.shown(*voucher);
        standing.stage == "used" || standing.stage == "active" || standing.end.is_some_and(|end| end <= now)
    };
    book.vouchers().iter().filter(|voucher| voucher.order == order).all(over)
}

fn before_revocation(book: &Book, ask: &Ask, _now: Millis) -> bool {
    let Ask::Schedule { voucher, booked_at, .. } = *ask else { return false };
    book.revoked(voucher.order, EVER).is_some_and(|told| booked_at < told)
}

fn before_assignment(book: &Book, ask: &Ask, _now: Millis) -> bool {
    let Ask::Schedule { voucher, booked_at, .. } = *ask else { return false };
    let changes = |(told, fact): &(Millis, Ask)| match *fact {
        Ask::Assign { voucher: of, .. } | Ask::Unassign { voucher: of } => {
            of.order == voucher.order && booked_at < *told
        }
        _ => false,
    };
    book.facts.iter().any(changes)
}

fn given_back_and_given(book: &Book, ask: &Ask, _now: Millis) -> bool {
    matches!(*ask, Ask::Extend { voucher, .. } if book.revoked(voucher.order, EVER).is_some() && book.shown(voucher).stage == "registered")
}

fn others_since(book: &Book, ask: &Ask, now: Millis) -> bool {
    let Ask::Schedule { voucher, candidate, booked_at, .. } = *ask else { return false };
    let since = |one: &Attempt| {
        let result = one.result.is_some_and(|(_, sat)| sat > booked_at);
        let changed = one.changed() > booked_at
            || one.cancelled.is_some_and(|(at, _)| at > booked_at || one.result.is_some());
        one.candidate == candidate && (result || (changed && one.booked <= booked_at))
    };
    let theirs = |other: Voucher| exam(book, other).is_some() && book.all_attempts(other).iter().any(since);
    booked_at < now
        && book.offer(voucher.order).programme.is_some()
        && book.vouchers().into_iter().any(theirs)
}

fn before_migration(book: &Book, ask: &Ask, now: Millis) -> bool {
    let Ask::Schedule { voucher, booked_at, provider: Some(_), .. } = *ask else { return false };
    exam(book, voucher).is_some() && book.provider(voucher, booked_at) != book.provider(voucher, now)
}

fn before_extension(book: &Book, ask: &Ask, _now: Millis) -> bool {
    let done = match *ask {
        Ask::Schedule { booked_at, .. } => booked_at,
        Ask::Move { moved_at, .. } => moved_at,
        Ask::Issue { purchased_at, .. } => purchased_at,
        _ => return false,
    };
    book.facts.iter().any(|(told, fact)| {
        matches!(fact, Ask::ExtendOffer { .. } | Ask::AmendAgreement { .. }) && done < *told
    })
}

fn before_the_first_day(book: &Book, ask: &Ask, now: Millis) -> bool {
    let Ask::Issue { offer, purchased_at, agreement: Some(id), .. } = ask else { return false };
    let Some((_, first, _)) = book.agreement(id, now) else { return false };
    book.sold_as(offer, *purchased_at).is_some_and(|terms| day_of(terms.zone, *purchased_at) < first)
}

fn tied_to_what_moves(book: &Book, ask: &Ask, _now: Millis) -> bool {
    matches!(ask, Ask::AmendAgreement { .. })
        && book.vouchers().iter().any(|voucher| subscribes(book, voucher.order))
}

fn tied_to_what_is_gone(book: &Book, ask: &Ask, _now: Millis) -> bool {
    matches!(*ask, Ask::Revoke { order, .. } if subscribes(book, order))
}

fn subscribes(book: &Book, order: usize) -> bool {
    matches!(book.offer(order).benefit(1), Some(Benefit::Subscription { .. }))
}

fn before_the_catalogue(book: &Book, ask: &Ask, now: Millis) -> bool {
    matches!(*ask, Ask::Schedule { exam, booked_at, .. } if book.catalogue(exam, booked_at) != book.catalogue(exam, now))
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

//! What happens next in a random life: mostly something sensible, at times close to an edge, often told late.

use resit_tests::dice::Dice;

use super::ask::{Ask, Exam, Gift, Outcome, Voucher};
use super::book::{Attempt, Book, Fate};
use super::day::{DAY, HOUR, Millis, day_of};
use super::ends::cut_off;
use super::standing::{EVER, Next};

/// Exams of the catalogue, and one that is in none.
const EXAMS: [&str; 5] = ["X-1", "X-2", "X-3", "X-4", "X-0"];
const PEOPLE: [&str; 2] = ["ann", "bob"];

/// A step of a life, at or after `now`.
pub(crate) fn happens(dice: &mut Dice, book: &Book, now: Millis) -> (Millis, Ask) {
    let vouchers = book.vouchers();
    let voucher = *dice.pick(&vouchers);
    let now = now + 1 + passes(dice, book, voucher, now);
    let offer = book.offer(voucher.order);
    if book.is_licensed(voucher.order) && dice.one_in(4) {
        return (now, licensed(dice, book, now));
    }
    if book.versions.len() == 2 && !book.is_licensed(voucher.order) && dice.one_in(5) {
        return (now, changed(dice, book, now));
    }
    if offer.exam(voucher.unit).is_none() || dice.one_in(6) {
        return (now, handled(dice, book, voucher));
    }
    let attempts = book.all_attempts(voucher);
    let open = attempts.iter().rfind(|one| one.fate(offer) == Fate::Open);
    let ask = match (dice.up_to(20), open) {
        (0, _) => gift(dice, voucher, now),
        (1 | 2, _) if !attempts.is_empty() => correction(dice, voucher, &attempts),
        (3, _) => Ask::Expire { order: voucher.order },
        (4..=6, Some(open)) => cancel(dice, voucher, open, now),
        (7 | 8, Some(open)) if offer.programme.is_none() => moved(dice, book, voucher, open, now),
        (9..=17, Some(open)) => result(dice, voucher, open, now),
        (19, None) => Ask::Result { voucher, outcome: outcome(dice), sat_at: None },
        _ => schedule(dice, book, voucher, now),
    };
    (now, ask)
}

/// How much time passes before a step.
fn passes(dice: &mut Dice, book: &Book, voucher: Voucher, now: Millis) -> Millis {
    let edges: Vec<_> = edges(book, voucher).into_iter().filter(|edge| now + 1 < *edge).collect();
    match dice.up_to(10) {
        0..3 => dice.between(0, 3 * HOUR),
        3..7 if !edges.is_empty() => dice.pick(&edges) + dice.between(-1, 1) - now - 1,
        7 | 8 => dice.between(0, 5 * DAY),
        9 => dice.between(0, 20 * DAY),
        _ => dice.between(0, DAY),
    }
}

/// Instants at which an answer may turn.
fn edges(book: &Book, voucher: Voucher) -> Vec<Millis> {
    let offer = book.offer(voucher.order);
    if offer.exam(voucher.unit).is_none() {
        return book.shown(voucher).end.into_iter().collect();
    }
    let next = book.next(voucher, EVER);
    let limits = book.limits(voucher, next, EVER);
    let mut edges: Vec<Millis> = limits.0.into_iter().chain(limits.1).collect();
    if let Next::Retake(fail, _, number) = next {
        edges.extend(book.wait(voucher, fail, number).map(|(_, over)| over));
    }
    for open in book.all_attempts(voucher).iter().filter(|one| one.fate(offer) == Fate::Open) {
        let sit = open.sit();
        edges.extend(cut_off(offer, sit).into_iter().chain([sit, sit, sit + 2 * HOUR]));
    }
    edges
}

fn near(dice: &mut Dice, book: &Book, voucher: Voucher, from: Millis) -> Millis {
    let edges: Vec<_> = edges(book, voucher).into_iter().filter(|edge| from < *edge).collect();
    if !edges.is_empty() && dice.one_in(3) {
        return dice.pick(&edges) + dice.between(-1, 0);
    }
    from + dice.between(HOUR, 30 * DAY)
}

/// When something was done that is told now: mostly now, at times since `since`.
fn done(dice: &mut Dice, since: Millis, now: Millis) -> Millis {
    if since >= now || !dice.one_in(3) { now } else { dice.between(since, now) }
}

fn schedule(dice: &mut Dice, book: &Book, voucher: Voucher, now: Millis) -> Ask {
    let attempts = book.all_attempts(voucher);
    let told = book.issue(voucher.order).expect("it was bought").0;
    let last = attempts
        .iter()
        .map(|one| {
            one.changed().max(one.result.map_or(0, |(_, sat)| sat)).max(one.cancelled.map_or(0, |(at, _)| at))
        })
        .max();
    let booked_at = done(dice, last.unwrap_or(told).max(told) + 1, now);
    let exam = match attempts.first() {
        Some(first) if !dice.one_in(8) => first.exam,
        _ => dice.pick(&EXAMS),
    };
    let candidate = match book.serves(voucher) {
        Some(holder) if !dice.one_in(10) => holder,
        _ => dice.pick(&PEOPLE),
    };
    let sit_at = near(dice, book, voucher, booked_at);
    let provider =
        book.provider(voucher, now).filter(|_| dice.one_in(3)).map(|_| *dice.pick::<&str>(&["one", "two"]));
    Ask::Schedule { voucher, candidate, exam, sit_at, booked_at, provider, branch: None }
}

fn cancel(dice: &mut Dice, voucher: Voucher, open: &Attempt, now: Millis) -> Ask {
    Ask::Cancel { voucher, by_provider: dice.one_in(3), cancelled_at: done(dice, open.changed() + 1, now) }
}

fn moved(dice: &mut Dice, book: &Book, voucher: Voucher, open: &Attempt, now: Millis) -> Ask {
    let moved_at = done(dice, open.changed() + 1, now);
    Ask::Move { voucher, sit_at: near(dice, book, voucher, moved_at), moved_at }
}

fn outcome(dice: &mut Dice) -> Outcome {
    match dice.up_to(10) {
        0 | 1 => Outcome::Pass,
        2..7 => Outcome::Fail,
        7 => Outcome::Missed,
        8 => Outcome::TechnicalFault,
        _ => Outcome::Invalidated,
    }
}

fn result(dice: &mut Dice, voucher: Voucher, open: &Attempt, now: Millis) -> Ask {
    let elsewhere = dice.one_in(6).then(|| dice.between(open.sit() - HOUR, open.sit() + DAY));
    let sat_at = elsewhere.filter(|at| open.changed() < *at && *at <= now);
    Ask::Result { voucher, outcome: outcome(dice), sat_at }
}

fn correction(dice: &mut Dice, voucher: Voucher, attempts: &[Attempt]) -> Ask {
    let many = i64::try_from(attempts.len()).expect("few");
    let attempt = u16::try_from(dice.between(1, many)).expect("few");
    let outcome = outcome(dice);
    if !dice.one_in(3) {
        return Ask::Correct { voucher, attempt, outcome, sat_at: None };
    }
    let meant = dice.pick(attempts);
    let sat_at = Some(meant.result.map_or_else(|| meant.sit(), |(_, sat)| sat));
    Ask::Correct { voucher, attempt: u16::try_from(meant.number).expect("few"), outcome, sat_at }
}

fn gift(dice: &mut Dice, voucher: Voucher, now: Millis) -> Ask {
    if dice.one_in(2) {
        return Ask::Extend { voucher, gift: Gift::ExtraAttempt };
    }
    let day = day_of("UTC", now + dice.between(1, 60) * DAY);
    Ask::Extend { voucher, gift: Gift::LongerTerm(day) }
}

/// What happens to a voucher of any kind.
fn handled(dice: &mut Dice, book: &Book, voucher: Voucher) -> Ask {
    let candidate = match book.serves(voucher) {
        Some(holder) if !dice.one_in(4) => holder,
        _ => dice.pick(&PEOPLE),
    };
    match dice.up_to(12) {
        0..3 => Ask::Assign { voucher, candidate, branch: None },
        3 | 4 => Ask::Unassign { voucher },
        5 => Ask::ReplaceCode { voucher },
        6 => Ask::Revoke { order: voucher.order, refund: dice.one_in(2) },
        7 => Ask::Expire { order: voucher.order },
        _ => Ask::Activate { voucher, candidate, branch: None },
    }
}

/// What happens to an offer.
fn changed(dice: &mut Dice, book: &Book, now: Millis) -> Ask {
    let offer = "single".to_owned();
    match dice.up_to(6) {
        5 => {
            let category = dice.pick::<&str>(&["a", "b"]);
            let facts = Exam { category, retires_on: None, successor: Some("X-2") };
            Ask::DefineExam { exam: "X-1", facts }
        }
        0 => Ask::Publish { version: usize::from(dice.one_in(2)) },
        1 | 2 => Ask::ExtendOffer { offer, last_day: day_of("UTC", now + dice.between(-5, 50) * DAY) },
        3 => Ask::Migrate { offer, from: "one", to: "two" },
        _ => {
            let order =
                book.vouchers().iter().map(|voucher| voucher.order).max().map_or(0, |order| order + 1);
            let purchased_at = done(dice, now - DAY, now);
            Ask::Issue { order, offer, purchased_at, paid: true, agreement: None, holder: None }
        }
    }
}

/// What happens under an agreement.
fn licensed(dice: &mut Dice, book: &Book, now: Millis) -> Ask {
    if dice.one_in(3) {
        let last_day = Some(day_of("UTC", now + dice.between(-20, 500) * DAY));
        return Ask::AmendAgreement { agreement: "A-1", last_day, branches: None };
    }
    let order = book.vouchers().iter().map(|voucher| voucher.order).max().map_or(0, |order| order + 1);
    let offer = dice.pick(&book.versions).id.clone();
    Ask::Issue { order, offer, purchased_at: now, paid: true, agreement: Some("A-1"), holder: None }
}

//! Confluence: a true history leaves the same standing in whatever order it is reported, with wrong first reports too.
//!
//! A history is drawn at random and lived through in the order in which it happened; what the rules refuse did not happen.
//! Then it is reported: in random orders, by commands that carry their own times, after all of it is over. A report that comes
//! before what it rests on is refused, and sent again. Gifts are not reported: each is given at its time.
//!
//! One order is kept (ruling 3): what became of a registration is not reported before that was taken, for a result may name
//! another time than its registration, and would be taken for that of the one that is open.

use super::testing::{Ledger, t, voucher};
use super::testing_words::{OFFER, correct, exam, give, issue, publish, schedule_with, vary};
use crate::{Cancel, CancelledBy, Command, ExamResult, Gift, RecordResult, Reschedule, Timestamp};

const BOUGHT: &str = "2026-01-05T10:00Z";
pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;

/// How many histories are drawn: so many, or as `RESIT_HISTORIES` says.
pub(super) fn histories(default: u64) -> u64 {
    number("RESIT_HISTORIES", default)
}

/// In how many orders each is reported: so many, or as `RESIT_ORDERS` says.
pub(super) fn orders(default: u64) -> u64 {
    number("RESIT_ORDERS", default)
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |number| number.parse().unwrap())
}

/// A small generator of numbers: each seed draws one history and its orders.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    pub(super) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()].clone()
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, usize::try_from(self.below(last as u64 + 1)).unwrap());
        }
    }
}

/// Something that happened, and when.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    pub(super) at: Timestamp,
    /// The registration that it is about, by when that was made; none of a gift.
    pub(super) of: Option<Timestamp>,
    /// The command that reports it, with its own time.
    pub(super) report: Command,
}

fn booked(at: Timestamp, sit_at: Timestamp) -> Deed {
    Deed { at, of: Some(at), report: schedule_with(sit_at, |c| c.booked_at = Some(at)) }
}

fn came(sat_at: Timestamp, result: ExamResult) -> Deed {
    let report = RecordResult { voucher: voucher(1, 1), result, sat_at: Some(sat_at) };
    Deed { at: sat_at, of: None, report: report.into() }
}

fn cancelled(at: Timestamp, by: CancelledBy) -> Deed {
    Deed { at, of: None, report: Cancel { voucher: voucher(1, 1), by, cancelled_at: Some(at) }.into() }
}

fn moved(at: Timestamp, sit_at: Timestamp) -> Deed {
    Deed { at, of: None, report: Reschedule { voucher: voucher(1, 1), sit_at, moved_at: Some(at) }.into() }
}

/// What might happen to a voucher in its year, oldest first.
fn history(draw: &mut Draw) -> Vec<Deed> {
    use ExamResult::{Fail, Invalidated, Missed, Pass, TechnicalFault};
    let mut deeds = Vec::new();
    let mut at = t(BOUGHT).plus_millis(DAY);
    for _ in 0..=draw.below(4) {
        let booked_at = at.plus_millis(i64::try_from(draw.below(20)).unwrap() * DAY + HOUR);
        let mut sit_at = booked_at.plus_millis(i64::try_from(draw.below(60)).unwrap() * DAY + 2 * DAY);
        let first = deeds.len();
        deeds.push(booked(booked_at, sit_at));
        if draw.below(4) == 0 {
            let later = sit_at.plus_millis(DAY);
            deeds.push(moved(booked_at.plus_millis(HOUR), later));
            sit_at = later;
        }
        match draw.below(5) {
            0 => deeds.push(cancelled(sit_at.plus_millis(-DAY - HOUR), CancelledBy::Candidate)),
            1 => deeds.push(cancelled(
                sit_at.plus_millis(-HOUR),
                draw.one(&[CancelledBy::Candidate, CancelledBy::Provider]),
            )),
            _ => deeds
                .push(came(sit_at, draw.one(&[Fail, Fail, Fail, Pass, Missed, TechnicalFault, Invalidated]))),
        }
        deeds[first..].iter_mut().for_each(|deed| deed.of = Some(booked_at));
        if draw.below(4) == 0 {
            deeds.push(Deed { of: None, at: sit_at.plus_millis(HOUR), report: give(Gift::ExtraAttempt) });
        }
        at = sit_at.plus_millis(2 * HOUR);
    }
    deeds
}

fn bought(terms: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&vary(OFFER, terms)), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

/// Takes a command at a time, if the rules let it.
pub(super) fn try_at(ledger: &Ledger, command: &Command, at: Timestamp) -> Option<Ledger> {
    ledger.decide(command, at).is_ok().then(|| ledger.with(&[(command.clone(), &at.to_string())]))
}

/// Reports all in this order, and again what was refused, until nothing more is taken.
pub(super) fn reported(mut ledger: Ledger, deeds: &[Deed], from: Timestamp) -> Ledger {
    let mut left: Vec<&Deed> = deeds.iter().collect();
    let mut taken: Vec<Timestamp> = Vec::new();
    let mut at = from;
    loop {
        let before = left.len();
        left.retain(|deed| {
            let is_booking = matches!(deed.report, Command::Schedule(_));
            if !is_booking && deed.of.is_some_and(|of| !taken.contains(&of)) {
                return true;
            }
            at = at.plus_millis(60_000);
            let next = try_at(&ledger, &deed.report, at);
            if let (Some(of), true, Some(_)) = (deed.of, is_booking, &next) {
                taken.push(of);
            }
            next.map(|next| ledger = next).is_none()
        });
        if left.len() == before {
            return ledger;
        }
    }
}

/// The voucher with its gifts, each at its time.
fn given(terms: &[(&str, &str)], deeds: &[Deed]) -> Ledger {
    let gifts = deeds.iter().filter(|deed| deed.of.is_none());
    gifts.fold(bought(terms), |ledger, gift| ledger.with(&[(gift.report.clone(), &gift.at.to_string())]))
}

fn stands(given: &Ledger) -> (String, u16, Option<(String, &'static str)>) {
    (given.stage(1), given.used(1), given.end(1))
}

#[test]
fn a_true_history_leaves_the_same_standing_in_any_order_of_reports() {
    const TERMS: &[&[(&str, &str)]] = &[
        &[(
            "cancellation = { cut_off = \"none\" }",
            "cancellation = { cut_off = \"PT24H\", late = \"forfeit\" }",
        )],
        &[(
            "cancellation = { cut_off = \"none\" }",
            "cancellation = { cut_off = \"PT24H\", late = \"fail\" }",
        )],
        &[("retake = { count = 1", "retake = { count = 2"), ("no_show = \"forfeit\"", "no_show = \"fail\"")],
        &[
            ("no_show = \"forfeit\"", "no_show = \"return\""),
            ("invalidated = \"forfeit\"", "invalidated = \"fail\""),
        ],
        &[(
            "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }",
            "register_by = \"exam-sat + P60D\", sit_by = \"exam-sat + P60D\" }",
        )],
    ];
    for seed in 0..histories(30) {
        let mut draw = Draw(seed);
        let terms = draw.one(TERMS);
        let (mut lived, mut true_deeds) = (bought(terms), Vec::new());
        for deed in history(&mut draw) {
            if let Some(next) = try_at(&lived, &deed.report, deed.at) {
                lived = next;
                true_deeds.push(deed);
            }
        }
        let over = true_deeds.iter().map(|deed| deed.at).max().unwrap_or(t(BOUGHT)).plus_millis(HOUR);
        for after in [over, t("2027-03-01")] {
            for _ in 0..orders(2) {
                let mut reports: Vec<Deed> =
                    true_deeds.iter().filter(|deed| deed.of.is_some()).cloned().collect();
                draw.shuffle(&mut reports);
                let told = reported(given(terms, &true_deeds), &reports, after.max(over));
                assert_eq!(
                    stands(&told),
                    stands(&lived),
                    "seed {seed} from {after}: {terms:?}\n{true_deeds:#?}\n{reports:#?}"
                );
            }
        }
    }
}

#[test]
fn a_wrong_first_report_leaves_nothing_when_it_is_corrected() {
    use ExamResult::{Fail, Invalidated, Missed, Pass, TechnicalFault};
    let results = [Pass, Fail, Missed, TechnicalFault, Invalidated];
    let sit_at = t("2026-03-01T09:00Z");
    for first in results {
        for right in results {
            for between in [None, Some(give(Gift::ExtraAttempt))] {
                let registered = bought(&[]).with(&[(booked(t("2026-02-01"), sit_at).report, "2026-02-01")]);
                let gift: Vec<_> = between.iter().map(|gift| (gift.clone(), "2026-03-02")).collect();
                let told = |result| registered.with(&[(came(sit_at, result).report, "2026-03-01T12:00Z")]);
                if !gift.is_empty()
                    && (told(first).decide(&gift[0].0, t("2026-03-02")).is_err() || right == Pass)
                {
                    continue;
                }
                let wrong = told(first).with(&gift);
                let corrected =
                    if first == right { wrong } else { wrong.with(&[(correct(1, right), "2026-03-03")]) };
                assert_eq!(
                    stands(&corrected),
                    stands(&told(right).with(&gift)),
                    "{first:?}, {right:?}, {between:?}"
                );
            }
        }
    }
}

//! Confluence on a moving ground: the catalogue, the offer, its end and its provider change while vouchers live, they are assigned
//! and taken back, and one person has several of them under a programme's policy.
//!
//! Publications, assignments and revocations are recorded when they are made; deeds are reported in random orders when all is over.
//! The standing of every voucher and the person's record must be as if each had been reported in time.

use super::confluence_tests::{DAY, Deed, Draw, HOUR, histories, orders, reported, try_at};
use super::testing::{Ledger, id, order, t, voucher};
use super::testing_words::{
    OFFER, assign, exam_with, extend_offer, issue_with, publish, revoke, schedule_with, vary,
};
use crate::{
    Cancel, CancelledBy, Command, EntitlementId, ExamResult, MigrateProvider, OwnAttempt, RecordResult,
    Reschedule, Revoke, RevokeReason, State, Stream, Unassign,
};

const BOUGHT: &str = "2026-01-05T10:00Z";
const VOUCHERS: u32 = 3;

const POLICY: &str = r#"
[policy]
time_zone = "UTC"
counts = ["sat", "late-cancel", "no-show"]
same_exam = "or-successor"
wait = [{ period = "P3D", counted = "calendar-days", limits = "sit" }]
caps = [{ max = 4, window = "P90D", from = "rolling" }]
lock_after_pass = "P60D"
beta_once = true
"#;

/// What an offer says of the exams that it reaches, by version.
const REACH: [&str; 2] = ["{ categories = \"any\" }", "{ categories = [\"pro\"] }"];

fn terms(reach: &str, governs: &str) -> String {
    let changes = [
        ("programme = \"none\"", "programme = \"prog\""),
        ("{ categories = \"any\" }", reach),
        ("providers = \"any\"", "providers = [\"p\"]"),
        ("cut_off = \"none\"", "cut_off = \"PT24H\", late = \"forfeit\""),
        ("runs = { from = \"none\", to = \"none\" }", "runs = { from = \"none\", to = 2026-04-30 }"),
        (
            "\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"",
            "\nregister_by = \"offer-end\"\nsit_by = \"offer-end\"",
        ),
        ("terms_in_force = \"purchase\"", governs),
    ];
    vary(OFFER, &changes) + POLICY
}

const AT_PURCHASE: &str = "terms_in_force = \"purchase\"";
const AT_SCHEDULING: &str = "terms_in_force = \"scheduling\"";

fn bought(governs: &str) -> Ledger {
    let mut done = vec![
        (exam_with("x", |facts| facts.categories = vec![id("pro")]), "2001-01-01"),
        (exam_with("y", |facts| facts.categories = vec![id("pro")]), "2001-01-01"),
        (publish(&terms(REACH[0], governs)), "2001-01-01"),
    ];
    done.extend((1..=VOUCHERS).map(|line| (issue_with(BOUGHT, |c| c.order = order(line)), BOUGHT)));
    Ledger::new(&done)
}

/// A change of the ground, or something that is done at the ledger itself.
fn change(draw: &mut Draw, governs: &str) -> Command {
    let line = 1 + u32::try_from(draw.below(VOUCHERS.into())).unwrap();
    match draw.below(12) {
        0..=3 => {
            let category = draw.one(&["pro", "other"]);
            let (retires_on, beta) =
                (draw.one(&[None, Some("2026-04-15"), Some("2026-06-15")]), draw.below(8) == 0);
            let (code, successor) = draw.one(&[("x", None), ("x", Some("y")), ("y", None)]);
            exam_with(code, |facts| {
                facts.categories = vec![id(category)];
                facts.retires_on = retires_on.map(id);
                facts.successor = successor.map(id);
                facts.beta = beta;
            })
        }
        4 => extend_offer(draw.one(&["2026-06-30", "2026-09-30"])),
        5 => {
            let (from, to) = draw.one(&[("p", "q"), ("q", "p")]);
            MigrateProvider { offer: id("o"), from: id(from), to: id(to) }.into()
        }
        6 => publish(&terms(draw.one(&REACH), governs)),
        7 | 8 => {
            let Command::Assign(c) = assign(draw.one(&["ann", "bob"])) else { unreachable!() };
            crate::Assign { voucher: voucher(line, 1), ..c }.into()
        }
        9 | 10 => Unassign { voucher: voucher(line, 1) }.into(),
        _ => {
            let Command::Revoke(c) = revoke(RevokeReason::Fraud) else { unreachable!() };
            Revoke { entitlement: EntitlementId::of_order(&order(line), 1), ..c }.into()
        }
    }
}

/// What might happen to a voucher in some months, each with its own time.
fn life(draw: &mut Draw, line: u32) -> Vec<Deed> {
    use ExamResult::{Fail, Invalidated, Missed, Pass, TechnicalFault};
    let mut deeds = Vec::new();
    let mut at = t(BOUGHT).plus_millis(DAY);
    let days = |n: u64| i64::try_from(n).unwrap() * DAY;
    for _ in 0..=draw.below(4) {
        // Odd minutes, so that no two vouchers meet in one instant.
        let booked_at = at.plus_millis(days(draw.below(25)) + HOUR + i64::from(line) * 60_000);
        let mut sit_at = booked_at.plus_millis(days(2 + draw.below(40)));
        let (exam, provider) = (draw.one(&["x", "x", "x", "y"]), draw.one(&["p", "p", "q"]));
        let mut deed = |at, report: Command| deeds.push(Deed { at, of: Some(booked_at), report });
        deed(
            booked_at,
            schedule_with(sit_at, |c| {
                (c.voucher, c.exam, c.provider) = (voucher(line, 1), id(exam), Some(id(provider)));
                c.booked_at = Some(booked_at);
            }),
        );
        if draw.below(4) == 0 {
            let moved_at = booked_at.plus_millis(HOUR);
            sit_at = draw.one(&[sit_at.plus_millis(DAY), booked_at.plus_millis(DAY + 2 * HOUR)]);
            deed(moved_at, Reschedule { voucher: voucher(line, 1), sit_at, moved_at: Some(moved_at) }.into());
        }
        let cancels = |at, by| Cancel { voucher: voucher(line, 1), by, cancelled_at: Some(at) }.into();
        match draw.below(5) {
            0 => {
                let at = sit_at.plus_millis(-DAY - HOUR).max(booked_at.plus_millis(2 * HOUR));
                deed(at, cancels(at, CancelledBy::Candidate));
            }
            1 => {
                let at = sit_at.plus_millis(-HOUR);
                deed(at, cancels(at, draw.one(&[CancelledBy::Candidate, CancelledBy::Provider])));
            }
            _ => {
                let result = draw.one(&[Fail, Fail, Fail, Pass, Missed, TechnicalFault, Invalidated]);
                let came = RecordResult { voucher: voucher(line, 1), result, sat_at: Some(sit_at) };
                deed(sit_at, came.into());
            }
        }
        at = sit_at.plus_millis(2 * HOUR);
    }
    deeds
}

/// A history: changes of the ground have no registration that they are about.
fn history(draw: &mut Draw, governs: &str) -> Vec<Deed> {
    let mut all: Vec<Deed> = (1..=VOUCHERS).flat_map(|line| life(draw, line)).collect();
    for _ in 0..6 + draw.below(12) {
        let at = t(BOUGHT).plus_millis(i64::try_from(draw.below(180 * 24)).unwrap() * HOUR + 59 * 60_000);
        all.push(Deed { at, of: None, report: change(draw, governs) });
    }
    all.sort_by_key(|deed| deed.at);
    all
}

/// What can be asked of every voucher, and the person's own record by when each registration was made.
fn stands(given: &Ledger) -> (Vec<String>, Vec<OwnAttempt>) {
    let vouchers = (1..=VOUCHERS).map(|line| {
        let entitlement = given.entitlement(line);
        let holder = entitlement.holder_of(&entitlement.units[0]).clone();
        given.look_at(line, |right| {
            let standing = right.standing();
            format!("{} {} {:?} {holder:?}", standing.stage.name(), standing.used, right.end())
        })
    });
    let State::Candidate(own) = given.state(&Stream::Candidate(id("ann"))) else { unreachable!() };
    let mut own = own.attempts.clone();
    own.sort_by_key(|own| own.booked_at);
    // A move that is reported after the result of its sitting is refused, and changes nothing.
    for own in &mut own {
        own.plans.clear();
    }
    (vouchers.collect(), own)
}

/// The ledger with all changes of the ground, each at its time.
fn with_ground(governs: &str, deeds: &[Deed]) -> Ledger {
    let changes = deeds.iter().filter(|deed| deed.of.is_none());
    changes.fold(bought(governs), |ledger, deed| try_at(&ledger, &deed.report, deed.at).unwrap_or(ledger))
}

#[test]
fn deeds_on_a_moving_ground_leave_the_same_standing_in_any_order_of_reports() {
    let mut taken = 0;
    for seed in 0..histories(20) {
        let mut draw = Draw(seed + 1_000_000);
        let governs = draw.one(&[AT_PURCHASE, AT_SCHEDULING]);
        let (mut lived, mut true_deeds) = (bought(governs), Vec::new());
        for deed in history(&mut draw, governs) {
            if let Some(next) = try_at(&lived, &deed.report, deed.at) {
                lived = next;
                true_deeds.push(deed);
            }
        }
        let over = true_deeds.iter().map(|deed| deed.at).max().unwrap_or(t(BOUGHT)).plus_millis(HOUR);
        let ground = with_ground(governs, &true_deeds);
        let told: Vec<Deed> = true_deeds.iter().filter(|deed| deed.of.is_some()).cloned().collect();
        taken += told.len();
        for _ in 0..orders(2) {
            let mut reports = told.clone();
            draw.shuffle(&mut reports);
            let late = reported(ground.clone(), &reports, over);
            assert_eq!(
                stands(&late),
                stands(&lived),
                "seed {seed}, {governs}\n{true_deeds:#?}\nreported as\n{reports:#?}"
            );
        }
    }
    assert!(taken > 0, "no deed was permitted");
}

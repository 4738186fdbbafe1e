//! Promises that a programme's policy never lets a candidate keep (ruling 23).

use super::testing::{Ledger, Warns, check, id, order, t, voucher};
use super::testing_words::{OFFER, exam, exam_with, issue_with, publish, schedule_with, vary};
use crate::{Command, ExamResult, PublishPolicy, RecordResult};

const LONG_AGO: &str = "2018-01-01";

fn table(wait: &str, caps: &str, lock: &str) -> String {
    format!(
        "[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"or-successor\"\nwait = {wait}\ncaps = {caps}\n\
         counts_over = \"ever\"\nladder_restarts = \"after-pass\"\nlock_after_pass = \"{lock}\"\nbeta_once = false\n"
    )
}

fn days(days: &[u32]) -> String {
    let step = |days| format!("{{ period = \"P{days}D\", counted = \"calendar-days\", limits = \"sit\" }}");
    format!("[{}]", days.iter().map(step).collect::<Vec<_>>().join(", "))
}

fn waits(steps: &[u32]) -> String {
    table(&days(steps), "\"none\"", "none")
}

fn own(table: &str) -> (Command, &'static str) {
    (PublishPolicy { source: format!("programme = \"prog\"\n{table}") }.into(), LONG_AGO)
}

/// The offer of the programme; its retake is sat by this deadline.
fn offer_with(retake_sit_by: &str, changes: &[(&str, &str)]) -> String {
    let sit_by = format!("sit_by = \"{retake_sit_by}\" }}");
    let all = [
        ("programme = \"none\"", "programme = \"prog\""),
        ("sit_by = \"purchase + P12M\" }", sit_by.as_str()),
    ];
    vary(OFFER, &[&all[..], changes].concat())
}

fn warnings(given: &Ledger, command: &Command, at: &str) -> Vec<String> {
    let decided = given.decide(command, t(at)).unwrap();
    decided.warnings.into_iter().map(|warning| format!("{}: {}", warning.clause, warning.text)).collect()
}

const RUNS: (&str, &str) =
    ("runs = { from = \"none\", to = \"none\" }", "runs = { from = 2019-01-01, to = 2019-01-30 }");
const ENDS: (&str, &str) =
    ("runs = { from = \"none\", to = \"none\" }", "runs = { from = \"none\", to = 2019-01-30 }");
const SOLD_UNDER_AGREEMENTS: (&str, &str) = ("agreement = \"none\"", "agreement = \"any\"");
const TWO: (&str, &str) = ("count = 1, only", "count = 2, only");

#[test]
fn an_offer_whose_retake_the_policy_never_permits_is_warned_of_when_it_is_published() {
    let says = "retake 1 can never be used";
    for (sit_by, steps, changes, warned) in [
        ("exam-sat + P30D", &[60][..], &[][..], Some(says)),
        // The sixtieth day behind the sitting is permitted, and the last one of sixty.
        ("exam-sat + P59D", &[60], &[], Some(says)),
        ("exam-sat + P60D", &[60], &[], None),
        ("purchase + P30D", &[60], &[], Some(says)),
        ("purchase + P2M", &[61], &[], None),
        ("purchase + P2M", &[63], &[], Some(says)),
        ("earliest(exam-sat + P30D, agreement-end)", &[60], &[SOLD_UNDER_AGREEMENTS], Some(says)),
        ("latest(exam-sat + P30D, purchase + P90D)", &[60], &[], None),
        ("none", &[600], &[], None),
        // The offer is sold on thirty days, and ends with the last of them.
        ("offer-end", &[60], &[RUNS], Some(says)),
        ("offer-end", &[29], &[RUNS], None),
        ("offer-end + P60D", &[60], &[RUNS], None),
        ("2019-02-10", &[60], &[RUNS], Some(says)),
        // Without a first day it may have been bought at any time before.
        ("offer-end", &[60], &[ENDS], None),
        ("exam-sat + P30D", &[60], &[ENDS], Some(says)),
        ("agreement-end", &[60], &[SOLD_UNDER_AGREEMENTS], None),
        ("exam-sat + P30D", &[1, 60], &[], None),
        ("exam-sat + P30D", &[1, 60], &[TWO], Some("retake 2 can never be used")),
        ("purchase + P30D", &[20, 20], &[TWO], Some("retake 2 can never be used")),
        ("purchase + P40D", &[20, 20], &[TWO], None),
    ] {
        let source = offer_with(sit_by, changes);
        let on_its_own = Ledger::new(&[own(&waits(steps))]);
        let in_the_file = publish(&(source.clone() + &waits(steps)));
        for (given, command) in [(&on_its_own, publish(&source)), (&Ledger::default(), in_the_file)] {
            let told = warnings(given, &command, "2018-12-01");
            match warned {
                Some(says) => {
                    assert!(told.len() == 1 && told[0].contains(says), "{sit_by}, {steps:?}: {told:?}");
                    assert!(told[0].starts_with("prog#policy-wait"), "{told:?}");
                }
                None => assert!(told.is_empty(), "{sit_by}, {steps:?}: {told:?}"),
            }
        }
    }
}

#[test]
fn a_cap_may_make_a_retake_that_is_never_used() {
    let once = |window: &str| table("\"none\"", &format!("[{{ max = 1, window = {window} }}]"), "none");
    let command = publish(&offer_with("purchase + P6M", &[]));
    let told = |window| warnings(&Ledger::new(&[own(&once(window))]), &command, "2018-12-01");
    assert!(told("\"none\"")[0].contains("permits no further sitting"), "{:?}", told("\"none\""));
    assert!(told("\"P12M\", from = \"rolling\"")[0].contains("retake 1 can never be used"));
    assert!(told("\"P5M\", from = \"rolling\"").is_empty());
}

#[test]
fn the_policy_that_is_known_counts_and_not_the_one_in_the_file() {
    let source = offer_with("exam-sat + P30D", &[]);
    let given = Ledger::new(&[own(&waits(&[1]))]);
    let told = warnings(&given, &publish(&(source.clone() + &waits(&[60]))), "2018-12-01");
    assert!(told.len() == 1 && told[0].starts_with("R19: "), "{told:?}");
    let given = Ledger::new(&[own(&waits(&[60]))]);
    let told = warnings(&given, &publish(&(source + &waits(&[1]))), "2018-12-01");
    assert!(told.len() == 2 && told[1].contains("retake 1 can never be used"), "{told:?}");
}

/// Ann has failed or passed exam x on 10 January 2019, on voucher 1 of an offer without ends; another offer is sold beside it.
fn person(policy: &str, outcome: ExamResult, other: &str) -> Ledger {
    let first = vary(
        OFFER,
        &[
            ("id = \"o\"", "id = \"first\""),
            ("programme = \"none\"", "programme = \"prog\""),
            ("purchase + P12M", "none"),
        ],
    );
    let first_line = issue_with(LONG_AGO, |c| c.offer = id("first"));
    Ledger::new(&[
        own(policy),
        (exam("x", "pro"), LONG_AGO),
        (exam("y", "pro"), LONG_AGO),
        (publish(&first), LONG_AGO),
        (publish(other), LONG_AGO),
        (first_line, LONG_AGO),
        (schedule_with("2019-01-10T10:00Z", |c| c.voucher = voucher(1, 1)), "2019-01-01"),
        (RecordResult { voucher: voucher(1, 1), result: outcome, sat_at: None }.into(), "2019-01-10T12:00Z"),
    ])
}

fn order_for(holder: Option<&str>, exam: Option<&str>) -> (Command, &'static str) {
    let command = issue_with("2019-01-11", |c| {
        (c.order, c.holder, c.exam) = (order(2), holder.map(id), exam.map(id));
    });
    (command, "2019-01-11")
}

#[test]
fn a_buyer_is_told_when_the_policy_keeps_the_holder_from_the_exam_or_the_retake() {
    let short = offer_with(
        "purchase + P30D",
        &[("sit_by = \"purchase + P12M\"\n", "sit_by = \"purchase + P30D\"\n")],
    );
    let given = person(&waits(&[60]), ExamResult::Fail, &short);
    let ann = order_for(Some("ann"), Some("x"));
    let says = "permits ann the next sitting of x at 2019-03-11T00:00:00Z, and the voucher must be used before \
                2019-02-11T00:00:00Z";
    check(&given, ann.clone(), Warns("prog#policy-wait", says));
    // Whoever never sat it may sit it at once, and has no time for the retake.
    let retake = "the programme permits the next sitting at 2019-03-12T00:00:00Z";
    for other in [order_for(Some("ben"), Some("x")), order_for(Some("ann"), Some("y"))] {
        check(&given, other, Warns("prog#policy-wait", retake));
    }
    // Without a name or an exam nothing is known of the person.
    for unnamed in [order_for(None, Some("x")), order_for(Some("ann"), None), order_for(None, None)] {
        assert!(warnings(&given, &unnamed.0, unnamed.1).is_empty(), "{unnamed:?}");
    }
    // Time enough for the exam, and not for the retake.
    let longer = offer_with(
        "purchase + P90D",
        &[("sit_by = \"purchase + P12M\"\n", "sit_by = \"purchase + P90D\"\n")],
    );
    let given = person(&waits(&[60]), ExamResult::Fail, &longer);
    check(&given, ann.clone(), Warns("prog#policy-wait", "permits the next sitting at 2019-05-10"));
    let enough = person(&waits(&[60]), ExamResult::Fail, &offer_with("purchase + P12M", &[]));
    assert!(warnings(&enough, &ann.0, ann.1).is_empty());
    // No retake, no promise of one.
    let none = [
        ("count = 1, only", "count = 0, only"),
        ("sit_by = \"purchase + P12M\"\n", "sit_by = \"purchase + P90D\"\n"),
    ];
    let none = person(&waits(&[60]), ExamResult::Fail, &offer_with("purchase + P90D", &none));
    assert!(warnings(&none, &ann.0, ann.1).is_empty());
}

#[test]
fn a_buyer_is_told_when_the_exam_is_locked_or_all_attempts_are_used() {
    let ann = || order_for(Some("ann"), Some("x"));
    let year = offer_with("purchase + P12M", &[]);
    let locked = |lock| person(&table("\"none\"", "\"none\"", lock), ExamResult::Pass, &year);
    check(&locked("for-ever"), ann(), Warns("prog#policy-pass-lock", "gives ann no further sitting of x"));
    check(&locked("P3Y"), ann(), Warns("prog#policy-pass-lock", "at 2022-01-10T00:00:00Z"));
    assert!(warnings(&locked("P6M"), &ann().0, ann().1).is_empty());
    assert!(warnings(&locked("none"), &ann().0, ann().1).is_empty());
    let capped = |caps| person(&table("\"none\"", caps, "none"), ExamResult::Fail, &year);
    let once = "[{ max = 1, window = \"none\" }]";
    check(&capped(once), ann(), Warns("prog#policy-cap", "gives ann no further sitting of x"));
    let yearly = "[{ max = 1, window = \"P2Y\", from = \"rolling\" }]";
    check(&capped(yearly), ann(), Warns("prog#policy-wait", "at 2021-01-10T00:00:00Z"));
    let twice = "[{ max = 3, window = \"none\" }]";
    assert!(warnings(&capped(twice), &ann().0, ann().1).is_empty());
    // The record of a successor counts as the policy counts it.
    let follows =
        |given: &Ledger| given.with(&[(exam_with("x", |facts| facts.successor = Some(id("y"))), LONG_AGO)]);
    let next = order_for(Some("ann"), Some("y"));
    assert!(warnings(&locked("for-ever"), &next.0, next.1).is_empty());
    check(&follows(&locked("for-ever")), next, Warns("prog#policy-pass-lock", "no further sitting of y"));
}

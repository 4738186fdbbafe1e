//! The programme's policy for a person across vouchers, beside the offer's terms.

use super::testing::{Accepted, Expected, Ledger, Refused, Warns, check, edge, id, order, t, voucher};
use super::testing_words::{OFFER, exam, exam_with, issue_with, publish, schedule_with, vary};
use crate::{Cancel, CancelledBy, Command, ExamResult, Layer, RecordResult, Timestamp};

/// 24 hours after the first fail, 14 days after each later one, five attempts in twelve months from the first.
pub(super) const GENERAL: &str = r#"
[policy]
time_zone = "UTC"
counts = ["sat"]
same_exam = "exact"
wait = [
  { period = "PT24H", counted = "exact", limits = "sit" },
  { period = "P14D", counted = "calendar-days", limits = "sit" },
]
caps = [{ max = 5, window = "P12M", from = "first-attempt" }]
lock_after_pass = "for-ever"
beta_once = true
"#;

/// 30, 60 and 90 test-free days, and four attempts in a rolling year.
const TEST_FREE: &str = r#"
[policy]
time_zone = "UTC"
counts = ["sat"]
same_exam = "exact"
wait = [
  { period = "P30D", counted = "from-day-after", limits = "sit" },
  { period = "P60D", counted = "from-day-after", limits = "sit" },
  { period = "P90D", counted = "from-day-after", limits = "sit" },
]
caps = [{ max = 4, window = "P1Y", from = "rolling" }]
lock_after_pass = "P1Y"
beta_once = false
"#;

pub(super) const LONG_AGO: &str = "2015-01-01";

/// A candidate with eight vouchers of one exam each, which last for ever.
pub(super) fn person(policy: &str, changes: &[(&str, &str)]) -> Ledger {
    let plain = [
        ("programme = \"none\"", "programme = \"prog\""),
        ("purchase + P12M", "none"),
        ("count = 1, only", "count = 0, only"),
    ];
    let source = vary(&vary(OFFER, &plain), changes) + policy;
    let mut done =
        vec![(exam("x", "pro"), LONG_AGO), (exam("y", "pro"), LONG_AGO), (publish(&source), LONG_AGO)];
    done.extend((1..=8).map(|line| (issue_with(LONG_AGO, |c| c.order = order(line)), LONG_AGO)));
    Ledger::new(&done)
}

pub(super) fn sit(line: u32, sit_at: Timestamp) -> Command {
    schedule_with(sit_at, |c| c.voucher = voucher(line, 1))
}

pub(super) fn result(line: u32, result: ExamResult) -> Command {
    RecordResult { voucher: voucher(line, 1), result, sat_at: None }.into()
}

/// Attempts on vouchers 1, 2, 3, …, all failed at these times.
pub(super) fn fails(given: &Ledger, sat_at: &[&str]) -> Ledger {
    (1..).zip(sat_at).fold(given.clone(), |given, (line, at)| {
        given.with(&[(sit(line, t(at)), LONG_AGO), (result(line, ExamResult::Fail), at)])
    })
}

/// The next attempt, on the next voucher, is permitted from the instant on.
#[track_caller]
pub(super) fn next_from(given: &Ledger, line: u32, instant: &str, before: Expected<'_>) {
    edge(given, instant, |at| (sit(line, at), t(LONG_AGO)), before, Accepted);
}

#[test]
fn a_general_policy_waits_24_hours_then_14_days() {
    let given = person(GENERAL, &[]);
    let once = fails(&given, &["2019-01-10T10:00Z"]);
    next_from(&once, 2, "2019-01-11T10:00:00Z", Refused("policy-wait"));
    let twice = fails(&given, &["2019-01-10T10:00Z", "2019-02-10T10:00Z"]);
    next_from(&twice, 3, "2019-02-24T00:00:00Z", Refused("policy-wait"));
    let thrice = fails(&given, &["2019-01-10T10:00Z", "2019-02-10T10:00Z", "2019-03-10T10:00Z"]);
    next_from(&thrice, 4, "2019-03-24T00:00:00Z", Refused("policy-wait"));
}

#[test]
fn five_attempts_in_twelve_months_from_the_first() {
    let sat = [
        "2019-01-10T10:00Z",
        "2019-02-10T10:00Z",
        "2019-03-10T10:00Z",
        "2019-04-10T10:00Z",
        "2019-12-10T10:00Z",
    ];
    let five = fails(&person(GENERAL, &[]), &sat);
    next_from(&five, 6, "2020-01-10T00:00:00Z", Refused("policy-cap"));
    // The next one begins a window of its own; the old ones do not count in it.
    let six = fails(&person(GENERAL, &[]), &[&sat[..], &["2020-01-10T10:00Z"]].concat());
    next_from(&six, 7, "2020-01-24T00:00:00Z", Refused("policy-wait"));
    let leap = fails(
        &person(GENERAL, &[]),
        &["2020-02-29T10:00Z", "2020-04-10", "2020-05-10", "2020-06-10", "2020-07-10"],
    );
    next_from(&leap, 6, "2021-02-28T00:00:00Z", Refused("policy-cap"));
}

#[test]
fn the_way_out_of_a_full_window_is_a_way_out() {
    let twice = "\n[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\nwait = \"none\"\n\
                 caps = [{ max = 2, window = \"P12M\", from = \"rolling\" }]\nlock_after_pass = \"none\"\nbeta_once = false\n";
    let booked = person(twice, &[])
        .with(&[(sit(1, t("2024-05-01")), "2024-01-01"), (sit(2, t("2024-08-01")), "2024-01-01")]);
    let asked = booked.decide(&sit(3, t("2024-03-01")), t("2024-01-02"));
    let refusal = asked.expect_err("two are registered in this window");
    assert_eq!(refusal.remedy, "sit it at or after 2025-05-01T00:00:00Z");
    check(&booked, (sit(3, t("2025-05-01")), "2024-01-02"), Accepted);
    check(&booked, (sit(3, t("2025-04-30T23:59:59.999Z")), "2024-01-02"), Refused("policy-cap"));
}

#[test]
fn a_rung_without_a_wait_holds_nothing_back() {
    let second = GENERAL.replace("{ period = \"PT24H\", counted = \"exact\", limits = \"sit\" }", "\"none\"");
    assert_ne!(second, GENERAL);
    let given = fails(&person(&second, &[]), &["2020-01-01"]);
    check(&given, (sit(2, t("2020-01-02")), "2020-01-02"), Accepted);
    let given = fails(&person(&second, &[]), &["2020-01-01", "2020-01-02"]);
    next_from(&given, 3, "2020-01-16T00:00:00Z", Refused("policy-wait"));
}

#[test]
fn test_free_days_are_30_60_90_and_four_attempts_in_a_rolling_year() {
    let given = person(TEST_FREE, &[]);
    let sat = ["2019-01-01T10:00Z", "2019-02-01T10:00Z", "2019-04-03T10:00Z", "2019-07-03T10:00Z"];
    next_from(&fails(&given, &sat[..1]), 2, "2019-02-01T00:00:00Z", Refused("policy-wait"));
    next_from(&fails(&given, &sat[..2]), 3, "2019-04-03T00:00:00Z", Refused("policy-wait"));
    next_from(&fails(&given, &sat[..3]), 4, "2019-07-03T00:00:00Z", Refused("policy-wait"));
    next_from(&fails(&given, &sat), 5, "2020-01-01T00:00:00Z", Refused("policy-cap"));
    // The year rolls: from then on only one attempt has left it.
    let five = fails(&given, &[&sat[..], &["2020-01-01T10:00Z"]].concat());
    next_from(&five, 6, "2020-04-01T00:00:00Z", Refused("policy-wait"));
}

#[test]
fn days_are_counted_in_the_policy_s_zone() {
    let chicago = GENERAL.replace("time_zone = \"UTC\"", "time_zone = \"America/Chicago\"");
    let twice = fails(&person(&chicago, &[]), &["2019-01-10T10:00Z", "2019-03-01T04:00Z"]);
    next_from(&twice, 3, "2019-03-14T05:00:00Z", Refused("policy-wait"));
}

#[test]
fn a_wait_may_hold_back_the_registration() {
    let registers = GENERAL.replace("limits = \"sit\"", "limits = \"register\"");
    let once = fails(&person(&registers, &[]), &["2019-01-10T10:00Z"]);
    edge(&once, "2019-01-11T10:00:00Z", |at| (sit(2, t("2019-06-01")), at), Refused("policy-wait"), Accepted);
}

#[test]
fn a_refusal_says_which_layer_refused() {
    let once = fails(&person(GENERAL, &[]), &["2019-01-10T10:00Z"]);
    let refusal = once.decide(&sit(2, t("2019-01-11")), t(LONG_AGO)).unwrap_err();
    assert_eq!((refusal.layer, refusal.clause.as_str()), (Layer::Programme, "prog#policy-wait"));
    assert!(refusal.to_string().contains("programme layer"), "{refusal}");
    let refusal = once.decide(&sit(2, t("2014-01-11")), t("2014-01-01")).unwrap_err();
    assert_eq!(refusal.layer, Layer::Offer);
}

#[test]
fn a_passed_exam_is_locked() {
    let passed = |policy| {
        person(policy, &[]).with(&[
            (sit(1, t("2019-01-10T10:00Z")), LONG_AGO),
            (result(1, ExamResult::Pass), "2019-01-10T10:00Z"),
        ])
    };
    check(&passed(GENERAL), (sit(2, t("2030-01-01")), "2019-02-01"), Refused("policy-pass-lock"));
    next_from(&passed(TEST_FREE), 2, "2020-01-10T00:00:00Z", Refused("policy-pass-lock"));
    let other = schedule_with("2019-02-01", |c| (c.voucher, c.exam) = (voucher(2, 1), id("y")));
    check(&passed(GENERAL), (other, "2019-01-15"), Accepted);
    // What was sat before the pass is not locked by it, whenever it is reported.
    let booked = |booked_at: &str, sit_at: &str| {
        let booked = schedule_with(sit_at, |c| {
            (c.voucher, c.booked_at) = (voucher(2, 1), Some(t(booked_at)));
        });
        (booked, "2019-01-11")
    };
    for sit_at in ["2019-01-05T10:00Z", "2019-01-09T09:59Z"] {
        check(&passed(GENERAL), booked("2019-01-02", sit_at), Accepted);
    }
    let locked = booked("2019-01-10T10:00:30Z", "2019-01-10T10:01Z");
    check(&passed(GENERAL), locked, Refused("policy-pass-lock"));
    // What was registered before the pass is judged as it was then: by the sitting that lay ahead.
    check(&passed(GENERAL), booked("2019-01-02", "2019-01-10T10:01Z"), Refused("policy-wait"));
    check(&passed(GENERAL), booked("2019-01-02", "2019-01-12T10:00Z"), Accepted);
    let free = GENERAL.replace("\"for-ever\"", "\"none\"");
    check(&passed(&free), (sit(2, t("2019-01-10T11:00Z")), "2019-01-10T10:30Z"), Accepted);
}

#[test]
fn what_counts_is_said() {
    let cases = [
        (ExamResult::Missed, "no-show"),
        (ExamResult::TechnicalFault, "technical-fault"),
        (ExamResult::Invalidated, "invalidated"),
    ];
    for (outcome, word) in cases {
        let next = |policy: &str| {
            let given = person(policy, &[]).with(&[
                (sit(1, t("2019-01-10T10:00Z")), LONG_AGO),
                (result(1, outcome), "2019-01-10T10:00Z"),
            ]);
            given
                .decide(&sit(2, t("2019-01-11T09:00Z")), t("2019-01-10T11:00Z"))
                .map_err(|refusal| refusal.rule.name())
        };
        assert!(next(GENERAL).is_ok(), "{word} does not count");
        let counting = GENERAL.replace("[\"sat\"]", &format!("[\"sat\", {word:?}]"));
        assert_eq!(next(&counting).unwrap_err(), "policy-wait", "{word} counts");
    }
}

#[test]
fn a_late_cancellation_may_count() {
    let cut_off = [("{ cut_off = \"none\" }", "{ cut_off = \"PT24H\", late = \"forfeit\" }")];
    let late = |policy: &str, at: &str| {
        let cancel = Cancel { voucher: voucher(1, 1), by: CancelledBy::Candidate, cancelled_at: None };
        person(policy, &cut_off).with(&[(sit(1, t("2019-01-10T10:00Z")), LONG_AGO), (cancel.into(), at)])
    };
    let next = || (sit(2, t("2019-01-11T09:00Z")), "2019-01-10T11:00Z");
    let counting = GENERAL.replace("[\"sat\"]", "[\"sat\", \"late-cancel\"]");
    check(&late(GENERAL, "2019-01-10T00:00Z"), next(), Accepted);
    check(&late(&counting, "2019-01-10T00:00Z"), next(), Refused("policy-wait"));
    check(&late(&counting, "2019-01-09T09:59Z"), next(), Accepted);
}

#[test]
fn a_beta_exam_is_sat_once() {
    let beta = |policy: &str| {
        let given = person(policy, &[]).with(&[(exam_with("x", |facts| facts.beta = true), LONG_AGO)]);
        fails(&given, &["2019-01-10T10:00Z"])
    };
    check(&beta(GENERAL), (sit(2, t("2019-06-01")), "2019-02-01"), Refused("policy-beta-once"));
    check(&beta(TEST_FREE), (sit(2, t("2019-06-01")), "2019-02-01"), Accepted);
    let left = beta(GENERAL).with(&[(exam("x", "pro"), "2019-02-01")]);
    check(&left, (sit(2, t("2019-06-01")), "2019-02-01"), Accepted);
}

#[test]
fn a_successor_may_be_the_same_exam_to_the_policy() {
    let as_y = || schedule_with("2019-01-11T09:00Z", |c| (c.voucher, c.exam) = (voucher(2, 1), id("y")));
    let declared = |policy: &str| {
        let given =
            person(policy, &[]).with(&[(exam_with("x", |facts| facts.successor = Some(id("y"))), LONG_AGO)]);
        fails(&given, &["2019-01-10T10:00Z"])
    };
    check(&declared(GENERAL), (as_y(), "2019-01-10T11:00Z"), Accepted);
    let successor = GENERAL.replace("same_exam = \"exact\"", "same_exam = \"or-successor\"");
    check(&declared(&successor), (as_y(), "2019-01-10T11:00Z"), Refused("policy-wait"));
}

#[test]
fn a_move_is_judged_by_the_policy_without_the_sitting_that_moves() {
    let given = fails(&person(GENERAL, &[]), &["2019-01-10T10:00Z"]);
    let given = given.with(&[(sit(2, t("2019-02-01T10:00Z")), "2019-01-15")]);
    let moved = |sit_at| {
        let command = crate::Reschedule { voucher: voucher(2, 1), sit_at, moved_at: None };
        (command.into(), t("2019-01-10T10:30Z"))
    };
    edge(&given, "2019-01-11T10:00:00Z", moved, Refused("policy-wait"), Accepted);
}

#[test]
fn a_sitting_put_before_a_registered_one_leaves_that_its_wait_and_the_cap_its_number() {
    let given = person(GENERAL, &[]).with(&[(sit(1, t("2019-03-01T10:00Z")), "2019-01-01")]);
    let ask = |at| (sit(2, at), t("2019-01-02"));
    edge(&given, "2019-02-28T10:00:00.001Z", ask, Accepted, Refused("policy-wait"));
    let four = person(TEST_FREE, &[]).with(&[(sit(8, t("2019-12-20T10:00Z")), "2019-01-01")]);
    let four = fails(&four, &["2019-01-10T10:00Z", "2019-02-20T10:00Z", "2019-05-01T10:00Z"]);
    check(&four, (sit(4, t("2019-08-10")), "2019-06-01"), Refused("policy-cap"));
    check(&four, (sit(4, t("2018-08-10")), "2018-06-01"), Accepted);
}

#[test]
fn a_correction_of_the_result_changes_the_record() {
    let given = fails(&person(GENERAL, &[]), &["2019-01-10T10:00Z"]);
    let given = given.with(&[(super::testing_words::correct(1, ExamResult::Pass), "2019-01-12")]);
    check(&given, (sit(2, t("2019-06-01")), "2019-02-01"), Refused("policy-pass-lock"));
}

#[test]
fn a_retake_that_the_policy_holds_back_for_too_long_is_warned() {
    let none = "count = 0, only_if_paid = false, wait = \"none\", register_by = \"none\", sit_by = \"none\"";
    let short =
        none.replace("count = 0", "count = 1").replace("sit_by = \"none\"", "sit_by = \"exam-sat + P20D\"");
    let given = person(TEST_FREE, &[(none, &short)]);
    check(
        &given,
        (sit(1, t("2019-03-01T10:00Z")), "2019-02-01"),
        Warns("prog#policy-wait", "permits the next sitting at 2019-04-01"),
    );
    let longer = person(TEST_FREE, &[(none, &short.replace("P20D", "P31D"))]);
    assert!(longer.decide(&sit(1, t("2019-03-01T10:00Z")), t("2019-02-01")).unwrap().warnings.is_empty());
    // By the fourth attempt it is the cap that holds back.
    let year = person(TEST_FREE, &[(none, &short.replace("P20D", "P120D"))]);
    let thrice = fails(&year, &["2019-01-01T10:00Z", "2019-02-01T10:00Z", "2019-04-03T10:00Z"]);
    let fourth = (sit(4, t("2019-07-03T10:00Z")), "2019-06-01");
    check(&thrice, fourth, Warns("prog#policy-wait", "permits the next sitting at 2020-01-01"));
}

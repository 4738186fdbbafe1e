//! What a policy's waits and caps count over, and when its ladder starts again.

use super::programme_tests::{GENERAL, LONG_AGO, fails, next_from, person, result, sit};
use super::testing::{Accepted, Ledger, Refused, check, t};
use crate::{ExamResult, Timestamp};

/// A day, then thirty, then ninety.
const LADDER: &str = r#"[
  { period = "P1D", counted = "calendar-days", limits = "sit" },
  { period = "P30D", counted = "calendar-days", limits = "sit" },
  { period = "P90D", counted = "calendar-days", limits = "sit" },
]"#;

fn policy(wait: &str, caps: &str, over: &str, restarts: &str) -> String {
    format!(
        "\n[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\nwait = {wait}\ncaps = {caps}\n\
         counts_over = {over}\nladder_restarts = {restarts}\nlock_after_pass = \"none\"\nbeta_once = false\n"
    )
}

fn on_ladder(over: &str, restarts: &str) -> Ledger {
    person(&policy(LADDER, "\"none\"", over, restarts), &[])
}

fn capped(caps: &str, over: &str) -> Ledger {
    person(&policy("\"none\"", caps, over, "\"never\""), &[])
}

/// A fail on 1 January and a pass on 1 March, on vouchers 1 and 2.
fn failed_then_passed(given: &Ledger) -> Ledger {
    fails(given, &["2019-01-01T10:00Z"]).with(&[
        (sit(2, t("2019-03-01T10:00Z")), LONG_AGO),
        (result(2, ExamResult::Pass), "2019-03-01T10:00Z"),
    ])
}

fn remedy(given: &Ledger, line: u32, sit_at: &str) -> String {
    given.decide(&sit(line, t(sit_at)), t(LONG_AGO)).expect_err("it is refused").remedy
}

#[test]
fn a_ladder_starts_again_after_a_pass_or_never() {
    let soon = || (sit(3, t("2019-03-01T11:00Z")), LONG_AGO);
    check(&failed_then_passed(&on_ladder("\"ever\"", "\"after-pass\"")), soon(), Accepted);
    check(&failed_then_passed(&on_ladder("\"since-last-pass\"", "\"after-pass\"")), soon(), Accepted);
    let never = failed_then_passed(&on_ladder("\"ever\"", "\"never\""));
    next_from(&never, 3, "2019-03-31T00:00:00Z", Refused("policy-wait"));
}

#[test]
fn a_ladder_starts_again_so_long_after_its_first_attempt() {
    let given = on_ladder("\"ever\"", "{ after = \"P6M\" }");
    let sat = ["2019-01-01T10:00Z", "2019-01-10T10:00Z", "2019-02-10T10:00Z", "2019-06-20T10:00Z"];
    next_from(&fails(&given, &sat[..2]), 3, "2019-02-09T00:00:00Z", Refused("policy-wait"));
    next_from(&fails(&given, &sat[..3]), 4, "2019-05-11T00:00:00Z", Refused("policy-wait"));
    // Ninety days would hold until September; the ladder ends in July.
    let four = fails(&given, &sat);
    next_from(&four, 5, "2019-07-01T00:00:00Z", Refused("policy-wait"));
    assert_eq!(remedy(&four, 5, "2019-06-21"), "sit it at or after 2019-07-01T00:00:00Z");
    // The next one is the first on a ladder of its own, and the one behind it the second.
    let five = fails(&given, &[&sat[..], &["2019-07-01T08:00Z"]].concat());
    next_from(&five, 6, "2019-07-02T00:00:00Z", Refused("policy-wait"));
    // A pass changes nothing on such a ladder.
    next_from(&failed_then_passed(&given), 3, "2019-03-31T00:00:00Z", Refused("policy-wait"));
    // A sitting put before a registered one leaves that its wait only if they are on one ladder.
    let booked = given.with(&[(sit(1, t("2019-07-01T10:00Z")), LONG_AGO)]);
    check(&booked, (sit(2, t("2019-07-01T09:00Z")), LONG_AGO), Refused("policy-wait"));
    check(&booked, (sit(2, t("2019-01-01T09:00Z")), LONG_AGO), Accepted);
}

#[test]
fn waits_may_count_the_attempts_of_a_window() {
    let given = on_ladder("{ window = \"P6M\" }", "\"never\"");
    let sat = ["2019-01-01T10:00Z", "2019-02-01T10:00Z", "2019-05-15T10:00Z"];
    next_from(&fails(&given, &sat[..2]), 3, "2019-03-03T00:00:00Z", Refused("policy-wait"));
    // It would be the fourth attempt, until that of January leaves the window.
    next_from(&fails(&given, &sat), 4, "2019-07-01T00:00:00Z", Refused("policy-wait"));
    let ever = on_ladder("\"ever\"", "\"never\"");
    next_from(&fails(&ever, &sat), 4, "2019-08-13T00:00:00Z", Refused("policy-wait"));
}

#[test]
fn a_cap_without_a_window_never_ends() {
    let twice = "[{ max = 2, window = \"none\" }]";
    let sat = ["2019-01-01T10:00Z", "2019-02-01T10:00Z"];
    let full = fails(&capped(twice, "\"ever\""), &sat);
    for sit_at in ["2019-02-02", "2029-01-01", "2190-01-01"] {
        check(&full, (sit(3, t(sit_at)), LONG_AGO), Refused("policy-cap"));
        assert!(remedy(&full, 3, sit_at).contains("no further attempt at this exam"), "{sit_at}");
    }
    check(&fails(&capped(twice, "\"ever\""), &sat[..1]), (sit(3, t("2019-02-02")), LONG_AGO), Accepted);
    // One that comes before both counts, too.
    check(&full, (sit(3, t("2018-01-01")), LONG_AGO), Refused("policy-cap"));
    // Over a window, what leaves it is forgotten.
    let window = fails(&capped(twice, "{ window = \"P12M\" }"), &sat);
    next_from(&window, 3, "2020-01-01T00:00:00Z", Refused("policy-cap"));
}

#[test]
fn a_cap_may_count_since_the_last_pass() {
    let twice = "[{ max = 2, window = \"none\" }]";
    let soon = || (sit(3, t("2019-03-01T11:00Z")), LONG_AGO);
    check(&failed_then_passed(&capped(twice, "\"since-last-pass\"")), soon(), Accepted);
    check(&failed_then_passed(&capped(twice, "\"ever\"")), soon(), Refused("policy-cap"));
    let rolling = "[{ max = 2, window = \"P12M\", from = \"rolling\" }]";
    check(&failed_then_passed(&capped(rolling, "\"since-last-pass\"")), soon(), Accepted);
    next_from(
        &failed_then_passed(&capped(rolling, "\"ever\"")),
        3,
        "2020-01-01T00:00:00Z",
        Refused("policy-cap"),
    );
    // What was sat before the pass is counted with what was sat before it, and with the pass.
    let late = (sit(3, t("2019-02-01")), LONG_AGO);
    check(&failed_then_passed(&capped(twice, "\"since-last-pass\"")), late, Refused("policy-cap"));
}

#[test]
fn a_file_that_says_neither_counts_over_everything_on_a_ladder_that_a_pass_restarts() {
    let said = GENERAL.to_owned() + "counts_over = \"ever\"\nladder_restarts = \"after-pass\"\n";
    for lock in ["\"for-ever\"", "\"none\"", "\"P30D\""] {
        let [silent, said] = [GENERAL, &said]
            .map(|policy| failed_then_passed(&person(&policy.replace("\"for-ever\"", lock), &[])));
        for day in 0..90 {
            let ask = sit(3, t("2018-12-20T12:00Z").plus_millis(day * 86_400_000));
            let [silent, said] = [&silent, &said].map(|given| {
                given.decide(&ask, t(LONG_AGO)).map(|d| d.events).map_err(|no| (no.rule, no.facts, no.remedy))
            });
            assert_eq!(silent, said, "day {day}, lock {lock}");
        }
    }
}

/// Whatever a policy counts over: the way out that a refusal names is the first instant at which the sitting is permitted.
#[test]
fn the_way_out_is_the_first_way_out() {
    let caps = [
        "\"none\"",
        "[{ max = 3, window = \"P4M\", from = \"rolling\" }]",
        "[{ max = 2, window = \"P100D\", from = \"first-attempt\" }]",
        "[{ max = 4, window = \"none\" }]",
        "[{ max = 2, window = \"PT72H\", from = \"rolling\" }, { max = 3, window = \"P1Y\", from = \"first-attempt\" }]",
    ];
    let over = ["\"ever\"", "{ window = \"P90D\" }", "{ window = \"P10D\" }"];
    let restarts = ["\"never\"", "\"after-pass\"", "{ after = \"P45D\" }", "{ after = \"PT36H\" }"];
    let mut exhausted = 0;
    for cap in caps {
        for over in over {
            for restarts in restarts {
                exhausted += usize::from(is_exhausted(&policy(LADDER, cap, over, restarts)));
            }
        }
    }
    assert!(exhausted > 0);
}

/// Fails six times, each as early as the policy permits; whether it permits no sixth time.
fn is_exhausted(policy: &str) -> bool {
    let (mut given, mut at) = (person(policy, &[]), t("2019-01-31T10:00Z"));
    for line in 1..=6 {
        if let Err(refusal) = given.decide(&sit(line, at), t(LONG_AGO)) {
            let Some(instant) = refusal.remedy.strip_prefix("sit it at or after ") else {
                check(&given, (sit(line, t("2150-01-01")), LONG_AGO), Refused("policy-cap"));
                return true;
            };
            at = t(instant);
            let early = given.decide(&sit(line, at.plus_millis(-1)), t(LONG_AGO));
            assert!(early.is_err(), "{instant} is not the first: {policy}");
        }
        let booked = given.decide(&sit(line, at), t(LONG_AGO));
        assert!(booked.is_ok(), "{at}: {booked:?}\n{policy}");
        given = failed(&given, line, at);
        at = at.plus_millis(3_600_000);
    }
    false
}

fn failed(given: &Ledger, line: u32, at: Timestamp) -> Ledger {
    given.with(&[(sit(line, at), LONG_AGO), (result(line, ExamResult::Fail), &at.to_string())])
}

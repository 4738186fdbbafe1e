//! Retakes: what a fail earns, how long to wait, until when, of which exam.

use super::testing::{
    Accepted, Does, Expected, Ledger, Refused, RefusedBy, Warns, check, edge, facts, id, t,
};
use super::testing_words::{
    cancel, exam, exam_with, failed, issue, issue_with, missed, offer, passed, reschedule, schedule,
    schedule_with,
};
use crate::{Event, RetakeVerdict};

const BOUGHT: &str = "2019-09-01T10:00Z";
const SAT: &str = "2019-10-01T10:00:00Z";
const DEADLINES: &str = "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";

fn registered(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (schedule(SAT), "2019-09-10"),
    ])
}

fn with_fail(changes: &[(&str, &str)]) -> Ledger {
    registered(changes).with(&[(failed(), SAT)])
}

fn waits(ladder: &str) -> Ledger {
    with_fail(&[("wait = \"none\"", &format!("wait = [{ladder}]"))])
}

#[track_caller]
fn register_edge(given: &Ledger, instant: &str, before: Expected<'_>, from: Expected<'_>) {
    edge(given, instant, |at| (schedule(t("2020-03-01")), at), before, from);
}

#[test]
fn a_retake_is_not_scheduled_before_the_exam_was_taken_and_failed() {
    let clause = ("[rulings]", "[clauses]\nretake-needs-fail = \"S0-7\"\n\n[rulings]");
    let given = registered(&[clause]);
    let refused = RefusedBy("retake-needs-fail", "S0-7");
    check(&given, (schedule("2019-11-01"), "2019-09-30"), refused);
    // Sat, and its result not known.
    check(&given, (schedule("2019-11-01"), "2019-10-02"), refused);
    check(&given.with(&[(passed(), SAT)]), (schedule("2019-11-01"), "2019-10-02"), refused);
    check(&given.with(&[(missed(), SAT)]), (schedule("2019-11-01"), "2019-10-02"), refused);
    check(&given.with(&[(failed(), SAT)]), (schedule("2019-11-01"), "2019-10-02"), Accepted);
}

#[test]
fn a_retake_is_not_registered_before_the_exam_was_failed_even_if_reported_later() {
    let given = with_fail(&[]);
    let ask =
        |booked_at| (schedule_with("2019-11-01", move |c| c.booked_at = Some(booked_at)), t("2019-10-05"));
    edge(&given, SAT, ask, Refused("retake-needs-fail"), Accepted);
}

#[test]
fn a_fail_grants_one_retake_and_only_one() {
    check(&registered(&[]), (failed(), SAT), Does(&["ExamFailed", "RetakeGranted", "AttemptConcluded"]));
    let given = with_fail(&[]).with(&[(schedule("2019-11-01"), "2019-10-02")]);
    check(&given, (failed(), "2019-11-02"), Does(&["ExamFailed", "AttemptConcluded"]));
    let given = given.with(&[(failed(), "2019-11-02")]);
    check(&given, (schedule("2019-12-01"), "2019-11-03"), Refused("attempts-left"));
}

#[test]
fn an_offer_without_a_retake_grants_none() {
    let given = registered(&[("count = 1, only_if_paid", "count = 0, only_if_paid")]);
    check(&given, (failed(), SAT), Does(&["ExamFailed", "AttemptConcluded"]));
    check(&given.with(&[(failed(), SAT)]), (schedule("2019-11-01"), "2019-10-02"), Refused("attempts-left"));
}

#[test]
fn a_free_retake_needs_a_paid_exam_where_the_offer_says_so() {
    let only_paid = [("only_if_paid = false", "only_if_paid = true")];
    let bought = |paid: bool| {
        Ledger::new(&[
            (exam("x", "pro"), "2001-01-01"),
            (offer(&only_paid), "2001-01-01"),
            (issue_with(BOUGHT, |c| c.paid = paid), BOUGHT),
            (schedule(SAT), "2019-09-10"),
        ])
    };
    check(&bought(true), (failed(), SAT), Does(&["ExamFailed", "RetakeGranted", "AttemptConcluded"]));
    check(&bought(false), (failed(), SAT), Warns("o#retake-only-if-paid", "only a paid exam"));
    let unpaid = bought(false).with(&[(failed(), SAT)]);
    check(&unpaid, (schedule("2019-11-01"), "2019-10-02"), Refused("retake-only-if-paid"));
}

#[test]
fn one_day_is_counted_as_the_offer_says() {
    for (wait, zone, until) in [
        (
            r#"{ period = "P1D", counted = "calendar-days", limits = "register" }"#,
            "UTC",
            "2019-10-02T00:00:00Z",
        ),
        (
            r#"{ period = "P1D", counted = "from-day-after", limits = "register" }"#,
            "UTC",
            "2019-10-03T00:00:00Z",
        ),
        (r#"{ period = "PT24H", counted = "exact", limits = "register" }"#, "UTC", "2019-10-02T10:00:00Z"),
        (
            r#"{ period = "P1D", counted = "calendar-days", limits = "register" }"#,
            "America/Chicago",
            "2019-10-02T05:00:00Z",
        ),
    ] {
        let given =
            with_fail(&[("wait = \"none\"", &format!("wait = [{wait}]")), ("\"UTC\"", &format!("{zone:?}"))]);
        register_edge(&given, until, Refused("retake-wait"), Accepted);
    }
}

#[test]
fn a_wait_may_hold_back_the_sitting_and_not_the_registration() {
    let given = waits(r#"{ period = "P14D", counted = "from-day-after", limits = "sit" }"#);
    let until = "2019-10-16T00:00:00Z";
    edge(&given, until, |sit_at| (schedule(sit_at), t("2019-10-02")), Refused("retake-wait"), Accepted);
    // A retake that moves keeps its wait.
    let given = given.with(&[(schedule("2019-11-01"), "2019-10-02")]);
    edge(&given, until, |sit_at| (reschedule(sit_at), t("2019-10-03")), Refused("retake-wait"), Accepted);
}

#[test]
fn waits_climb_a_ladder_whose_last_step_goes_on() {
    let ladder = r#"
  { period = "PT24H", counted = "exact", limits = "register" },
  { period = "P14D", counted = "calendar-days", limits = "register" },
"#;
    let given = with_fail(&[
        ("wait = \"none\"", &format!("wait = [{ladder}]")),
        ("count = 1, only", "count = 3, only"),
    ]);
    register_edge(&given, "2019-10-02T10:00:00Z", Refused("retake-wait"), Accepted);
    let second =
        given.with(&[(schedule("2019-10-10T10:00Z"), "2019-10-03"), (failed(), "2019-10-10T12:00Z")]);
    register_edge(&second, "2019-10-24T00:00:00Z", Refused("retake-wait"), Accepted);
    let third =
        second.with(&[(schedule("2019-11-10T10:00Z"), "2019-11-03"), (failed(), "2019-11-10T12:00Z")]);
    register_edge(&third, "2019-11-24T00:00:00Z", Refused("retake-wait"), Accepted);
}

#[test]
fn a_retake_is_registered_and_sat_by_its_own_dates() {
    let own = [(DEADLINES, "register_by = \"exam-sat + P30D\", sit_by = \"result-recorded + P60D\" }")];
    let given = registered(&own).with(&[(failed(), "2019-10-03")]);
    let ask = |at| (schedule(t("2019-11-20")), at);
    edge(&given, "2019-11-01T00:00:00Z", ask, Accepted, Refused("retake-register-by"));
    let ask = |sit_at| (schedule(sit_at), t("2019-10-10"));
    edge(&given, "2019-12-03T00:00:00Z", ask, Accepted, Refused("retake-sit-by"));
    let only_sit = [(DEADLINES, "register_by = \"none\", sit_by = \"exam-sat + P30D\" }")];
    let ask = |at| (schedule(at), at);
    edge(&with_fail(&only_sit), "2019-11-01T00:00:00Z", ask, Accepted, Refused("retake-sit-by"));
}

#[test]
fn exam_and_retake_both_lie_within_twelve_months_of_purchase() {
    let given = with_fail(&[]);
    edge(&given, "2020-09-02T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("retake-register-by"));
    let ask = |sit_at| (schedule(sit_at), t("2020-01-01"));
    edge(&given, "2020-09-02T00:00:00Z", ask, Accepted, Refused("retake-sit-by"));
    assert_eq!(given.end(1), Some(("2020-09-02T00:00:00Z".to_owned(), "retake-register-by")));
}

#[test]
fn a_fail_that_leaves_no_time_grants_none_and_says_so() {
    let dates = [(DEADLINES, "register_by = \"none\", sit_by = \"2019-10-05\" }")];
    let no_time = [
        dates[0],
        ("wait = \"none\"", r#"wait = [{ period = "P5D", counted = "calendar-days", limits = "sit" }]"#),
    ];
    let given = registered(&no_time);
    check(&given, (failed(), SAT), Warns("R2", "no retake"));
    let fact = facts(&given, (failed(), SAT)).remove(0);
    let Event::ExamFailed(fact) = fact else { panic!("{fact:?}") };
    assert_eq!(fact.retake, RetakeVerdict::NoTime { ended_at: t("2019-10-06"), clause: "R2".to_owned() });
    check(&given.with(&[(failed(), SAT)]), (schedule("2019-10-05"), "2019-10-02"), Refused("retake-sit-by"));
    // The result decides: put on record a millisecond before the end, and from then on.
    let given = registered(&dates);
    let earned = Does(&["ExamFailed", "RetakeGranted", "AttemptConcluded"]);
    edge(
        &given,
        "2019-10-06T00:00:00Z",
        |at| (failed(), at),
        earned,
        Does(&["ExamFailed", "AttemptConcluded"]),
    );
}

#[test]
fn a_registration_that_leaves_no_time_for_the_retake_is_warned() {
    let one_day = r#"wait = [{ period = "P1D", counted = "calendar-days", limits = "register" }]"#;
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[("wait = \"none\"", one_day)]), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ]);
    check(&given, (schedule("2020-09-01T10:00Z"), "2020-08-01"), Warns("R2", "leaves no time for a retake"));
    check(&given, (schedule("2020-08-31T10:00Z"), "2020-08-01"), Accepted);
    assert!(given.decide(&schedule("2020-08-31T10:00Z"), t("2020-08-01")).unwrap().warnings.is_empty());
}

#[test]
fn a_retake_is_of_the_same_exam_or_of_the_successor_that_the_catalogue_declares() {
    let as_exam = |code: &'static str| schedule_with("2019-11-01", move |c| c.exam = id(code));
    for (same_exam, to_successor, to_other) in [
        ("exact", Refused("same-exam"), Refused("same-exam")),
        ("or-successor", Accepted, Refused("same-exam")),
        ("any-eligible", Accepted, Accepted),
    ] {
        let given = with_fail(&[("or-successor", same_exam)]).with(&[
            (exam_with("x", |facts| facts.successor = Some(id("y"))), "2019-10-02"),
            (exam("y", "pro"), "2019-10-02"),
            (exam("z", "pro"), "2019-10-02"),
        ]);
        check(&given, (as_exam("x"), "2019-10-05"), Accepted);
        check(&given, (as_exam("y"), "2019-10-05"), to_successor);
        check(&given, (as_exam("z"), "2019-10-05"), to_other);
    }
}

#[test]
fn a_retake_uses_the_same_code() {
    let given = with_fail(&[]);
    let entitlement = given.entitlement(1).id;
    let by_code = |c: &mut crate::Schedule| {
        c.voucher = crate::VoucherRef::Code(super::testing::code(entitlement, 1, 0));
    };
    check(&given, (schedule_with("2019-11-01", by_code), "2019-10-05"), Accepted);
}

#[test]
fn a_cancelled_retake_is_still_there_with_its_dates() {
    let given = with_fail(&[]).with(&[(schedule("2019-11-01"), "2019-10-05"), (cancel(), "2019-10-06")]);
    check(&given, (schedule("2019-12-01"), "2019-10-07"), Accepted);
    assert_eq!(given.end(1), Some(("2020-09-02T00:00:00Z".to_owned(), "retake-register-by")));
}

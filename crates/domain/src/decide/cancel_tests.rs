//! Cancelling and moving a registration: cut-offs, and what becomes of the attempt.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, Warns, check, edge, id, t};
use super::testing_words::{
    cancel, cancel_by_provider, exam, exam_with, failed, issue, offer, passed, reschedule, schedule,
    schedule_with,
};

const BOUGHT: &str = "2019-09-01T10:00Z";
const SIT: &str = "2019-10-01T10:00:00Z";

fn registered(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (schedule(SIT), "2019-09-10"),
    ])
}

fn cut_off(period: &str, late: &str) -> Ledger {
    registered(&[("{ cut_off = \"none\" }", &format!("{{ cut_off = \"{period}\", late = \"{late}\" }}"))])
}

const DOES: [&str; 2] = ["ExamCancelled", "AttemptCancelled"];

#[test]
fn a_cancellation_before_the_sitting_gives_the_attempt_back_and_keeps_the_holder() {
    edge(&registered(&[]), SIT, |at| (cancel(), at), Does(&DOES), RefusedBy("before-sitting", "R6"));
    let given = registered(&[]).with(&[(cancel(), "2019-09-20")]);
    check(&given, (schedule("2019-11-01"), "2019-09-21"), Accepted);
    let other = schedule_with("2019-11-01", |c| c.candidate = id("bob"));
    check(&given, (other, "2019-09-21"), Refused("holder-matches"));
}

#[test]
fn nothing_is_cancelled_twice_or_without_a_registration() {
    let given = registered(&[]).with(&[(cancel(), "2019-09-20")]);
    check(&given, (cancel(), "2019-09-21"), Refused("registration-open"));
    check(&given, (reschedule("2019-10-05"), "2019-09-21"), Refused("registration-open"));
    let sat = registered(&[]).with(&[(passed(), SIT)]);
    check(&sat, (cancel(), "2019-10-02"), Refused("registration-open"));
}

#[test]
fn a_cancellation_from_the_cut_off_on_is_late() {
    let again = || (schedule("2019-11-01"), "2019-10-05");
    for (late, then) in [("forfeit", Refused("retake-needs-fail")), ("fail", Accepted), ("return", Accepted)]
    {
        let given = cut_off("PT24H", late);
        let in_time = given.with(&[(cancel(), "2019-09-30T09:59:59.999Z")]);
        check(&in_time, again(), Accepted);
        for at in ["2019-09-30T10:00:00Z", "2019-09-30T10:00:00.001Z"] {
            check(&given.with(&[(cancel(), at)]), again(), then);
        }
    }
    check(&cut_off("PT24H", "forfeit"), (cancel(), "2019-09-30T10:00Z"), Warns("R6", "not given back"));
    let fails = ["ExamCancelled", "AttemptCancelled", "RetakeGranted"];
    check(&cut_off("PT24H", "fail"), (cancel(), "2019-09-30T10:00Z"), Does(&fails));
}

#[test]
fn a_cut_off_may_count_days_of_the_offer_s_zone() {
    let chicago = [
        ("{ cut_off = \"none\" }", "{ cut_off = \"P2D\", late = \"forfeit\" }"),
        ("\"UTC\"", "\"America/Chicago\""),
    ];
    let ask = |at| (reschedule("2019-11-01"), at);
    edge(&registered(&chicago), "2019-09-29T05:00:00Z", ask, Accepted, Refused("before-sitting"));
}

#[test]
fn a_move_is_in_time_until_the_cut_off() {
    let ask = |at| (reschedule("2019-11-01"), at);
    edge(
        &cut_off("PT24H", "forfeit"),
        "2019-09-30T10:00:00Z",
        ask,
        Accepted,
        RefusedBy("before-sitting", "R6"),
    );
    edge(&registered(&[]), SIT, ask, Accepted, Refused("before-sitting"));
}

#[test]
fn a_provider_s_cancellation_always_gives_the_attempt_back() {
    for at in ["2019-09-20", "2019-09-30T20:00Z", "2019-10-01T10:00Z", "2019-10-02"] {
        let given = cut_off("PT24H", "forfeit").with(&[(cancel_by_provider(), at)]);
        check(&given, (schedule("2019-11-01"), "2019-10-05"), Accepted);
    }
}

#[test]
fn an_attempt_that_comes_back_behind_its_deadline_is_warned() {
    let given = registered(&[("\nregister_by = \"purchase + P12M\"", "\nregister_by = \"2019-09-15\"")]);
    check(&given, (cancel_by_provider(), "2019-09-20"), Warns("R2", "ended at 2019-09-16T00:00:00Z"));
    let given = given.with(&[(cancel_by_provider(), "2019-09-20")]);
    check(&given, (schedule("2019-11-01"), "2019-09-21"), Refused("register-by"));
}

#[test]
fn a_move_keeps_the_registration_and_its_time_and_must_be_sat_in_time() {
    let given = registered(&[("\nregister_by = \"purchase + P12M\"", "\nregister_by = \"2019-09-15\"")]);
    check(&given, (reschedule("2019-12-01"), "2019-09-20"), Does(&["ExamRescheduled", "AttemptMoved"]));
    let ask = |sit_at| (reschedule(sit_at), t("2019-09-20"));
    edge(&given, "2020-09-02T00:00:00Z", ask, Accepted, Refused("sit-by"));
    edge(&given, "2019-09-20T00:00:00Z", ask, Refused("sitting-ahead"), Accepted);
    let given = given.with(&[(reschedule("2019-12-01"), "2019-09-20")]);
    check(&given, (passed(), "2019-10-02"), Refused("sat-in-the-past"));
    check(&given, (passed(), "2019-12-01"), Accepted);
}

#[test]
fn a_retake_moves_within_its_own_date() {
    let own = [(
        "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }",
        "register_by = \"none\", sit_by = \"exam-sat + P30D\" }",
    )];
    let given = registered(&own).with(&[(failed(), SIT), (schedule("2019-10-20"), "2019-10-05")]);
    let ask = |sit_at| (reschedule(sit_at), t("2019-10-06"));
    edge(&given, "2019-11-01T00:00:00Z", ask, Accepted, Refused("retake-sit-by"));
}

#[test]
fn a_voucher_does_not_end_with_an_exam_that_it_is_no_longer_registered_for() {
    let by_exam = [("register_by = \"purchase + P12M\"", "register_by = \"exam-retirement - P1D\"")];
    let given = Ledger::new(&[
        (exam_with("x", |facts| facts.retires_on = Some(id("2019-12-31"))), "2001-01-01"),
        (offer(&by_exam), "2001-01-01"),
        (issue("2019-09-01T10:00Z"), "2019-09-01T10:00Z"),
        (schedule("2019-10-01"), "2019-09-10"),
        (cancel_by_provider(), "2019-09-11"),
    ]);
    assert_eq!(given.end(1), Some(("2020-09-02T00:00:00Z".to_owned(), "sit-by")));
}

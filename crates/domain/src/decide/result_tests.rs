//! Results: when an exam counts, late results, no-shows, faults.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, Warns, check, edge, t, voucher};
use super::testing_words::{
    cancel, exam, failed, issue, missed, offer, passed, refund, result, schedule, schedule_with,
};
use crate::{Command, ExamResult, RecordResult, Timestamp};

const BOUGHT: &str = "2019-09-01T10:00Z";
const SIT: &str = "2020-09-01T10:00:00Z";
const END: &str = "2020-09-02T00:00:00Z";

fn registered(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (schedule(SIT), "2020-08-01"),
    ])
}

fn sat(result: ExamResult, sat_at: Timestamp) -> Command {
    RecordResult { voucher: voucher(1, 1), result, sat_at: Some(sat_at) }.into()
}

#[test]
fn a_result_is_judged_by_when_the_exam_was_sat() {
    let given = registered(&[]);
    let late = t("2020-10-01");
    edge(
        &given,
        END,
        |sat_at| (sat(ExamResult::Pass, sat_at), late),
        Accepted,
        RefusedBy("sat-in-time", "R3"),
    );
    edge(&given, END, |sat_at| (sat(ExamResult::Fail, sat_at), late), Accepted, Refused("sat-in-time"));
}

#[test]
fn a_result_that_arrives_after_the_deadline_is_accepted_and_explained() {
    let given = registered(&[]);
    check(&given, (passed(), "2020-10-01"), Does(&["ExamPassed", "AttemptConcluded"]));
    check(&given, (passed(), "2020-10-01"), Warns("R3", "came after the deadline, and is accepted"));
    check(&given, (failed(), "2020-10-01"), Warns("R2", "no retake"));
    assert!(given.decide(&passed(), t(END).plus_millis(-1)).unwrap().warnings.is_empty());
}

#[test]
fn an_offer_may_refuse_a_result_after_the_deadline() {
    let given = registered(&[("\"accept-if-sat-in-time\"", "\"refuse\"")]);
    edge(&given, END, |at| (passed(), at), Accepted, RefusedBy("result-in-time", "R3"));
}

#[test]
fn a_sitting_lies_in_the_past_and_behind_its_registration() {
    let given = registered(&[]);
    edge(&given, SIT, |at| (passed(), at), Refused("sat-in-the-past"), Accepted);
    let booked = "2020-08-01T00:00:00Z";
    let ask = |sat_at| (sat(ExamResult::Pass, sat_at), t("2020-09-01T12:00Z"));
    edge(&given, booked, ask, Refused("sat-in-the-past"), Accepted);
}

#[test]
fn a_result_again_happens_once() {
    let given = registered(&[]).with(&[(passed(), SIT)]);
    check(&given, (passed(), "2020-09-03"), Does(&["CommandRepeated"]));
    check(&given, (failed(), "2020-09-03"), Refused("result-awaited"));
    for outcome in [ExamResult::Pass, ExamResult::Fail, ExamResult::TechnicalFault, ExamResult::Missed] {
        let given = registered(&[]).with(&[(result(outcome), "2020-09-01T11:00Z")]);
        check(&given, (sat(outcome, t(SIT)), "2020-09-03"), Does(&["CommandRepeated"]));
        check(&given, (sat(outcome, t("2020-09-01T10:30Z")), "2020-09-03"), Refused("result-awaited"));
    }
    let all_used = registered(&[]).with(&[
        (failed(), SIT),
        (schedule("2020-09-01T15:00Z"), "2020-09-01T11:00Z"),
        (failed(), "2020-09-01T15:00Z"),
    ]);
    check(&all_used, (failed(), "2020-09-03"), Does(&["CommandRepeated"]));
}

#[test]
fn the_same_result_without_a_time_may_be_the_next_sitting_s_and_waits_for_its_registration() {
    for outcome in [ExamResult::Fail, ExamResult::TechnicalFault] {
        let given = registered(&[]).with(&[(result(outcome), "2020-09-01T11:00Z")]);
        check(&given, (result(outcome), "2020-09-01T20:00Z"), Refused("result-awaited"));
        let refusal = given.decide(&result(outcome), t("2020-09-01T20:00Z")).unwrap_err();
        assert!(refusal.remedy.contains("say when it was sat"), "{}", refusal.remedy);
        // Its registration arrives late, and then it is taken.
        let booked = schedule_with("2020-09-01T15:00Z", |c| c.booked_at = Some(t("2020-09-01T12:00Z")));
        let given = given.with(&[(booked, "2020-09-01T21:00Z"), (result(outcome), "2020-09-01T21:00Z")]);
        assert_eq!(given.entitlement(1).units[0].attempts.len(), 2);
        assert!(given.entitlement(1).units[0].open().is_none());
    }
}

#[test]
fn a_result_needs_a_registration() {
    let given = registered(&[]).with(&[(cancel(), "2020-08-02")]);
    check(&given, (passed(), "2020-09-03"), Refused("result-awaited"));
}

#[test]
fn a_no_show_is_what_the_offer_says() {
    let cases = [
        ("forfeit", &["ExamMissed", "AttemptConcluded"][..], Refused("retake-needs-fail")),
        ("fail", &["ExamMissed", "RetakeGranted", "AttemptConcluded"], Accepted),
        ("return", &["ExamMissed", "AttemptConcluded"], Accepted),
    ];
    for (word, does, then) in cases {
        let given = registered(&[("no_show = \"forfeit\"", &format!("no_show = \"{word}\""))]);
        check(&given, (missed(), "2020-09-01T12:00Z"), Does(does));
        let given = given.with(&[(missed(), "2020-09-01T12:00Z")]);
        check(&given, (schedule("2020-09-01T20:00Z"), "2020-09-01T13:00Z"), then);
        assert!(given.entitlement(1).units[0].open().is_none(), "{word}: the registration is closed");
    }
}

#[test]
fn a_fault_or_an_invalid_result_is_what_the_offer_says() {
    for (field, outcome) in [
        ("technical_fault = \"return\"", ExamResult::TechnicalFault),
        ("invalidated = \"forfeit\"", ExamResult::Invalidated),
    ] {
        let name = field.split(' ').next().unwrap();
        for (word, then) in
            [("forfeit", Refused("retake-needs-fail")), ("fail", Accepted), ("return", Accepted)]
        {
            let given = registered(&[(field, &format!("{name} = \"{word}\""))]);
            let given = given.with(&[(result(outcome), "2020-09-01T12:00Z")]);
            check(&given, (schedule("2020-09-01T20:00Z"), "2020-09-01T13:00Z"), then);
            let used = given.used(1);
            assert_eq!(used, u16::from(word != "return"), "{name} = {word}");
        }
    }
}

#[test]
fn an_attempt_that_comes_back_too_late_is_warned() {
    let given = registered(&[]);
    check(
        &given,
        (result(ExamResult::TechnicalFault), "2020-09-05"),
        Warns("R2", "ended at 2020-09-02T00:00:00Z"),
    );
}

#[test]
fn a_fail_behind_a_refund_earns_nothing() {
    let given = registered(&[
        ("purchase + P14D", "none"),
        ("refund_until = \"none\"", "refund_until = \"purchase + P2Y\""),
    ]);
    let given = given.with(&[(refund(), "2020-09-01T11:00Z")]);
    check(&given, (failed(), "2020-09-01T12:00Z"), Does(&["ExamFailed", "AttemptConcluded"]));
    check(&given, (failed(), "2020-09-01T12:00Z"), Warns("R15", "taken back"));
    let given = given.with(&[(failed(), "2020-09-01T12:00Z")]);
    check(&given, (schedule("2020-09-01T20:00Z"), "2020-09-01T13:00Z"), Refused("not-revoked"));
}

#[test]
fn a_retake_s_result_is_judged_by_the_retake_s_date() {
    let own = [(
        "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }",
        "register_by = \"none\", sit_by = \"exam-sat + P30D\" }",
    )];
    let given = registered(&own)
        .with(&[(failed(), "2020-09-01T12:00Z"), (schedule("2020-10-01T10:00Z"), "2020-09-05")]);
    let ask = |sat_at| (sat(ExamResult::Pass, sat_at), t("2020-11-01"));
    edge(&given, "2020-10-02T00:00:00Z", ask, Accepted, Refused("sat-in-time"));
}

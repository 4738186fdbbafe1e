//! Corrected results in all directions: both facts stay, and what follows is put in order.

use super::testing::{Accepted, Does, Ledger, Refused, Warns, check, edge, t};
use super::testing_words::{
    correct, exam, failed, give, issue, issue_with, missed, offer, passed, refund, result, revoke, schedule,
};
use crate::ExamResult::{Fail, Invalidated, Missed, Pass, TechnicalFault};
use crate::RevokeReason::Chargeback;
use crate::{ExamResult, Fate, Gift};

const BOUGHT: &str = "2019-09-01T10:00Z";
const SIT: &str = "2019-10-01T10:00:00Z";
const LATER: &str = "2019-10-05T10:00:00Z";

fn registered(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (schedule(SIT), "2019-09-10"),
    ])
}

fn with(was: ExamResult) -> Ledger {
    registered(&[]).with(&[(result(was), SIT)])
}

#[test]
fn every_correction_leaves_what_the_right_result_would_have_left() {
    for was in [Pass, Fail, Missed, TechnicalFault, Invalidated] {
        for now in [Pass, Fail, Missed, TechnicalFault, Invalidated] {
            if was == now {
                continue;
            }
            let right = with(now);
            let corrected = with(was).with(&[(correct(1, now), LATER)]);
            let next = (schedule("2019-11-01"), "2019-10-10");
            let [by_right, by_corrected] = [&right, &corrected]
                .map(|given| given.decide(&next.0, t(next.1)).map(|d| d.events).map_err(|r| r.rule));
            assert_eq!(by_right, by_corrected, "{was:?} corrected to {now:?}");
            let stage = |given: &Ledger| given.stage(1);
            assert_eq!(stage(&right), stage(&corrected), "{was:?} corrected to {now:?}");
            let back = corrected.with(&[(correct(1, was), "2019-10-06")]);
            assert_eq!(stage(&with(was)), stage(&back), "{was:?} to {now:?} and back");
        }
    }
}

#[test]
fn fail_to_pass_withdraws_an_unused_retake() {
    let does = ["ResultCorrected", "AttemptCorrected", "RetakeWithdrawn"];
    check(&with(Fail), (correct(1, Pass), LATER), Does(&does));
    let given = with(Fail).with(&[(correct(1, Pass), LATER)]);
    check(&given, (schedule("2019-11-01"), "2019-10-06"), Refused("retake-needs-fail"));
    assert_eq!(given.entitlement(1).units[0].attempts.len(), 1, "both facts stay on one attempt");
}

#[test]
fn a_registered_retake_is_withdrawn_until_it_is_sat() {
    let given = with(Fail).with(&[(schedule("2019-11-01"), LATER)]);
    let withdrawn =
        ["ResultCorrected", "ExamCancelled", "AttemptCancelled", "AttemptCorrected", "RetakeWithdrawn"];
    let stays = ["ResultCorrected", "AttemptCorrected"];
    edge(&given, "2019-11-01T00:00:00Z", |at| (correct(1, Pass), at), Does(&withdrawn), Does(&stays));
    check(&given, (correct(1, Pass), "2019-10-06"), Warns("R14", "cancel that sitting"));
    check(&given, (correct(1, Pass), "2019-11-02"), Warns("R14", "stays used"));
    // A retake that was sat keeps its way to a result.
    let sat = given.with(&[(correct(1, Pass), "2019-11-02")]);
    check(&sat, (failed(), "2019-11-03"), Does(&["ExamFailed", "AttemptConcluded"]));
}

#[test]
fn a_used_retake_stays_used() {
    let given = with(Fail).with(&[(schedule("2019-11-01"), LATER), (failed(), "2019-11-01T10:00Z")]);
    check(&given, (correct(1, Pass), "2019-11-02"), Does(&["ResultCorrected", "AttemptCorrected"]));
    let given = given.with(&[(correct(1, Pass), "2019-11-02")]);
    assert_eq!(given.stage(1), "used");
    // The second attempt can still be corrected for itself.
    check(&given, (correct(2, Pass), "2019-11-03"), Does(&["ResultCorrected", "AttemptCorrected"]));
}

#[test]
fn pass_to_fail_grants_a_retake_if_time_remains() {
    let end = "2020-09-02T00:00:00Z";
    let granted = ["ResultCorrected", "AttemptCorrected", "RetakeGranted"];
    let none = ["ResultCorrected", "AttemptCorrected"];
    edge(&with(Pass), end, |at| (correct(1, Fail), at), Does(&granted), Does(&none));
    check(&with(Pass), (correct(1, Fail), end), Warns("R2", "no retake"));
    let given = with(Pass).with(&[(correct(1, Fail), LATER)]);
    check(&given, (schedule("2019-11-01"), "2019-10-06"), Accepted);
}

#[test]
fn a_deadline_from_the_result_counts_from_the_right_one() {
    let own = "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
    let from_result = "register_by = \"result-recorded + P10D\", sit_by = \"none\" }";
    let given = registered(&[(own, from_result)]).with(&[(passed(), SIT), (correct(1, Fail), "2019-11-01")]);
    edge(&given, "2019-11-12T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("retake-register-by"));
}

#[test]
fn an_offer_may_only_record_corrections() {
    let given = registered(&[("\"regrant\"", "\"record-only\"")]);
    let fail = given.with(&[(failed(), SIT)]);
    check(&fail, (correct(1, Pass), LATER), Does(&["ResultCorrected", "AttemptCorrected"]));
    check(&fail.with(&[(correct(1, Pass), LATER)]), (schedule("2019-11-01"), "2019-10-06"), Accepted);
    let pass = given.with(&[(passed(), SIT), (correct(1, Fail), LATER)]);
    check(&pass, (schedule("2019-11-01"), "2019-10-06"), Refused("attempts-left"));
}

#[test]
fn a_correction_again_happens_once() {
    check(&with(Fail), (correct(1, Fail), LATER), Does(&["CommandRepeated"]));
    let given = with(Fail).with(&[(correct(1, Pass), LATER)]);
    check(&given, (correct(1, Pass), "2019-10-06"), Does(&["CommandRepeated"]));
    check(&given, (correct(2, Pass), "2019-10-06"), Refused("result-known"));
    check(&registered(&[]), (correct(1, Pass), LATER), Refused("result-known"));
}

#[test]
fn a_correction_behind_a_refund_grants_nothing() {
    let late_refund = [("refund_until = \"purchase + P14D\"", "refund_until = \"purchase + P2Y\"")];
    let given = registered(&late_refund).with(&[(passed(), SIT), (refund(), "2019-10-02")]);
    check(&given, (correct(1, Fail), LATER), Does(&["ResultCorrected", "AttemptCorrected"]));
    let given = registered(&late_refund).with(&[(failed(), SIT), (refund(), "2019-10-02")]);
    let given = given.with(&[(correct(1, Pass), LATER), (correct(1, Fail), LATER)]);
    check(&given, (schedule("2019-11-01"), "2019-10-06"), Refused("not-revoked"));
    let given = registered(&late_refund).with(&[(missed(), SIT), (refund(), "2019-10-02")]);
    let given = given.with(&[(correct(1, TechnicalFault), LATER)]);
    assert_eq!(given.stage(1), "revoked");
}

#[test]
fn an_unpaid_exam_earns_nothing_by_a_correction_either() {
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[("only_if_paid = false", "only_if_paid = true")]), "2001-01-01"),
        (issue_with(BOUGHT, |c| c.paid = false), BOUGHT),
        (schedule(SIT), "2019-09-10"),
        (passed(), SIT),
    ]);
    check(&given, (correct(1, Fail), LATER), Warns("o#retake-only-if-paid", "only a paid exam"));
}

#[test]
fn a_voided_attempt_that_was_registered_again_is_taken_back_by_the_right_result() {
    let given = with(TechnicalFault).with(&[(schedule("2019-11-01"), "2019-10-02")]);
    let does = ["ResultCorrected", "ExamCancelled", "AttemptCancelled", "AttemptCorrected"];
    check(&given, (correct(1, Pass), LATER), Does(&does[..]));
    let given = given.with(&[(correct(1, Pass), LATER)]);
    assert_eq!(given.fates(1), [Fate::Passed, Fate::GivenBack]);
    check(&given, (schedule("2019-12-01"), "2019-10-06"), Refused("retake-needs-fail"));
}

#[test]
fn a_correction_that_changes_the_result_alone_moves_no_deadline() {
    let own = "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
    let from_result = (own, "register_by = \"result-recorded + P10D\", sit_by = \"none\" }");
    let given = registered(&[from_result, ("\"regrant\"", "\"record-only\"")]);
    let given = given.with(&[(failed(), SIT), (correct(1, Pass), "2019-10-08")]);
    edge(&given, "2019-10-12T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("retake-register-by"));
}

#[test]
fn what_was_taken_back_as_unused_earns_nothing_when_it_was_used_after_all() {
    let given = registered(&[("no_show = \"forfeit\"", "no_show = \"return\"")]);
    let given = given.with(&[(missed(), SIT), (revoke(Chargeback), "2019-10-02")]);
    assert_eq!(given.stage(1), "revoked");
    check(&given, (correct(1, Fail), LATER), Does(&["ResultCorrected", "AttemptCorrected"]));
    let given = given.with(&[(correct(1, Fail), LATER)]);
    assert_eq!(given.stage(1), "used");
    check(&given, (schedule("2019-11-01"), "2019-10-06"), Refused("not-revoked"));
}

#[test]
fn a_miss_that_was_a_pass_leaves_no_attempt_that_goodwill_gave_for_it() {
    let given = with(Missed).with(&[(give(Gift::ExtraAttempt), "2019-10-02")]);
    check(&given, (schedule("2019-11-01"), "2019-10-03"), Accepted);
    let given = given.with(&[(correct(1, Pass), "2019-10-03")]);
    check(&given, (schedule("2019-11-01"), "2019-10-04"), Refused("retake-needs-fail"));
}

//! Refunds and chargebacks: what is unused is taken back, once; what was used stays used.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, Warns, check, edge};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, assign, cancel_by_provider, exam, failed, give, issue, longer, missed,
    offer, passed, practice_test, publish, refund, replace_code, result, revoke, schedule, schedule_unit,
    vary,
};
use crate::{Event, ExamResult, Gift, RevokeReason};

const BOUGHT: &str = "2019-09-01T10:00Z";

fn bought(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (exam("y", "pro"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

#[test]
fn a_refund_is_given_until_the_offer_s_day() {
    let given = bought(&[]);
    edge(&given, "2019-09-16T00:00:00Z", |at| (refund(), at), Accepted, RefusedBy("refundable", "R15"));
    let never = bought(&[("refund_until = \"purchase + P14D\"", "refund_until = \"none\"")]);
    check(&never, (refund(), BOUGHT), Refused("refundable"));
    let hours = bought(&[("refund_until = \"purchase + P14D\"", "refund_until = \"purchase + PT48H\"")]);
    edge(&hours, "2019-09-03T10:00:00Z", |at| (refund(), at), Accepted, Refused("refundable"));
}

#[test]
fn a_chargeback_or_a_fraud_knows_no_day() {
    for reason in [RevokeReason::Chargeback, RevokeReason::Fraud, RevokeReason::Withdrawn] {
        check(&bought(&[]), (revoke(reason), "2020-05-01"), Does(&["Revoked"]));
    }
}

#[test]
fn asked_for_twice_it_happens_once() {
    let given = bought(&[]).with(&[(refund(), "2019-09-02")]);
    check(&given, (refund(), "2019-09-03"), Does(&["CommandRepeated"]));
    // The day of refunds is over, and the answer the same: nothing is left.
    check(&given, (refund(), "2020-01-01"), Does(&["CommandRepeated"]));
    // A chargeback of what was refunded is another reason, and is recorded once; a refund of it has nothing to give back.
    check(&given, (revoke(RevokeReason::Chargeback), "2019-09-03"), Does(&["Revoked"]));
    let both = given.with(&[(revoke(RevokeReason::Chargeback), "2019-09-03")]);
    check(&both, (revoke(RevokeReason::Chargeback), "2019-09-04"), Does(&["CommandRepeated"]));
    check(&both, (refund(), "2019-09-04"), Does(&["CommandRepeated"]));
}

#[test]
fn what_was_taken_back_can_not_be_used() {
    let given = bought(&[]).with(&[(refund(), "2019-09-02")]);
    for command in [schedule("2019-10-01"), assign("ann"), replace_code(), give(Gift::ExtraAttempt)] {
        check(&given, (command, "2019-09-03"), RefusedBy("not-revoked", "R15"));
    }
}

#[test]
fn an_open_registration_is_cancelled_until_its_sitting() {
    let given = bought(&[]).with(&[(schedule("2019-09-10"), "2019-09-02")]);
    let ahead = ["ExamCancelled", "AttemptCancelled", "Revoked"];
    edge(&given, "2019-09-10T00:00:00Z", |at| (refund(), at), Does(&ahead), Does(&["Revoked"]));
    let on_time = given.with(&[(refund(), "2019-09-10")]);
    check(&on_time, (passed(), "2019-09-12"), Accepted);
    assert_eq!(on_time.stage(1), "registered");
    let sat = given.with(&[(refund(), "2019-09-11")]);
    check(&sat, (refund(), "2019-09-12"), Does(&["CommandRepeated"]));
    check(&sat, (passed(), "2019-09-12"), Does(&["ExamPassed", "AttemptConcluded"]));
    check(&sat, (failed(), "2019-09-12"), Does(&["ExamFailed", "AttemptConcluded"]));
}

#[test]
fn an_attempt_that_comes_back_behind_a_refund_is_taken_back_too() {
    let sat = bought(&[]).with(&[(schedule("2019-09-10"), "2019-09-02"), (refund(), "2019-09-11")]);
    for command in [cancel_by_provider(), result(ExamResult::TechnicalFault)] {
        let given = sat.with(&[(command, "2019-09-12")]);
        assert_eq!(given.stage(1), "revoked");
        check(&given, (schedule("2019-10-01"), "2019-09-13"), Refused("not-revoked"));
    }
    let missed = sat.with(&[(missed(), "2019-09-12")]);
    assert_eq!(missed.stage(1), "used");
}

#[test]
fn an_unused_retake_is_withdrawn_and_a_used_exam_stays() {
    let failed = bought(&[]).with(&[(schedule("2019-09-10"), "2019-09-02"), (failed(), "2019-09-10")]);
    check(&failed, (refund(), "2019-09-11"), Does(&["RetakeWithdrawn", "Revoked"]));
    check(&failed, (refund(), "2019-09-11"), Warns("R15", "1 of 1 were used"));
    let Event::Revoked(fact) = super::testing::facts(&failed, (refund(), "2019-09-11")).remove(1) else {
        panic!()
    };
    assert_eq!((fact.units.as_slice(), fact.rest.as_slice()), (&[][..], &[1][..]));
    let given = failed.with(&[(refund(), "2019-09-11")]);
    check(&given, (schedule("2019-10-01"), "2019-09-12"), Refused("not-revoked"));
    check(&given, (refund(), "2019-09-12"), Does(&["CommandRepeated"]));
    let again = failed.with(&[(schedule("2019-09-20"), "2019-09-11")]);
    let does = ["ExamCancelled", "AttemptCancelled", "RetakeWithdrawn", "Revoked"];
    check(&again, (refund(), "2019-09-12"), Does(&does));
    check(
        &again.with(&[(refund(), "2019-09-12")]),
        (schedule("2019-10-01"), "2019-09-13"),
        Refused("not-revoked"),
    );
}

#[test]
fn of_a_pack_only_the_unused_vouchers_go() {
    let pack = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[("count = 1\nexams", "count = 3\nexams")]), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (schedule("2019-09-10"), "2019-09-02"),
        (passed(), "2019-09-10"),
    ]);
    check(&pack, (refund(), "2019-09-11"), Warns("R15", "1 of 3 were used"));
    let given = pack.with(&[(refund(), "2019-09-11")]);
    assert_eq!([1, 2, 3].map(|unit| given.stage(unit)), ["used", "revoked", "revoked"]);
    check(&given, (schedule_unit(2, "x", "2019-10-01"), "2019-09-12"), Refused("not-revoked"));
}

#[test]
fn a_practice_test_goes_unless_it_is_active() {
    let with_test = vary(OFFER, &[PRACTICE_TEST]);
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (practice_test("p", &[]), "2001-01-01"),
        (publish(&with_test), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ]);
    let unused = given.with(&[(refund(), "2019-09-02")]);
    check(&unused, (activate(2, Some("p")), "2019-09-03"), Refused("not-revoked"));
    let active = given.with(&[(activate(2, Some("p")), "2019-09-02"), (refund(), "2019-09-03")]);
    assert_eq!([1, 2].map(|unit| active.stage(unit)), ["revoked", "active"]);
}

#[test]
fn what_has_ended_is_not_taken_back() {
    let given = bought(&[]);
    check(&given, (refund(), "2020-09-02"), Refused("refundable"));
    // A chargeback is recorded in every stage, and nothing revives the right then (ruling 15).
    check(&given, (revoke(RevokeReason::Chargeback), "2020-09-02"), Does(&["Revoked"]));
    let charged = given.with(&[(revoke(RevokeReason::Chargeback), "2020-09-02")]);
    check(&charged, (longer("2021-01-01"), "2020-09-03"), Refused("not-revoked"));
    check(&charged, (revoke(RevokeReason::Chargeback), "2020-09-04"), Does(&["CommandRepeated"]));
    check(&given, (revoke(RevokeReason::Chargeback), "2020-09-01T23:59:59.999Z"), Does(&["Revoked"]));
}

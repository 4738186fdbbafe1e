//! Chargebacks whose dispute was won: in every stage, each is recorded and each is reversed.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, Warns, check, edge, id};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, chargeback, exam, failed, give, issue, longer, offer, passed,
    practice_test, publish, refund, reinstate, revoke, schedule, schedule_unit, schedule_with, vary,
};
use crate::{Fate, Gift, OwnEnd, RevokeReason, State, Stream};

const BOUGHT: &str = "2019-09-01T10:00Z";
const END: &str = "2020-09-02T00:00:00Z";

fn bought(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (exam("y", "pro"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

/// The ledger after a chargeback, and after its reversal; both recorded.
fn reversed(given: &Ledger, at: &str, won_at: &str) -> Ledger {
    let charged = given.with(&[(chargeback(), at)]);
    check(&charged, (chargeback(), at), Does(&["CommandRepeated"]));
    let won = charged.with(&[(reinstate(), won_at)]);
    check(&won, (reinstate(), won_at), Does(&["CommandRepeated"]));
    assert_eq!(won.end(1), given.end(1), "deadlines stay as they are");
    won
}

#[test]
fn an_unused_voucher_is_unused_again() {
    let won = reversed(&bought(&[]), "2019-09-02", "2019-10-02");
    assert_eq!(won.stage(1), "unused");
    edge(&won, END, |at| (schedule(at), at), Accepted, Refused("register-by"));
    // The customer may dispute it again.
    let again = won.with(&[(chargeback(), "2019-11-01")]);
    check(&again, (schedule("2019-12-01"), "2019-11-02"), Refused("not-revoked"));
    check(&again, (reinstate(), "2019-11-03"), Does(&["Reinstated"]));
}

#[test]
fn what_ended_meanwhile_has_ended() {
    let charged = bought(&[]).with(&[(chargeback(), "2019-10-02")]);
    check(&charged, (longer("2021-01-01"), END), RefusedBy("not-revoked", "R15"));
    check(&charged, (reinstate(), END), Warns("R2", "1 of 1 ended meanwhile"));
    check(&charged, (reinstate(), "2020-09-01"), Does(&["Reinstated"]));
    let won = charged.with(&[(reinstate(), END)]);
    check(&won, (schedule("2020-10-01"), END), Refused("register-by"));
    assert_eq!(won.next_due().as_deref(), Some(END), "its end goes on record");
    check(&won, (longer("2021-01-01"), END), Does(&["Extended"]));
}

#[test]
fn a_chargeback_of_what_had_ended_is_reversed_and_revives_nothing() {
    let won = reversed(&bought(&[]), "2020-10-01", "2020-11-01");
    check(&won, (schedule("2020-12-01"), "2020-11-02"), Refused("register-by"));
    check(&won, (longer("2021-01-01"), "2020-11-02"), Accepted);
}

#[test]
fn a_used_voucher_may_be_given_more_again() {
    let used = bought(&[("count = 1, only_if_paid", "count = 0, only_if_paid")]);
    let used = used.with(&[(schedule("2019-10-01"), "2019-09-02"), (failed(), "2019-10-01")]);
    let charged = used.with(&[(chargeback(), "2019-10-02")]);
    check(&charged, (give(Gift::ExtraAttempt), "2019-10-03"), Refused("not-revoked"));
    let won = reversed(&used, "2019-10-02", "2019-10-03");
    assert_eq!(won.stage(1), "used");
    check(&won, (give(Gift::ExtraAttempt), "2019-10-04"), Does(&["Extended", "RetakeGranted"]));
}

#[test]
fn a_retake_that_was_withdrawn_is_granted_again() {
    let failed = bought(&[]).with(&[(schedule("2019-10-01"), "2019-09-02"), (failed(), "2019-10-01")]);
    let charged = failed.with(&[(chargeback(), "2019-10-02")]);
    check(&charged, (schedule("2019-11-01"), "2019-10-03"), Refused("not-revoked"));
    check(&charged, (reinstate(), "2019-10-03"), Does(&["Reinstated", "RetakeGranted"]));
    let won = reversed(&failed, "2019-10-02", "2019-10-03");
    check(&won, (schedule("2019-11-01"), "2019-10-04"), Accepted);
    // A fail that is reported while the right is taken back earns its retake by the reversal.
    let sat = bought(&[]).with(&[(schedule("2019-10-01"), "2019-09-02"), (chargeback(), "2019-10-02")]);
    let failed_since = sat.with(&[(super::testing_words::failed(), "2019-10-03")]);
    assert_eq!(failed_since.stage(1), "used");
    check(&failed_since, (reinstate(), "2019-10-04"), Does(&["Reinstated", "RetakeGranted"]));
}

#[test]
fn a_sitting_that_it_cancelled_stays_cancelled_and_costs_nothing() {
    let late = [("cut_off = \"none\"", "cut_off = \"PT24H\", late = \"forfeit\"")];
    let booked = bought(&late).with(&[(schedule("2019-10-01T09:00Z"), "2019-09-02")]);
    for (charged_at, fate) in [("2019-09-20", Fate::GivenBack), ("2019-10-01T08:00Z", Fate::Lost)] {
        let charged = booked.with(&[(chargeback(), charged_at)]);
        assert_eq!(charged.fates(1), [fate]);
        check(
            &charged,
            (reinstate(), "2019-10-02"),
            Warns("R15", "was cancelled by the chargeback and stays so"),
        );
        let won = charged.with(&[(reinstate(), "2019-10-02")]);
        assert_eq!((won.fates(1), won.stage(1)), (vec![Fate::GivenBack], "unused".to_owned()));
        let State::Candidate(own) = won.state(&Stream::Candidate(id("ann"))) else { panic!() };
        assert_eq!(own.attempts[0].end, OwnEnd::Cancelled, "the programme counts no late cancellation");
        check(&won, (schedule("2019-11-01"), "2019-10-03"), Accepted);
    }
}

#[test]
fn a_sitting_that_went_on_keeps_its_result() {
    let sat = bought(&[]).with(&[(schedule("2019-10-01"), "2019-09-02"), (chargeback(), "2019-10-02")]);
    let won = sat.with(&[(reinstate(), "2019-10-03")]);
    check(&won, (passed(), "2019-10-04"), Does(&["ExamPassed", "AttemptConcluded"]));
    let passed_before = sat.with(&[(passed(), "2019-10-03"), (reinstate(), "2019-10-04")]);
    assert_eq!(passed_before.stage(1), "used");
}

#[test]
fn every_voucher_of_a_pack_is_given_again() {
    let pack = bought(&[("count = 1\nexams", "count = 3\nexams")]);
    let pack = pack.with(&[(schedule("2019-10-01"), "2019-09-02"), (passed(), "2019-10-01")]);
    let charged = pack.with(&[(chargeback(), "2019-10-02")]);
    assert_eq!([1, 2, 3].map(|unit| charged.stage(unit)), ["used", "revoked", "revoked"]);
    let won = reversed(&pack, "2019-10-02", "2019-10-03");
    assert_eq!([1, 2, 3].map(|unit| won.stage(unit)), ["used", "unused", "unused"]);
    check(&won, (schedule_unit(2, "y", "2019-11-01"), "2019-10-04"), Accepted);
}

#[test]
fn an_active_practice_test_is_charged_back_and_given_again() {
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (practice_test("p", &[]), "2001-01-01"),
        (publish(&vary(OFFER, &[PRACTICE_TEST])), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (activate(2, Some("p")), "2019-09-02"),
    ]);
    let charged = given.with(&[(chargeback(), "2019-09-03")]);
    assert_eq!([1, 2].map(|unit| charged.stage(unit)), ["revoked", "active"]);
    let more = || {
        super::testing_words::give_to(
            super::testing::voucher(1, 2),
            Gift::LongerTerm { last_day: id("2019-12-31") },
        )
    };
    check(&charged, (more(), "2019-09-04"), Refused("not-revoked"));
    let won = reversed(&given, "2019-09-03", "2019-09-04");
    assert_eq!([1, 2].map(|unit| won.stage(unit)), ["unused", "active"]);
    check(&won, (more(), "2019-09-05"), Accepted);
}

#[test]
fn only_a_chargeback_is_reversed() {
    check(&bought(&[]), (reinstate(), "2019-09-02"), RefusedBy("reinstatable", "R15"));
    for other in [RevokeReason::Refund, RevokeReason::Fraud, RevokeReason::Withdrawn] {
        let taken = bought(&[]).with(&[(revoke(other), "2019-09-02")]);
        check(&taken, (reinstate(), "2019-09-03"), RefusedBy("reinstatable", "R15"));
        // A chargeback beside it is reversed, and the other reason stands.
        let both = taken.with(&[(chargeback(), "2019-09-03")]);
        check(&both, (reinstate(), "2019-09-04"), Warns("R15", "stays taken back"));
        let won = both.with(&[(reinstate(), "2019-09-04")]);
        assert_eq!(won.stage(1), "revoked");
        check(&won, (schedule("2019-10-01"), "2019-09-05"), Refused("not-revoked"));
        check(&won, (reinstate(), "2019-09-05"), Does(&["CommandRepeated"]));
    }
    let refunded_later = bought(&[]).with(&[(chargeback(), "2019-09-02"), (reinstate(), "2019-09-03")]);
    check(&refunded_later, (refund(), "2019-09-04"), Does(&["Revoked"]));
}

#[test]
fn a_registration_of_before_the_chargeback_is_told_after_its_reversal() {
    let won = reversed(&bought(&[]), "2019-09-10", "2019-10-02");
    let told = schedule_with("2019-10-01", |c| c.booked_at = Some(super::testing::t("2019-09-05")));
    check(&won, (told, "2019-10-03"), Accepted);
}

#[test]
fn the_way_out_of_a_chargeback_is_a_dispute_that_is_won_unless_another_reason_stands() {
    let remedy = |given: &Ledger| {
        let refusal = given.decide(&schedule("2019-10-01"), super::testing::t("2019-09-05")).unwrap_err();
        assert_eq!(refusal.rule.name(), "not-revoked");
        refusal.remedy
    };
    let charged = bought(&[]).with(&[(chargeback(), "2019-09-02")]);
    assert!(remedy(&charged).contains("reinstate"));
    let fraud_too = charged.with(&[(revoke(RevokeReason::Fraud), "2019-09-03")]);
    assert!(remedy(&fraud_too).starts_with("a new purchase"));
    let fraud = fraud_too.with(&[(reinstate(), "2019-09-04")]);
    assert!(remedy(&fraud).starts_with("a new purchase"));
}

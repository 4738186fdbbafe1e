//! Points at which a second reading of the law parted from the first one.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, Warns, check, edge, t, voucher};
use super::testing_words::{
    PRACTICE_TEST, activate, chargeback, correct, exam, failed, give, issue, issue_with, longer, missed,
    offer, passed, practice_test, refund, reinstate, result, result_of, schedule, schedule_unit, waive,
};
use crate::ExamResult::{Fail, Invalidated, Missed, Pass, TechnicalFault};
use crate::{Command, CorrectResult, ExamResult, Gift, RecordResult, ReplaceCode};

const BOUGHT: &str = "2026-01-01T10:00Z";
/// The first instant after the first try's deadline.
const ENDED: &str = "2027-01-02T00:00:00Z";
const RETAKE: &str = "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
const MONTH_FOR_RETAKE: (&str, &str) =
    (RETAKE, "register_by = \"exam-sat + P30D\", sit_by = \"exam-sat + P30D\" }");
const MISSED_FAILS: (&str, &str) = ("no_show = \"forfeit\"", "no_show = \"fail\"");
const PAID_ONLY: (&str, &str) = ("only_if_paid = false", "only_if_paid = true");
const PROMPT: (&str, &str) = ("\"accept-if-sat-in-time\"", "\"refuse\"");
const LONG_REFUND: (&str, &str) = ("refund_until = \"purchase + P14D\"", "refund_until = \"purchase + P3Y\"");

fn published(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[(exam("x", "pro"), "2001-01-01"), (offer(changes), "2001-01-01")])
}

fn bought(changes: &[(&str, &str)]) -> Ledger {
    published(changes).with(&[(issue(BOUGHT), BOUGHT)])
}

fn unpaid() -> Ledger {
    published(&[PAID_ONLY]).with(&[(issue_with(BOUGHT, |c| c.paid = false), BOUGHT)])
}

fn sat(result: ExamResult, sat_at: impl Into<super::testing_words::When>) -> Command {
    RecordResult { voucher: voucher(1, 1), result, sat_at: Some(sat_at.into().time()) }.into()
}

fn corrected(attempt: u16, result: ExamResult, sat_at: &str) -> Command {
    CorrectResult { voucher: voucher(1, 1), attempt, result, sat_at: Some(t(sat_at)) }.into()
}

/// A first try in January, failed.
fn first_failed(given: &Ledger) -> Ledger {
    given.with(&[(schedule("2026-01-10"), "2026-01-02"), (failed(), "2026-01-10")])
}

#[test]
fn whatever_came_of_a_sitting_it_lay_before_its_deadline() {
    let given = bought(&[MISSED_FAILS, MONTH_FOR_RETAKE]).with(&[(schedule("2026-01-10"), "2026-01-02")]);
    check(&given, (sat(Missed, "2028-03-09"), "2028-03-10"), RefusedBy("sat-in-time", "R3"));
    for came in [Pass, Fail, Missed, TechnicalFault, Invalidated] {
        let ask = |sat_at| (sat(came, sat_at), t("2027-03-01"));
        edge(&given, ENDED, ask, Accepted, RefusedBy("sat-in-time", "R3"));
    }
}

#[test]
fn a_no_show_has_the_time_of_its_appointment() {
    let given = bought(&[MISSED_FAILS, MONTH_FOR_RETAKE]).with(&[(schedule("2026-01-10"), "2026-01-02")]);
    check(&given, (missed(), "2028-03-10"), Warns("R3", "registered for 2026-01-10"));
    let given = given.with(&[(missed(), "2028-03-10")]);
    check(&given, (schedule("2028-03-20"), "2028-03-11"), Refused("retake-register-by"));
    check(&given, (corrected(1, Invalidated, ENDED), "2028-03-11"), Refused("sat-in-time"));
    check(&given, (corrected(1, Invalidated, "2026-01-11"), "2028-03-11"), Accepted);
}

#[test]
fn what_a_correction_took_away_and_was_sat_all_the_same_is_recorded() {
    let given = first_failed(&bought(&[]))
        .with(&[(schedule("2026-01-20"), "2026-01-11"), (correct(1, Pass), "2026-01-13")]);
    let before = "2026-01-19T23:59:59.999Z";
    check(&given, (passed(), before), Does(&["CommandRepeated"]));
    for came in [Pass, Fail, Missed] {
        check(&given, (sat(came, "2026-01-20"), "2026-01-21"), Refused("result-awaited"));
        check(&given, (result(came), "2026-01-21"), Refused("result-awaited"));
        let told = given.decide(&result(came), t("2026-01-21")).unwrap_err();
        assert!(told.remedy.contains("correct the result of attempt 2"), "{}", told.remedy);
        check(&given, (correct(2, came), before), Refused("sat-in-the-past"));
        check(&given, (correct(2, came), "2026-01-21"), Accepted);
        let given = given.with(&[(correct(2, came), "2026-01-21")]);
        assert_eq!((given.stage(1), given.used(1)), ("used".to_owned(), 2), "{came:?}");
        check(&given, (correct(2, came), "2026-01-22"), Does(&["CommandRepeated"]));
    }
}

#[test]
fn what_a_refund_took_away_and_was_sat_all_the_same_is_recorded() {
    let given = bought(&[]).with(&[(schedule("2026-01-20"), "2026-01-02"), (refund(), "2026-01-05")]);
    let told = given.decide(&passed(), t("2026-01-21")).unwrap_err();
    assert!(told.remedy.contains("correct the result of attempt 1"), "{}", told.remedy);
    check(&given, (corrected(1, Pass, ENDED), "2027-01-03"), Refused("sat-in-time"));
    check(&given, (correct(1, Pass), "2026-01-21"), Accepted);
    let given = given.with(&[(correct(1, Fail), "2026-01-21")]);
    assert_eq!(given.stage(1), "used");
    check(&given, (schedule("2026-02-20"), "2026-01-22"), Refused("not-revoked"));
}

#[test]
fn a_number_goes_to_what_somebody_cancelled_before_what_the_ledger_took_away() {
    let given = first_failed(&bought(&[])).with(&[
        (schedule("2026-01-20"), "2026-01-11"),
        (super::testing_words::cancel(), "2026-01-12"),
        (schedule("2026-01-25"), "2026-01-12T01:00Z"),
        (correct(1, Pass), "2026-01-13"),
        (correct(2, Fail), "2026-01-26"),
    ]);
    let tries: Vec<_> = given.entitlement(1).units[0].attempts.iter().map(crate::Attempt::result).collect();
    assert_eq!(tries, [Some(Pass), Some(Fail), None]);
}

#[test]
fn sittings_with_one_number_are_told_apart_by_their_times() {
    let given = bought(&[]).with(&[
        (schedule("2026-01-10"), "2026-01-02"),
        (result(TechnicalFault), "2026-01-10"),
        (schedule("2026-01-20"), "2026-01-11"),
        (failed(), "2026-01-20"),
    ]);
    let results = |given: &Ledger| -> Vec<_> {
        given.entitlement(1).units[0].attempts.iter().map(|attempt| attempt.result().unwrap()).collect()
    };
    let fault_was = |came| given.with(&[(corrected(1, came, "2026-01-10"), "2026-01-21")]);
    assert_eq!(results(&fault_was(Pass)), [Pass, Fail]);
    check(&fault_was(Pass), (corrected(1, Pass, "2026-01-10"), "2026-01-22"), Does(&["CommandRepeated"]));
    assert_eq!((fault_was(Pass).stage(1), fault_was(Pass).used(1)), ("used".to_owned(), 2));
    assert_eq!((fault_was(Fail).stage(1), fault_was(Fail).used(1)), ("used".to_owned(), 2));
    // The number alone, and a time that is of no sitting, mean the last one.
    assert_eq!(results(&given.with(&[(correct(1, Pass), "2026-01-21")])), [TechnicalFault, Pass]);
    let other = given.with(&[(corrected(1, Pass, "2026-01-19"), "2026-01-21")]);
    assert_eq!(results(&other), [TechnicalFault, Pass]);
}

#[test]
fn a_cancelled_registration_is_told_apart_by_the_time_of_its_sitting() {
    let given = bought(&[]).with(&[
        (schedule("2026-01-10"), "2026-01-02"),
        (super::testing_words::cancel(), "2026-01-05"),
        (schedule("2026-01-20"), "2026-01-06"),
        (result(TechnicalFault), "2026-01-20"),
    ]);
    let given = given.with(&[(corrected(1, Fail, "2026-01-10"), "2026-01-21")]);
    assert_eq!(given.fates(1), [crate::Fate::Failed, crate::Fate::GivenBack]);
    assert_eq!(given.stage(1), "retake");
}

#[test]
fn the_way_out_names_the_time_where_the_number_is_of_another_sitting() {
    let given = bought(&[]).with(&[
        (schedule("2026-01-10"), "2026-01-02"),
        (result(TechnicalFault), "2026-01-10"),
        (schedule("2026-01-20"), "2026-01-11"),
        (super::testing_words::cancel(), "2026-01-12"),
    ]);
    let told = given.decide(&passed(), t("2026-01-21")).unwrap_err();
    let says = "say that it was sat at 2026-01-20T00:00:00Z, and correct the result of attempt 1";
    assert!(told.remedy.contains(says), "{}", told.remedy);
    let given = given.with(&[(corrected(1, Pass, "2026-01-20"), "2026-01-21")]);
    assert_eq!(given.fates(1), [crate::Fate::GivenBack, crate::Fate::Passed]);
    // Ahead of that sitting there is nothing to correct.
    let told = given.decide(&failed(), t("2026-01-19")).unwrap_err();
    assert!(!told.remedy.contains("attempt 1"), "{}", told.remedy);
}

#[test]
fn one_gift_to_an_unpaid_exam_is_one_more_attempt() {
    let given = first_failed(&unpaid());
    check(&given, (schedule("2026-02-10"), "2026-02-01"), Refused("retake-only-if-paid"));
    let given = given.with(&[
        (give(Gift::ExtraAttempt), "2026-02-01"),
        (schedule("2026-02-10"), "2026-02-01"),
        (failed(), "2026-02-10"),
    ]);
    assert_eq!((given.stage(1), given.used(1)), ("used".to_owned(), 2));
    check(&given, (schedule("2026-03-10"), "2026-03-01"), Refused("retake-only-if-paid"));
    // Each further gift is one more, and so is the retake once payment is not asked for.
    for more in [give(Gift::ExtraAttempt), waive("retake-only-if-paid")] {
        let given = given.with(&[
            (more, "2026-02-20"),
            (schedule("2026-03-10"), "2026-03-01"),
            (failed(), "2026-03-10"),
        ]);
        assert_eq!((given.stage(1), given.used(1)), ("used".to_owned(), 3));
    }
}

#[test]
fn one_gift_to_a_paid_exam_is_one_more_than_its_retake() {
    let mut given = first_failed(&bought(&[PAID_ONLY])).with(&[(give(Gift::ExtraAttempt), "2026-01-11")]);
    for (sit_at, booked_at) in [("2026-02-10", "2026-02-01"), ("2026-03-10", "2026-03-01")] {
        given = given.with(&[(schedule(sit_at), booked_at), (failed(), sit_at)]);
    }
    assert_eq!((given.stage(1), given.used(1)), ("used".to_owned(), 3));
    check(&given, (schedule("2026-04-10"), "2026-04-01"), Refused("attempts-left"));
}

#[test]
fn a_correction_of_what_was_reported_in_time_is_not_late() {
    let given = bought(&[PROMPT]).with(&[(schedule("2026-01-10"), "2026-01-02")]);
    for was in [Fail, Missed, TechnicalFault, Pass] {
        let given = given.with(&[(result(was), "2026-01-11")]);
        for now in [Pass, Fail, Missed].into_iter().filter(|now| *now != was) {
            check(&given, (correct(1, now), "2027-06-01"), Accepted);
            check(&given, (corrected(1, now, ENDED), "2027-06-01"), Refused("sat-in-time"));
        }
    }
}

#[test]
fn the_first_report_of_a_sitting_is_late_behind_the_deadline_by_whichever_way() {
    let booked = bought(&[PROMPT]).with(&[(schedule("2026-01-10"), "2026-01-02")]);
    let cancelled = booked.with(&[(super::testing_words::cancel(), "2026-01-05")]);
    for came in [Pass, Fail, Missed] {
        let late = RefusedBy("result-in-time", "R3");
        edge(&booked, ENDED, |at| (result(came), at), Accepted, late);
        edge(&cancelled, ENDED, |at| (correct(1, came), at), Accepted, late);
    }
}

#[test]
fn a_refund_that_comes_too_late_is_refused_whatever_is_left() {
    let used = bought(&[]).with(&[(schedule("2026-01-10"), "2026-01-02"), (passed(), "2026-01-10")]);
    for given in [bought(&[]), used] {
        let told = given.decide(&refund(), t("2027-02-05")).unwrap_err();
        assert_eq!(told.rule.name(), "refundable");
        check(&given, (refund(), "2027-02-05"), RefusedBy("refundable", "R15"));
        check(&given, (refund(), "2026-01-16T00:00Z"), Refused("refundable"));
    }
    let told = bought(&[]).decide(&refund(), t("2027-02-05")).unwrap_err();
    assert!(!told.remedy.contains("can still be used"), "{}", told.remedy);
}

#[test]
fn a_refund_in_time_is_recorded_whatever_is_left() {
    let ended = bought(&[LONG_REFUND]);
    let used = ended.with(&[(schedule("2026-01-10"), "2026-01-02"), (passed(), "2026-01-10")]);
    for (given, stage) in [(ended, "revoked"), (used, "used")] {
        check(&given, (refund(), "2027-02-05"), Does(&["Revoked"]));
        let given = given.with(&[(refund(), "2027-02-05")]);
        assert_eq!(given.stage(1), stage);
        check(&given, (refund(), "2027-02-06"), Does(&["CommandRepeated"]));
        check(&given, (longer("2028-01-01"), "2027-02-06"), Refused("not-revoked"));
    }
}

#[test]
fn a_refund_again_is_the_same_one_however_late() {
    let given = bought(&[]).with(&[(refund(), "2026-01-10")]);
    check(&given, (refund(), "2026-01-11"), Does(&["CommandRepeated"]));
    check(&given, (refund(), "2028-01-11"), Does(&["CommandRepeated"]));
    check(&given, (chargeback(), "2028-01-11"), Does(&["Revoked"]));
}

#[test]
fn a_chargeback_of_a_pack_takes_away_each_voucher_s_own_registration() {
    let pack = published(&[("count = 1\nexams", "count = 3\nexams")]).with(&[(issue(BOUGHT), BOUGHT)]);
    for unit in [1, 2, 3] {
        let given = pack
            .with(&[(schedule_unit(unit, "x", "2026-01-20"), "2026-01-02"), (chargeback(), "2026-01-03")]);
        assert_eq!([1, 2, 3].map(|unit| given.stage(unit)), ["revoked"; 3], "{unit}");
        check(&given, (result_of(unit, Pass), "2026-01-21"), Refused("result-awaited"));
    }
}

#[test]
fn what_is_in_use_stays_so_with_its_code() {
    let given = published(&[PRACTICE_TEST]).with(&[
        (practice_test("p", &[]), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (activate(2, Some("p")), "2026-01-02"),
    ]);
    let new_code = |unit| Command::from(ReplaceCode { voucher: voucher(1, unit) });
    for taken_back in [refund(), chargeback()] {
        let given = given.with(&[(taken_back, "2026-01-03")]);
        check(&given, (new_code(2), "2026-01-04"), Accepted);
        check(&given, (new_code(1), "2026-01-04"), Refused("not-revoked"));
    }
}

#[test]
fn what_was_taken_back_takes_no_gift_while_a_result_is_awaited() {
    let given =
        bought(&[]).with(&[(schedule("2026-01-10"), "2026-01-02"), (chargeback(), "2026-01-10T01:00Z")]);
    for gift in [give(Gift::ExtraAttempt), longer("2027-06-01"), waive("sit-by")] {
        check(&given, (gift.clone(), "2026-01-11"), Refused("not-revoked"));
        let won = given.with(&[(reinstate(), "2026-01-12")]);
        check(&won, (gift, "2026-01-13"), Accepted);
    }
    // What was sat before goes on to its result, and its way out promises no gift.
    check(&given, (passed(), "2026-01-11"), Accepted);
    let late = given.decide(&sat(Pass, ENDED), t("2027-01-03")).unwrap_err();
    assert!(late.remedy.contains("a new purchase"), "{}", late.remedy);
    let without = bought(&[]).with(&[(schedule("2026-01-10"), "2026-01-02")]);
    check(&without, (give(Gift::ExtraAttempt), "2026-01-11"), Accepted);
}

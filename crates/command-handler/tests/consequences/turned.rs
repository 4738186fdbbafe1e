//! Decisions that would have gone the other way.

use resit_domain::ExamResult::{Fail, Invalidated, Missed, Pass, TechnicalFault};
use resit_domain::{CorrectResult, Schedule};

use crate::given::{LOCK, Ledger, book, came, cancel, correct, correct_attempt, offer, t, voucher};

/// `ann` has registered voucher 1 for 1 March, and that came of it on the day.
async fn sat(changes: &[(&str, &str)], policy: &str, result: resit_domain::ExamResult) -> Ledger {
    let ledger = Ledger::new(changes, policy).await;
    ledger.buy("exam-replay", 1, 4).await;
    ledger.done("first", "2026-02-01", book(voucher(1, 1), "2026-03-01T09:00Z")).await;
    ledger.done("result", "2026-03-01T12:00Z", came(voucher(1, 1), result)).await;
    ledger
}

#[tokio::test]
async fn a_registration_of_another_voucher_that_a_pass_locked_is_listed_when_the_pass_is_none() {
    for right in [Invalidated, Fail, Missed, TechnicalFault] {
        let ledger = sat(&[], LOCK, Pass).await;
        let locked = book(voucher(2, 1), "2026-04-01T09:00Z");
        ledger.refused("second", "2026-03-05", locked, "policy-pass-lock").await;
        let (listed, _) = ledger.corrected("2026-03-10", correct(voucher(1, 1), right)).await;
        assert_eq!(listed, ["second"], "{right:?}");
    }
}

#[tokio::test]
async fn every_refused_try_is_listed_as_long_as_none_before_it_would_have_been_accepted() {
    let ledger = sat(&[], LOCK, Pass).await;
    for (id, line) in [("second", 2), ("again", 2), ("third", 3)] {
        let locked = book(voucher(line, 1), "2026-04-01T09:00Z");
        ledger.refused(id, "2026-03-05", locked, "policy-pass-lock").await;
    }
    let other_exam = Schedule { exam: "y".parse().unwrap(), ..book(voucher(4, 1), "2026-04-02T09:00Z") };
    ledger.done("fourth", "2026-03-06", other_exam).await;
    let (listed, _) = ledger.corrected("2026-03-10", correct(voucher(1, 1), Invalidated)).await;
    // Once the first try was accepted, the second one would have met an open registration.
    assert_eq!(listed, ["second", "third"]);
}

#[tokio::test]
async fn a_registration_that_was_accepted_after_a_fault_is_listed_when_that_was_a_pass() {
    let ledger = sat(&[], LOCK, TechnicalFault).await;
    ledger.done("again", "2026-03-02", book(voucher(1, 1), "2026-03-20T09:00Z")).await;
    ledger.done("elsewhere", "2026-03-03", book(voucher(2, 1), "2026-04-20T09:00Z")).await;
    let (listed, warnings) = ledger.corrected("2026-03-10", correct(voucher(1, 1), Pass)).await;
    assert_eq!(listed, ["again", "elsewhere"]);
    let broken = warnings.iter().filter(|warning| warning.contains("not permitted any more"));
    assert_eq!(broken.count(), 1, "the one on this voucher is withdrawn: {warnings:?}");
}

#[tokio::test]
async fn without_a_policy_the_voucher_s_own_next_registration_is_listed() {
    let no_programme = [("programme = \"programme-of-exam-replay\"", "programme = \"none\"")];
    let ledger = sat(&no_programme, "", TechnicalFault).await;
    ledger.done("again", "2026-03-02", book(voucher(1, 1), "2026-03-20T09:00Z")).await;
    ledger.done("elsewhere", "2026-03-03", book(voucher(2, 1), "2026-04-20T09:00Z")).await;
    let (listed, warnings) = ledger.corrected("2026-03-10", correct(voucher(1, 1), Pass)).await;
    assert_eq!(listed, ["again"]);
    assert!(!warnings.iter().any(|warning| warning.contains("not permitted any more")), "{warnings:?}");
}

#[tokio::test]
async fn what_follows_from_a_turned_decision_is_listed_too() {
    let ledger = sat(&[], LOCK, Fail).await;
    ledger.done("elsewhere", "2026-03-03", book(voucher(2, 1), "2026-03-20T09:00Z")).await;
    ledger.done("passed", "2026-03-20T12:00Z", came(voucher(2, 1), Pass)).await;
    ledger.refused("third", "2026-03-21", book(voucher(3, 1), "2026-04-20T09:00Z"), "policy-pass-lock").await;
    let (listed, _) = ledger.corrected("2026-03-25", correct(voucher(1, 1), Pass)).await;
    // The third stays refused: by the pass on voucher 1 instead.
    assert_eq!(listed, ["elsewhere", "passed"]);
}

#[tokio::test]
async fn a_fault_that_was_a_fail_counts_for_the_cap_of_the_policy() {
    let policy = "lock_after_pass = \"none\"\nwait = \"none\"\ncaps = [{ max = 2, window = \"P12M\", from = \"rolling\" }]";
    let ledger = sat(&[], policy, TechnicalFault).await;
    ledger.done("second", "2026-03-02", book(voucher(2, 1), "2026-03-20T09:00Z")).await;
    ledger.done("second-result", "2026-03-20T12:00Z", came(voucher(2, 1), Fail)).await;
    ledger.done("third", "2026-03-21", book(voucher(3, 1), "2026-04-20T09:00Z")).await;
    let (listed, warnings) = ledger.corrected("2026-03-25", correct(voucher(1, 1), Fail)).await;
    assert_eq!(listed, ["third"]);
    assert!(
        warnings.iter().any(|text| text.contains("2026-04-20T09:00:00Z") && text.contains("(policy-cap)"))
    );
}

#[tokio::test]
async fn a_fail_that_was_no_show_frees_the_cap_and_the_wait() {
    let policy = "lock_after_pass = \"none\"\nwait = [{ period = \"P30D\", counted = \"calendar-days\", limits = \"sit\" }]\n\
                  caps = [{ max = 1, window = \"P12M\", from = \"rolling\" }]";
    let ledger = sat(&[], policy, Fail).await;
    ledger.refused("second", "2026-03-05", book(voucher(2, 1), "2026-05-20T09:00Z"), "policy-cap").await;
    ledger.refused("own-retake", "2026-03-06", book(voucher(1, 1), "2026-05-21T09:00Z"), "policy-cap").await;
    let (listed, _) = ledger.corrected("2026-03-25", correct(voucher(1, 1), Missed)).await;
    // The no-show earns no retake, so that the second one is the only one that turns.
    assert_eq!(listed, ["second"]);
}

#[tokio::test]
async fn a_corrected_time_of_the_sitting_moves_the_wait_of_the_policy() {
    let policy = "lock_after_pass = \"none\"\nwait = [{ period = \"P14D\", counted = \"calendar-days\", limits = \"sit\" }]\ncaps = []";
    let ledger = sat(&[], policy, Fail).await;
    ledger.refused("early", "2026-03-02", book(voucher(2, 1), "2026-03-12T09:00Z"), "policy-wait").await;
    let earlier = CorrectResult { sat_at: Some(t("2026-02-20T09:00Z")), ..correct(voucher(1, 1), Fail) };
    let (listed, _) = ledger.corrected("2026-03-05", earlier).await;
    assert_eq!(listed, ["early"]);
    ledger.done("now", "2026-03-06", book(voucher(3, 1), "2026-03-12T09:00Z")).await;
    let later = CorrectResult { sat_at: Some(t("2026-03-01T09:00Z")), ..correct(voucher(1, 1), Fail) };
    let (listed, warnings) = ledger.corrected("2026-03-07", later).await;
    assert_eq!(listed, ["now"]);
    assert!(warnings.iter().any(|text| text.contains("(policy-wait)")), "{warnings:?}");
}

#[tokio::test]
async fn a_cancelled_attempt_that_was_sat_after_all_turns_what_came_after() {
    let late = [(
        "cancellation = { cut_off = \"none\" }",
        "cancellation = { cut_off = \"PT24H\", late = \"forfeit\" }",
    )];
    let ledger = Ledger::new(&late, LOCK).await;
    ledger.buy("exam-replay", 1, 2).await;
    ledger.done("first", "2026-02-01", book(voucher(1, 1), "2026-03-01T09:00Z")).await;
    ledger.done("cancelled", "2026-03-01T08:00Z", cancel(voucher(1, 1))).await;
    ledger.done("second", "2026-03-02", book(voucher(2, 1), "2026-03-20T09:00Z")).await;
    let (listed, warnings) = ledger.corrected("2026-03-05", correct(voucher(1, 1), Pass)).await;
    assert_eq!(listed, ["second"]);
    assert!(warnings.iter().any(|text| text.contains("(policy-pass-lock)")), "{warnings:?}");
}

#[tokio::test]
async fn a_booking_that_is_older_than_the_result_breaks_the_lock_and_turns_nothing() {
    let ledger = Ledger::new(&[], LOCK).await;
    ledger.buy("exam-replay", 1, 3).await;
    ledger.done("ahead", "2026-01-20", book(voucher(2, 1), "2026-05-01T09:00Z")).await;
    ledger.done("first", "2026-02-01", book(voucher(1, 1), "2026-03-01T09:00Z")).await;
    ledger.done("result", "2026-03-01T12:00Z", came(voucher(1, 1), Fail)).await;
    let (listed, warnings) = ledger.corrected("2026-03-05", correct(voucher(1, 1), Pass)).await;
    assert!(listed.is_empty(), "{listed:?}");
    let broken: Vec<_> = warnings.iter().filter(|text| text.contains("(policy-pass-lock)")).collect();
    assert!(broken.len() == 1 && broken[0].contains("2026-05-01T09:00:00Z"), "{warnings:?}");
}

#[tokio::test]
async fn the_voucher_of_another_programme_goes_by_its_own_policy() {
    let ledger = sat(&[], LOCK, Fail).await;
    let free = "lock_after_pass = \"none\"\nwait = \"none\"\ncaps = []";
    ledger.done("publish-other", "2026-01-02", offer("other", &[], free)).await;
    ledger.buy("other", 11, 1).await;
    ledger.done("others", "2026-03-03", book(voucher(11, 1), "2026-04-20T09:00Z")).await;
    ledger.done("own", "2026-03-04", book(voucher(2, 1), "2026-04-21T09:00Z")).await;
    let (listed, warnings) = ledger.corrected("2026-03-05", correct(voucher(1, 1), Pass)).await;
    assert_eq!(listed, ["own"]);
    let broken: Vec<_> = warnings.iter().filter(|text| text.contains("not permitted any more")).collect();
    assert!(broken.len() == 1 && broken[0].contains("2026-04-21T09:00:00Z"), "{warnings:?}");
}

#[tokio::test]
async fn a_decision_of_another_candidate_stays() {
    let ledger = sat(&[], LOCK, Fail).await;
    let bob = Schedule { candidate: "bob".parse().unwrap(), ..book(voucher(2, 1), "2026-04-20T09:00Z") };
    ledger.done("bob", "2026-03-03", bob).await;
    let (listed, warnings) = ledger.corrected("2026-03-05", correct(voucher(1, 1), Pass)).await;
    assert!(
        listed.is_empty() && !warnings.iter().any(|text| text.contains("any more")),
        "{listed:?} {warnings:?}"
    );
}

#[tokio::test]
async fn the_other_vouchers_of_a_pack_are_looked_at_too() {
    let pack = [("count = 1                                   # S0-1", "count = 3  # S0-1")];
    let ledger = sat(&pack, LOCK, Pass).await;
    ledger
        .refused("second", "2026-03-05", book(voucher(1, 2), "2026-04-01T09:00Z"), "policy-pass-lock")
        .await;
    let (listed, _) = ledger.corrected("2026-03-10", correct(voucher(1, 1), Fail)).await;
    assert_eq!(listed, ["second"]);
    ledger.done("third", "2026-03-11", book(voucher(1, 3), "2026-04-02T09:00Z")).await;
    let (listed, warnings) = ledger.corrected("2026-03-12", correct(voucher(1, 1), Pass)).await;
    // With the pass from the beginning, the second was refused as it is on record.
    assert_eq!(listed, ["third"]);
    assert!(warnings.iter().any(|text| text.contains(".3 is not permitted any more")), "{warnings:?}");
}

#[tokio::test]
async fn a_correction_of_one_attempt_of_a_pack_judges_the_correction_of_another_again() {
    let pack = [("count = 1                                   # S0-1", "count = 3  # S0-1")];
    let ledger = sat(&pack, LOCK, TechnicalFault).await;
    ledger.done("second", "2026-03-05", book(voucher(1, 2), "2026-04-01T09:00Z")).await;
    ledger.done("second-result", "2026-04-01T12:00Z", came(voucher(1, 2), Fail)).await;
    ledger.done("second-corrected", "2026-04-02", correct_attempt(voucher(1, 2), 1, Missed)).await;
    let (listed, _) = ledger.corrected("2026-04-10", correct(voucher(1, 1), Pass)).await;
    assert_eq!(listed, ["second", "second-result", "second-corrected"]);
}

//! What is true decides, and not the order in which it was reported.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, Warns, check, edge, id, order, t, voucher};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, cancel, correct, exam, exam_with, extend_offer, failed, give, issue,
    issue_with, missed, passed, practice_test, publish, result, schedule, schedule_unit, schedule_with, vary,
};
use crate::ExamResult::{Fail, Missed, Pass, TechnicalFault};
use crate::{Cancel, CancelledBy, Command, CorrectResult, ExamResult, Gift, RecordResult, Reschedule};

const BOUGHT: &str = "2026-01-05T10:00Z";
const CUT_OFF: (&str, &str) =
    ("cancellation = { cut_off = \"none\" }", "cancellation = { cut_off = \"PT24H\", late = \"forfeit\" }");
const TWO_RETAKES: (&str, &str) = ("retake = { count = 1", "retake = { count = 2");
const THREE: (&str, &str) = ("count = 1\nexams", "count = 3\nexams");
const ONE_OPEN: (&str, &str) =
    ("open_registrations = { max = \"none\" }", "open_registrations = { max = 1, over = \"pack\" }");

fn bought(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (exam("y", "pro"), "2001-01-01"),
        (publish(&vary(OFFER, changes)), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

/// A registration that is reported later.
fn booked(sit_at: &str, booked_at: &str) -> Command {
    schedule_with(sit_at, |c| c.booked_at = Some(t(booked_at)))
}

/// A result with the time of its sitting.
fn sat(result: ExamResult, sat_at: &str) -> Command {
    RecordResult { voucher: voucher(1, 1), result, sat_at: Some(t(sat_at)) }.into()
}

fn cancelled(by: CancelledBy, cancelled_at: &str) -> Command {
    Cancel { voucher: voucher(1, 1), by, cancelled_at: Some(t(cancelled_at)) }.into()
}

fn corrected(attempt: u16, result: ExamResult, sat_at: &str) -> Command {
    CorrectResult { voucher: voucher(1, 1), attempt, result, sat_at: Some(t(sat_at)) }.into()
}

/// What can be asked of a standing without a look at how it came about.
fn stands(given: &Ledger) -> (String, u16, Option<(String, &'static str)>) {
    (given.stage(1), given.used(1), given.end(1))
}

#[test]
fn a_fault_that_was_a_fail_leaves_no_third_attempt_of_two() {
    let later = [(schedule("2026-09-20T10:00Z"), "2026-09-11"), (cancel(), "2026-09-19T20:00Z")];
    let first = (schedule("2026-09-10T10:00Z"), "2026-09-01");
    let told_wrongly = bought(&[CUT_OFF])
        .with(&[first.clone(), (result(TechnicalFault), "2026-09-10T12:00Z")])
        .with(&later)
        .with(&[(correct(1, Fail), "2026-09-21")]);
    let told_rightly = bought(&[CUT_OFF]).with(&[first, (failed(), "2026-09-10T12:00Z")]).with(&later);
    assert_eq!(stands(&told_wrongly), ("used".to_owned(), 2, None));
    assert_eq!(stands(&told_wrongly), stands(&told_rightly));
    check(&told_wrongly, (schedule("2026-10-01"), "2026-09-22"), Refused("attempts-left"));
}

#[test]
fn a_first_attempt_that_was_passed_withdraws_the_third() {
    let given = bought(&[TWO_RETAKES]).with(&[
        (schedule("2026-02-10"), "2026-02-01"),
        (failed(), "2026-02-10"),
        (schedule("2026-03-10"), "2026-03-01"),
        (failed(), "2026-03-10"),
    ]);
    check(&given, (schedule("2026-04-10"), "2026-04-01"), Accepted);
    let does = ["ResultCorrected", "AttemptCorrected", "RetakeWithdrawn"];
    check(&given, (correct(1, Pass), "2026-03-11"), Does(&does));
    let given = given.with(&[(correct(1, Pass), "2026-03-11")]);
    check(&given, (schedule("2026-04-10"), "2026-04-01"), Refused("attempts-left"));
    assert_eq!(stands(&given), ("used".to_owned(), 2, None));
}

#[test]
fn a_retake_booked_in_time_counts_whenever_its_fail_is_reported() {
    let first = (schedule("2026-12-01T09:00Z"), "2026-11-01");
    let second = booked("2026-12-20T09:00Z", "2026-12-05T09:00Z");
    let in_time = bought(&[]).with(&[
        first.clone(),
        (failed(), "2026-12-01T12:00Z"),
        (second.clone(), "2026-12-05T09:00Z"),
        (passed(), "2026-12-20T12:00Z"),
    ]);
    // The right ended on 6 January; all is reported on the 10th.
    let reported = "2027-01-10";
    let late = bought(&[]).with(&[first, (sat(Fail, "2026-12-01T09:00Z"), reported)]);
    check(&late, (schedule("2027-02-01"), reported), Refused("retake-register-by"));
    let late = late.with(&[(second, reported), (sat(Pass, "2026-12-20T09:00Z"), reported)]);
    assert_eq!(stands(&late), stands(&in_time));
}

#[test]
fn a_fail_reported_after_the_end_grants_nothing_and_says_so() {
    let given = bought(&[]).with(&[(schedule("2026-12-01T09:00Z"), "2026-11-01")]);
    let late = (sat(Fail, "2026-12-01T09:00Z"), "2027-01-10");
    check(&given, late.clone(), Does(&["ExamFailed", "AttemptConcluded"]));
    check(&given, late, Warns("R2", "no retake"));
}

#[test]
fn two_fails_of_one_sitting_day_are_extended_alike_whichever_is_reported_first() {
    let by_offer = [
        ("runs = { from = \"none\", to = \"none\" }", "runs = { from = \"none\", to = 2026-01-31 }"),
        (
            "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }",
            "register_by = \"offer-end\", sit_by = \"offer-end\" }",
        ),
    ];
    let other = |c: &mut crate::Issue| c.order = order(2);
    let on_second = |command: Command| match command {
        Command::Schedule(c) => crate::Schedule { voucher: voucher(2, 1), ..c }.into(),
        Command::RecordResult(c) => RecordResult { voucher: voucher(2, 1), ..c }.into(),
        other => other,
    };
    let sitting = "2026-01-31T09:00Z";
    let given = bought(&by_offer).with(&[
        (issue_with(BOUGHT, other), BOUGHT),
        (schedule(sitting), "2026-01-20"),
        (on_second(schedule(sitting)), "2026-01-20"),
        (sat(Fail, sitting), "2026-01-31T12:00Z"),
        (extend_offer("2026-06-30"), "2026-01-31T18:00Z"),
        (on_second(sat(Fail, sitting)), "2026-01-31T18:01Z"),
    ]);
    check(&given, (schedule("2026-05-01"), "2026-04-01"), Accepted);
    check(&given, (on_second(schedule("2026-05-01")), "2026-04-01"), Accepted);
}

#[test]
fn a_gift_counts_the_day_before_a_no_show_as_well_as_the_day_after() {
    let registered = bought(&[]).with(&[(schedule("2026-03-10T10:00Z"), "2026-03-01")]);
    let (gift, no_show) = (give(Gift::ExtraAttempt), missed());
    let before = registered.with(&[(gift.clone(), "2026-03-09"), (no_show.clone(), "2026-03-10T12:00Z")]);
    let after = registered.with(&[(no_show, "2026-03-10T12:00Z"), (gift, "2026-03-11")]);
    assert_eq!(stands(&before), stands(&after));
    for given in [before, after] {
        check(&given, (schedule("2026-04-10"), "2026-04-01"), Accepted);
    }
}

#[test]
fn a_gift_may_come_before_or_after_any_end_of_an_attempt() {
    for came in [Pass, Fail, Missed, TechnicalFault] {
        let registered = bought(&[]).with(&[(schedule("2026-03-10T10:00Z"), "2026-03-01")]);
        let gift = give(Gift::ExtraAttempt);
        let first = registered.with(&[(gift.clone(), "2026-03-09"), (result(came), "2026-03-10T12:00Z")]);
        let last = registered.with(&[(result(came), "2026-03-10T12:00Z")]);
        match last.decide(&gift, t("2026-03-11")) {
            Ok(_) => assert_eq!(stands(&first), stands(&last.with(&[(gift, "2026-03-11")])), "{came:?}"),
            // What was passed has no use for a gift.
            Err(refusal) => assert_eq!((refusal.rule.name(), came), ("goodwill-allowed", Pass)),
        }
    }
}

#[test]
fn a_cancellation_is_judged_by_when_it_was_made() {
    let given = bought(&[CUT_OFF]).with(&[(schedule("2026-03-10T10:00Z"), "2026-03-01")]);
    for by in [CancelledBy::Candidate, CancelledBy::Provider] {
        let told = (cancelled(by, "2026-03-08"), "2026-03-12");
        check(&given, told.clone(), Does(&["ExamCancelled", "AttemptCancelled"]));
        assert_eq!(stands(&given.with(&[told])).0, "unused");
    }
    let edge_of = |at: crate::Timestamp| {
        let cancel = Cancel { voucher: voucher(1, 1), by: CancelledBy::Candidate, cancelled_at: Some(at) };
        (cancel.into(), t("2026-03-12"))
    };
    edge(&given, "2026-03-09T10:00:00Z", edge_of, Accepted, Warns("R6", "after the cut-off"));
    check(
        &given,
        (cancelled(CancelledBy::Candidate, "2026-02-01"), "2026-03-12"),
        Refused("changed-in-order"),
    );
    check(
        &given,
        (cancelled(CancelledBy::Candidate, "2026-03-09"), "2026-03-08"),
        Refused("changed-in-order"),
    );
}

#[test]
fn an_attempt_lost_by_a_late_cancellation_that_was_sat_can_be_corrected() {
    let given = bought(&[CUT_OFF])
        .with(&[(schedule("2026-03-10T10:00Z"), "2026-03-01"), (cancel(), "2026-03-10T09:00Z")]);
    check(&given, (sat(Pass, "2026-03-10T10:00Z"), "2026-03-11"), Refused("result-awaited"));
    for (came, stage) in [(Pass, "used"), (Fail, "retake"), (TechnicalFault, "unused")] {
        let given = given.with(&[(corrected(1, came, "2026-03-10T10:00Z"), "2026-03-11")]);
        assert_eq!(given.stage(1), stage, "{came:?}");
    }
}

#[test]
fn every_path_to_a_result_asks_whether_the_exam_was_sat_in_time() {
    let given = bought(&[]).with(&[(schedule("2027-01-05T10:00Z"), "2026-12-01")]);
    check(&given, (sat(Missed, "2027-01-08T10:00Z"), "2027-01-09"), RefusedBy("sat-in-time", "R3"));
    check(&given, (missed(), "2027-01-09"), Warns("R3", "registered for 2027-01-05"));
    let given = given.with(&[(missed(), "2027-01-09")]);
    check(&given, (corrected(1, Pass, "2027-01-08T10:00Z"), "2027-01-10"), RefusedBy("sat-in-time", "R3"));
    check(&given, (corrected(1, Pass, "2027-01-05T10:00Z"), "2027-01-10"), Accepted);
    check(&given, (corrected(1, Pass, "2027-01-11"), "2027-01-10"), Refused("sat-in-the-past"));
    check(&given, (corrected(1, Pass, "2026-11-30"), "2027-01-10"), Refused("sat-in-the-past"));
}

#[test]
fn a_report_is_recognised_by_its_sitting() {
    let first = [(schedule("2026-03-10"), "2026-03-01"), (sat(Fail, "2026-03-10"), "2026-03-11")];
    let given = bought(&[]).with(&first).with(&[(booked("2026-03-20", "2026-03-10"), "2026-03-11")]);
    // The same fail again: with its time, and without while the retake is still ahead.
    check(&given, (sat(Fail, "2026-03-10"), "2026-03-12"), Does(&["CommandRepeated"]));
    check(&given, (failed(), "2026-03-12"), Does(&["CommandRepeated"]));
    check(&given, (sat(Pass, "2026-03-10"), "2026-03-12"), Refused("result-awaited"));
    check(&given, (failed(), "2026-03-20"), Does(&["ExamFailed", "AttemptConcluded"]));
}

#[test]
fn a_move_is_judged_by_the_life_as_it_was_then() {
    // The retake ends long before the first try does.
    let short_retake = (
        "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }",
        "register_by = \"exam-sat + P10D\", sit_by = \"exam-sat + P10D\" }",
    );
    let moved = |sit_at: &str, moved_at: &str| {
        Reschedule { voucher: voucher(1, 1), sit_at: t(sit_at), moved_at: Some(t(moved_at)) }.into()
    };
    let given = bought(&[CUT_OFF, short_retake])
        .with(&[(schedule("2026-03-10T10:00Z"), "2026-03-01"), (cancel(), "2026-03-09T12:00Z")]);
    assert_eq!(given.stage(1), "used", "cancelled late, by what is known");
    // It had been moved to a day before which the cancellation was in time: as the first try, by the first try's deadline.
    let told = (moved("2026-06-10T10:00Z", "2026-03-05"), "2026-03-12");
    // The candidate's own record said that it was late.
    check(&given, told.clone(), Does(&["ExamRescheduled", "AttemptMoved", "AttemptCancelled"]));
    assert_eq!(given.with(&[told]).stage(1), "unused");
    check(&given, (moved("2027-01-06", "2026-03-05"), "2026-03-12"), Refused("sit-by"));
}

#[test]
fn registrations_of_a_pack_are_compared_by_their_own_times() {
    let given = bought(&[THREE, ONE_OPEN]).with(&[(schedule("2026-03-10T10:00Z"), "2026-03-01")]);
    let other = |booked_at: &str, sit_at: &str| {
        let registration = schedule_unit(2, "y", sit_at);
        match registration {
            Command::Schedule(c) => crate::Schedule { booked_at: Some(t(booked_at)), ..c }.into(),
            other => other,
        }
    };
    let told = "2026-04-01";
    check(&given, (other("2026-03-05", "2026-03-20"), told), Refused("open-registrations"));
    check(&given, (other("2026-02-20", "2026-03-02"), told), Refused("open-registrations"));
    check(&given, (other("2026-02-01", "2026-02-20"), told), Accepted);
    check(&given, (other("2026-03-10T10:00Z", "2026-03-20"), told), Accepted);
}

#[test]
fn a_late_cancellation_that_counts_as_a_fail_opens_the_retake_at_once() {
    let as_fail =
        ("cancellation = { cut_off = \"none\" }", "cancellation = { cut_off = \"PT24H\", late = \"fail\" }");
    let given = bought(&[as_fail])
        .with(&[(schedule("2026-03-10T10:00Z"), "2026-03-01"), (cancel(), "2026-03-09T12:00Z")]);
    check(&given, (schedule("2026-03-20"), "2026-03-09T13:00Z"), Accepted);
}

#[test]
fn every_try_but_the_last_warns_when_it_leaves_no_time_for_the_next() {
    let given = bought(&[
        TWO_RETAKES,
        (
            "wait = \"none\"",
            "wait = [{ period = \"P1D\", counted = \"calendar-days\", limits = \"register\" }]",
        ),
    ]);
    let end = "2027-01-05T10:00Z";
    check(&given, (schedule(end), "2026-12-01"), Warns("R2", "no time for a retake"));
    let second = given.with(&[(schedule("2026-03-10"), "2026-03-01"), (failed(), "2026-03-10")]);
    check(&second, (schedule(end), "2026-12-01"), Warns("R2", "no time for a retake"));
}

#[test]
fn a_retake_of_the_same_exam_keeps_the_categories_of_its_first_try() {
    let mix = ("exams = { categories = \"any\" }", "exams = { categories = \"any\" }\nmix = [[\"pro\"]]");
    let given = bought(&[mix]).with(&[
        (schedule("2026-03-10"), "2026-03-01"),
        (failed(), "2026-03-10"),
        (exam("x", "other"), "2026-03-12"),
    ]);
    check(&given, (schedule("2026-04-10"), "2026-04-01"), Accepted);
}

/// An exam that retires, and the one that follows it.
fn retires(code: &str, on: &str, successor: Option<&str>) -> Command {
    exam_with(code, |facts| {
        facts.retires_on = Some(id(on));
        facts.successor = successor.map(id);
    })
}

#[test]
fn a_retake_that_no_exam_is_given_for_is_warned_of() {
    let given = bought(&[]).with(&[(schedule("2026-09-30"), "2026-03-01")]);
    let retired = given.with(&[(retires("x", "2026-09-30", None), "2026-04-01")]);
    check(&retired, (failed(), "2026-10-01"), Warns("o#exam-offered", "can't be used"));
    // The catalogue of today decides, and a successor is as good.
    let followed = given.with(&[(retires("x", "2026-09-30", Some("y")), "2026-04-01")]);
    for given in [&given, &followed] {
        assert!(given.decide(&failed(), t("2026-10-01")).unwrap().warnings.is_empty());
    }
}

#[test]
fn a_retake_is_for_the_exam_that_is_given_today() {
    let given = bought(&[]).with(&[
        (exam("w", "pro"), "2001-01-01"),
        (schedule("2026-03-10"), "2026-03-01"),
        (failed(), "2026-03-10"),
        (retires("x", "2026-03-31", Some("y")), "2026-03-15"),
        (retires("y", "2026-04-30", Some("z")), "2026-03-15"),
        (exam("z", "pro"), "2026-03-15"),
    ]);
    let of = |code: &'static str| (schedule_unit(1, code, "2026-06-01"), "2026-05-15");
    check(&given, of("z"), Accepted);
    let refusal = given.decide(&of("w").0, t(of("w").1)).unwrap_err();
    assert_eq!((refusal.rule.name(), refusal.remedy.as_str()), ("same-exam", "the retake is for z"));
}

#[test]
fn successors_never_come_back() {
    let chain = Ledger::new(&[
        (retires("x", "2026-03-31", Some("y")), "2026-01-01"),
        (retires("y", "2026-04-30", Some("z")), "2026-01-01"),
    ]);
    for (code, successor) in [("x", "x"), ("y", "x"), ("z", "x"), ("z", "y"), ("z", "z")] {
        let closes = (retires(code, "2026-05-31", Some(successor)), "2026-01-02");
        check(&chain, closes, Refused("successor-ahead"));
    }
    check(&chain, (retires("z", "2026-05-31", Some("w")), "2026-01-02"), Accepted);
}

#[test]
fn a_practice_test_is_not_activated_when_it_has_ended() {
    let ends = ("\"past-exam-deadline\"", "\"until-exam-deadline\"");
    let longer = ("activate_by = \"purchase + P1Y\"", "activate_by = \"purchase + P2Y\"");
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (practice_test("p", &[]), "2001-01-01"),
        (publish(&vary(&vary(OFFER, &[PRACTICE_TEST]), &[ends, longer])), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ]);
    let now = |at| (activate(2, Some("p")), at);
    edge(&given, "2027-01-06T00:00:00Z", now, Accepted, Refused("use-within"));
}

#[test]
fn a_new_title_keeps_the_extension() {
    let runs = ("runs = { from = \"none\", to = \"none\" }", "runs = { from = \"none\", to = 2026-01-31 }");
    let titled = vary(OFFER, &[runs, ("An offer", "A better title")]);
    let given =
        bought(&[runs]).with(&[(extend_offer("2026-06-30"), "2026-01-20"), (publish(&titled), "2026-02-01")]);
    let line = |c: &mut crate::Issue| c.order = order(2);
    check(&given, (issue_with("2026-03-01", line), "2026-03-01"), Accepted);
    let other_day = vary(&titled, &[("to = 2026-01-31", "to = 2026-02-28")]);
    let given = given.with(&[(publish(&other_day), "2026-02-02")]);
    check(&given, (issue_with("2026-03-01", line), "2026-03-01"), Refused("on-sale-until"));
}

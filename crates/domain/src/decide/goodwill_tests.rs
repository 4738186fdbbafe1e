//! Goodwill: an extra attempt, a longer term, a waiver; with a reason, an operator, perhaps a second person.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, Warns, check, edge, id, t, voucher};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, exam, failed, give, issue, issue_with, longer, missed, offer, passed,
    practice_test, publish, schedule, schedule_with, vary, waive,
};
use crate::{Command, Extend, Gift};

const BOUGHT: &str = "2019-09-01T10:00Z";
const SIT: &str = "2019-10-01T10:00:00Z";
const END: &str = "2020-09-02T00:00:00Z";

fn bought(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (exam("basics", "fundamentals"), "2001-01-01"),
        (offer(changes), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

fn sat(changes: &[(&str, &str)]) -> Ledger {
    bought(changes).with(&[(schedule(SIT), "2019-09-10")])
}

const NO_REVIVAL: (&str, &str) = ("revives = \"ended\"", "revives = \"nothing\"");

#[test]
fn it_needs_a_reason_of_the_list() {
    let because = |reason: &str| -> Command {
        let (voucher, reason) = (voucher(1, 1), reason.to_owned());
        Extend { voucher, gift: Gift::ExtraAttempt, reason, approver: None, dispute: None }.into()
    };
    check(&bought(&[]), (because("illness"), "2019-09-02"), Does(&["Extended"]));
    check(&bought(&[]), (because("friendship"), "2019-09-02"), RefusedBy("goodwill-reason", "R17"));
    let none = "goodwill = { reasons = [\"illness\"], approver = \"optional\", revives = \"ended\" }";
    let given = bought(&[(none, "goodwill = \"none\"")]);
    check(&given, (because("illness"), "2019-09-02"), RefusedBy("goodwill-allowed", "R17"));
}

#[test]
fn a_second_person_approves_where_the_offer_asks_for_that() {
    let approved = |by: Option<&str>| -> Command {
        let approver = by.map(id);
        let gift = Gift::ExtraAttempt;
        Extend { voucher: voucher(1, 1), gift, reason: "illness".to_owned(), approver, dispute: None }.into()
    };
    let required = bought(&[("\"optional\"", "\"required\"")]);
    check(&required, (approved(None), "2019-09-02"), Refused("goodwill-approved"));
    // The operator is no second person.
    check(&required, (approved(Some("operator")), "2019-09-02"), Refused("goodwill-approved"));
    check(&required, (approved(Some("chief")), "2019-09-02"), Accepted);
    check(&bought(&[]), (approved(None), "2019-09-02"), Accepted);
    check(&bought(&[]), (approved(Some("operator")), "2019-09-02"), Refused("goodwill-approved"));
}

#[test]
fn an_extra_attempt_follows_what_was_lost() {
    let extra = || give(Gift::ExtraAttempt);
    let no_show = sat(&[]).with(&[(missed(), SIT)]);
    check(&no_show, (extra(), "2019-10-02"), Does(&["Extended", "RetakeGranted"]));
    check(&no_show.with(&[(extra(), "2019-10-02")]), (schedule("2019-11-01"), "2019-10-03"), Accepted);
    let pass = sat(&[]).with(&[(passed(), SIT)]);
    check(&pass, (extra(), "2019-10-02"), Refused("goodwill-allowed"));
    // Given ahead, it comes into play by a second fail.
    let ahead =
        sat(&[]).with(&[(extra(), "2019-09-11"), (failed(), SIT), (schedule("2019-11-01"), "2019-10-02")]);
    check(&ahead, (failed(), "2019-11-01"), Does(&["ExamFailed", "RetakeGranted", "AttemptConcluded"]));
}

#[test]
fn an_extra_attempt_of_an_offer_without_retakes_ends_with_the_first_try_s_dates() {
    let given = sat(&[("count = 1, only_if_paid", "count = 0, only_if_paid")]).with(&[(failed(), SIT)]);
    let given = given.with(&[(give(Gift::ExtraAttempt), "2019-10-02")]);
    edge(&given, END, |at| (schedule(at), at), Accepted, Refused("retake-register-by"));
}

#[test]
fn a_longer_term_moves_every_deadline_to_its_day_inside() {
    let given = bought(&[]).with(&[(longer("2020-12-31"), "2019-10-01")]);
    edge(&given, "2021-01-01T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("register-by"));
    let ask = |sit_at| (schedule(sit_at), t("2020-10-01"));
    edge(&given, "2021-01-01T00:00:00Z", ask, Accepted, Refused("sit-by"));
}

#[test]
fn a_gift_that_changes_nothing_is_refused() {
    let refused = RefusedBy("goodwill-allowed", "R17");
    // A term that is no longer than that of the terms, by a day and by years.
    for last_day in ["2020-09-01", "2019-12-31", "2010-01-01"] {
        check(&bought(&[]), (longer(last_day), "2019-10-01"), refused);
    }
    check(&bought(&[]), (longer("2020-09-02"), "2019-10-01"), Accepted);
    let longer_already = bought(&[]).with(&[(longer("2020-12-31"), "2019-10-01")]);
    check(&longer_already, (longer("2020-12-31"), "2019-10-02"), refused);
    let waived = bought(&[]).with(&[(waive("retake-wait"), "2019-10-01")]);
    check(&waived, (waive("retake-wait"), "2019-10-02"), refused);
    check(&waived, (waive("same-exam"), "2019-10-02"), Accepted);
    let endless = (
        "register_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"",
        "register_by = \"none\"\nsit_by = \"none\"",
    );
    check(&bought(&[endless]), (longer("2030-01-01"), "2019-10-01"), refused);
}

#[test]
fn a_longer_term_brings_an_ended_right_back_where_the_offer_says_so() {
    let given = bought(&[]);
    check(&given, (longer("2020-12-31"), END), Does(&["Extended"]));
    let revived = given.with(&[(longer("2020-12-31"), "2020-10-01")]);
    edge(&revived, "2021-01-01T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("register-by"));
    assert_eq!(revived.next_due().as_deref(), Some("2021-01-01T00:00:00Z"), "its new end is due");
    let never = bought(&[NO_REVIVAL]);
    edge(&never, END, |at| (longer("2020-12-31"), at), Accepted, Refused("goodwill-allowed"));
}

#[test]
fn a_used_voucher_whose_dates_are_over_has_ended_as_well() {
    let given = sat(&[NO_REVIVAL]).with(&[(missed(), SIT)]);
    edge(&given, END, |at| (give(Gift::ExtraAttempt), at), Accepted, Refused("goodwill-allowed"));
    let given = sat(&[]).with(&[(missed(), SIT)]);
    check(&given, (give(Gift::ExtraAttempt), END), Warns("R2", "ended at 2020-09-02T00:00:00Z"));
    let given = given.with(&[(give(Gift::ExtraAttempt), END), (longer("2020-12-31"), END)]);
    edge(&given, "2021-01-01T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("retake-register-by"));
}

#[test]
fn a_gift_that_does_not_bring_the_right_back_is_warned() {
    check(&bought(&[]), (longer("2020-09-05"), "2020-10-01"), Warns("R2", "ended at 2020-09-06T00:00:00Z"));
    check(&bought(&[]), (waive("retake-wait"), END), Warns("R2", "all the same"));
}

#[test]
fn a_longer_term_grants_the_retake_that_had_no_time() {
    let own = "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
    let given =
        sat(&[(own, "register_by = \"none\", sit_by = \"2019-10-05\" }")]).with(&[(failed(), "2019-10-07")]);
    check(&given, (schedule("2019-11-01"), "2019-10-08"), Refused("retake-sit-by"));
    check(&given, (longer("2019-12-31"), "2019-10-08"), Does(&["Extended", "RetakeGranted"]));
    let given = given.with(&[(longer("2019-12-31"), "2019-10-08")]);
    check(&given, (schedule("2019-11-01"), "2019-10-09"), Accepted);
}

#[test]
fn a_waiver_sets_one_rule_aside_for_one_voucher() {
    let only_pro = [("{ categories = \"any\" }", "{ categories = [\"pro\"] }")];
    let basics = || schedule_with("2019-10-01", |c| c.exam = id("basics"));
    let given = bought(&only_pro);
    check(&given, (basics(), "2019-09-10"), Refused("exam-eligible"));
    check(&given.with(&[(waive("exam-eligible"), "2019-09-05")]), (basics(), "2019-09-10"), Accepted);
    let given = bought(&[]).with(&[(waive("register-by"), "2019-10-01"), (waive("sit-by"), "2019-10-01")]);
    check(&given, (schedule("2025-01-01"), "2024-01-01"), Accepted);
    assert_eq!(given.end(1), None);
}

#[test]
fn a_waived_payment_grants_the_retake_that_the_fail_did_not_earn() {
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[("only_if_paid = false", "only_if_paid = true")]), "2001-01-01"),
        (issue_with(BOUGHT, |c| c.paid = false), BOUGHT),
        (schedule(SIT), "2019-09-10"),
        (failed(), SIT),
    ]);
    check(&given, (waive("retake-only-if-paid"), "2019-10-02"), Does(&["Extended", "RetakeGranted"]));
}

#[test]
fn what_the_ledger_is_made_of_is_not_waived() {
    for &rule in crate::Rule::ALL {
        let expected = if rule.may_be_waived() { Accepted } else { Refused("goodwill-allowed") };
        check(&bought(&[]), (waive(rule.name()), "2019-09-02"), expected);
    }
    assert!(!crate::Rule::PolicyWait.may_be_waived() && !crate::Rule::NotRevoked.may_be_waived());
}

#[test]
fn an_active_practice_test_can_be_given_more_time() {
    let with_test = vary(OFFER, &[PRACTICE_TEST]);
    let given = Ledger::new(&[
        (practice_test("p", &[]), "2001-01-01"),
        (publish(&with_test), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
        (activate(2, Some("p")), "2019-10-01"),
    ]);
    assert_eq!(given.end(2), Some(("2019-11-01T00:00:00Z".to_owned(), "use-within")));
    let gift = Gift::LongerTerm { last_day: id("2019-12-31") };
    let given = given.with(&[(super::testing_words::give_to(voucher(1, 2), gift), "2019-10-02")]);
    assert_eq!(given.end(2), Some(("2020-01-01T00:00:00Z".to_owned(), "use-within")));
}

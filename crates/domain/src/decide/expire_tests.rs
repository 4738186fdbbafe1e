//! Ends on record: each once, and again only where goodwill moved it.

use super::testing::{Does, Ledger, Refused, check, edge, t, voucher};
use super::testing_words::{
    assign, cancel_by_provider, exam, failed, first, give, issue, issue_with, longer, offer, schedule,
    schedule_with, waive,
};
use crate::{Command, Expire, Gift, Unassign};

fn expire() -> Command {
    Expire { entitlement: first() }.into()
}

fn bought() -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[]), "2001-01-01"),
        (issue("2019-09-01T10:00Z"), "2019-09-01T10:00Z"),
    ])
}

#[test]
fn a_gift_that_moves_no_end_puts_none_on_record_again() {
    let ended = bought().with(&[(expire(), "2020-09-05")]);
    for gift in [waive("retake-wait"), give(Gift::ExtraAttempt)] {
        check(&ended.with(&[(gift, "2020-09-06")]), (expire(), "2020-09-07"), Refused("due"));
    }
    let later = ended.with(&[(longer("2020-12-31"), "2020-09-06")]);
    edge(&later, "2021-01-01T00:00:00Z", |at| (expire(), at), Refused("due"), Does(&["Expired"]));
}

#[test]
fn an_end_on_record_is_not_recorded_again_when_a_late_report_comes_to_nothing() {
    let booked = schedule_with("2020-09-05", |c| c.booked_at = Some(t("2020-09-01")));
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[("sit_by = \"purchase + P12M\"", "sit_by = \"none\"")]), "2001-01-01"),
        (issue("2019-09-01T10:00Z"), "2019-09-01T10:00Z"),
        (expire(), "2020-09-02"),
        (booked, "2020-09-03"),
        (cancel_by_provider(), "2020-09-04"),
    ]);
    check(&given, (expire(), "2020-09-05"), Refused("due"));
}

#[test]
fn what_has_ended_does_not_come_back_when_its_assignment_is_taken_away() {
    let from_assignment = [("register_by = \"purchase + P12M\"", "register_by = \"assignment + P30D\"")];
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&from_assignment), "2001-01-01"),
        (issue("2019-09-01T10:00Z"), "2019-09-01T10:00Z"),
        (assign("anna"), "2019-09-02"),
    ]);
    let unassign = || Command::from(Unassign { voucher: voucher(1, 1) });
    let end = "2019-10-03T00:00:00Z";
    edge(&given, end, |at| (unassign(), at), Does(&["VoucherUnassigned"]), Refused("register-by"));
}

#[test]
fn an_end_is_put_on_record_when_it_has_come_and_once() {
    let end = "2020-09-02T00:00:00Z";
    edge(&bought(), end, |at| (expire(), at), Refused("due"), Does(&["Expired"]));
    let given = bought().with(&[(expire(), "2020-09-05")]);
    check(&given, (expire(), "2020-09-06"), Refused("due"));
    assert_eq!(given.next_due(), None);
    assert_eq!(given.entitlement(1).units[0].expired_at.map(|at| at.to_string()).as_deref(), Some(end));
}

#[test]
fn what_is_used_up_has_no_end_to_record() {
    let given = bought().with(&[
        (schedule("2019-10-01"), "2019-09-02"),
        (failed(), "2019-10-01"),
        (schedule("2019-11-01"), "2019-10-02"),
        (failed(), "2019-11-01"),
    ]);
    check(&given, (expire(), "2021-01-01"), Refused("due"));
    assert_eq!(given.next_due(), None);
}

#[test]
fn an_awaited_result_keeps_the_right_as_long_as_a_fail_could_earn_a_retake() {
    let own = "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[(own, "register_by = \"none\", sit_by = \"exam-sat + P60D\" }")]), "2001-01-01"),
        (issue("2019-09-01T10:00Z"), "2019-09-01T10:00Z"),
        (schedule("2020-09-01T10:00Z"), "2020-08-01"),
    ]);
    assert_eq!(given.end(1), Some(("2020-11-01T00:00:00Z".to_owned(), "retake-sit-by")));
    let plain = bought().with(&[(schedule("2020-09-01T10:00Z"), "2020-08-01")]);
    assert_eq!(plain.end(1), Some(("2020-09-02T00:00:00Z".to_owned(), "sit-by")));
}

#[test]
fn an_awaited_result_that_can_earn_nothing_keeps_no_right() {
    let own = "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
    let unpaid = issue_with("2019-09-01T10:00Z", |c| c.paid = false);
    let source = [
        (own, "register_by = \"none\", sit_by = \"exam-sat + P60D\" }"),
        ("only_if_paid = false", "only_if_paid = true"),
    ];
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&source), "2001-01-01"),
        (unpaid, "2019-09-01T10:00Z"),
        (schedule("2020-09-01T10:00Z"), "2020-08-01"),
    ]);
    assert_eq!(given.end(1), Some(("2020-09-02T00:00:00Z".to_owned(), "sit-by")));
}

#[test]
fn what_was_not_bought_is_not_known() {
    check(&Ledger::default(), (expire(), "2021-01-01"), Refused("known-voucher"));
}

//! Publishing: offers, policies, calendars, the catalogue; and ends put on record.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, check, edge, id};
use super::testing_words::{
    OFFER, exam, failed, first, issue, offer, practice_test, publish, schedule, vary,
};
use crate::{Command, Expire, Grandfather, MigrateProvider, Stream, WithdrawOffer};

fn expire() -> Command {
    Expire { entitlement: first() }.into()
}

#[test]
fn an_offer_that_leaves_a_point_open_is_not_published() {
    let open = vary(OFFER, &[("no_show = \"forfeit\"\n", "")]);
    check(&Ledger::default(), (publish(&open), "2019-01-01"), RefusedBy("offer-complete", "R13"));
    let refusal = Ledger::default().decide(&publish(&open), super::testing::t("2019-01-01")).unwrap_err();
    assert!(refusal.facts[0].value.contains("rulings.no_show (R5)"), "{:?}", refusal.facts);
}

#[test]
fn the_same_file_is_published_once() {
    let given = Ledger::new(&[(offer(&[]), "2019-01-01")]);
    check(&given, (offer(&[]), "2019-02-01"), Refused("new-version"));
    let newer = offer(&[("An offer", "A newer offer")]);
    check(&given, (newer.clone(), "2019-02-01"), Does(&["OfferPublished"]));
    // An earlier version may come back.
    check(&given.with(&[(newer, "2019-02-01")]), (offer(&[]), "2019-03-01"), Accepted);
}

#[test]
fn a_file_brings_its_policy_and_its_calendar() {
    let policy = r#"
[policy]
time_zone = "UTC"
counts = ["sat"]
same_exam = "exact"
wait = "none"
caps = "none"
lock_after_pass = "none"
beta_once = false
"#;
    let calendar = "\n[calendar]\nid = \"office\"\nversion = 1\nweekend = [\"sunday\"]\nholidays = []\n";
    let source = vary(OFFER, &[("programme = \"none\"", "programme = \"prog\"")]) + policy + calendar;
    let given = Ledger::default();
    check(
        &given,
        (publish(&source), "2019-01-01"),
        Does(&["OfferPublished", "PolicyPublished", "CalendarPublished"]),
    );
    let given = given.with(&[(publish(&source), "2019-01-01")]);
    assert!(matches!(given.state(&Stream::Policy(id("prog"))), crate::State::Policy(Some(_))));
    assert!(matches!(given.state(&Stream::Calendar(id("office"))), crate::State::Calendar(Some(_))));
}

#[test]
fn the_catalogue_says_a_thing_once() {
    let given = Ledger::new(&[(exam("x", "pro"), "2019-01-01"), (practice_test("p", &[]), "2019-01-01")]);
    check(&given, (exam("x", "pro"), "2019-02-01"), Refused("new-version"));
    check(&given, (exam("x", "academic"), "2019-02-01"), Accepted);
    check(&given, (practice_test("p", &[]), "2019-02-01"), Refused("new-version"));
    check(&given, (practice_test("p", &["o"]), "2019-02-01"), Accepted);
}

#[test]
fn an_offer_is_withdrawn_once_and_moved_where_it_is_not() {
    let withdraw = || Command::from(WithdrawOffer { offer: id("o"), grandfather: Grandfather::Nobody });
    let migrate = || Command::from(MigrateProvider { offer: id("o"), from: id("old"), to: id("new") });
    check(&Ledger::default(), (withdraw(), "2019-01-01"), Refused("known-offer"));
    check(&Ledger::default(), (migrate(), "2019-01-01"), Refused("known-offer"));
    let given =
        Ledger::new(&[(offer(&[]), "2019-01-01"), (withdraw(), "2019-02-01"), (migrate(), "2019-02-01")]);
    check(&given, (withdraw(), "2019-03-01"), Refused("still-sold"));
    check(&given, (migrate(), "2019-03-01"), Refused("new-version"));
}

fn bought() -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[]), "2001-01-01"),
        (issue("2019-09-01T10:00Z"), "2019-09-01T10:00Z"),
    ])
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
    let unpaid = super::testing_words::issue_with("2019-09-01T10:00Z", |c| c.paid = false);
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

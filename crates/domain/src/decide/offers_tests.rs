//! Publishing: offers, policies, calendars, the catalogue.

use super::testing::{Accepted, Does, Ledger, Refused, RefusedBy, check, id};
use super::testing_words::{OFFER, exam, extend_offer, offer, practice_test, publish, vary};
use crate::{Command, Grandfather, MigrateProvider, Stream, WithdrawOffer};

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

#[test]
fn an_offer_without_a_last_day_needs_no_later_one() {
    let at = super::testing::t("2019-02-01");
    for (runs, says) in [("\"none\"", "nothing to do"), ("2019-06-30", "behind the present last day")] {
        let given = Ledger::new(&[(offer(&[("to = \"none\"", &format!("to = {runs}"))]), "2019-01-01")]);
        let refusal = given.decide(&extend_offer("2019-06-30"), at).unwrap_err();
        assert!(refusal.remedy.contains(says), "{runs}: {}", refusal.remedy);
    }
}

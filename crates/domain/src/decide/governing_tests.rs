//! Which version governs (ruling 13) where versions count business days by other calendars (ruling 16), or by none.

use super::testing::{Accepted, Ledger, Refused, RefusedBy, Warns, check, edge, facts, id, t};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, exam, first, issue, issue_with, longer, offer, practice_test, publish,
    schedule, schedule_with, vary,
};
use crate::event::{IssuedUnit, VoucherIssued};
use crate::{Command, Event, Expire, Fingerprint, PublishCalendar, Stream, TermsHash, Timestamp};

/// A Thursday.
const BOUGHT: &str = "2019-01-10T10:00Z";
/// Behind ten business days at the office, and at the plant, which is shut for the second week.
const BY_OFFICE: &str = "2019-01-25T00:00:00Z";
const BY_PLANT: &str = "2019-02-01T00:00:00Z";

const OFFICE: &str = r#"
[calendar]
id = "office"
version = 1
weekend = ["saturday", "sunday"]
holidays = []
"#;
const PLANT: &str = r#"
[calendar]
id = "plant"
version = 1
weekend = ["saturday", "sunday"]
holidays = [2019-01-14, 2019-01-15, 2019-01-16, 2019-01-17, 2019-01-18]
"#;

/// The newest version governs, and may end a right earlier from an hour after it was published.
const SCHEDULING: (&str, &str) =
    ("terms_in_force = \"purchase\"", "terms_in_force = \"scheduling\"\nshortening = { notice = \"PT1H\" }");
const TEN_BUSINESS_DAYS: (&str, &str) = ("purchase + P12M", "purchase + P10B");
const HALF: (&str, &str) = ("purchase + P12M", "purchase + P6M");

/// A version that gives ten business days by a calendar which another file carries.
fn named(calendar: &str) -> String {
    let by = format!("[rulings]\nbusiness_days = \"{calendar}\"");
    vary(OFFER, &[SCHEDULING, TEN_BUSINESS_DAYS, ("[rulings]", &by)])
}

fn by_office() -> Command {
    publish(&(named("office") + OFFICE))
}

fn by_plant() -> Command {
    publish(&(named("plant") + PLANT))
}

/// A voucher that was bought under the first version, before the others came.
fn versions(bought_under: Command, then: &[(Command, &str)]) -> Ledger {
    let given = Ledger::new(&[(exam("x", "pro"), "2001-01-01"), (bought_under, "2019-01-01")]);
    given.with(&[(issue(BOUGHT), BOUGHT)]).with(then)
}

fn now(at: Timestamp) -> (Command, Timestamp) {
    (schedule(at), at)
}

fn expire(at: Timestamp) -> (Command, Timestamp) {
    (Expire { entitlement: first() }.into(), at)
}

#[track_caller]
fn ends(given: &Ledger, end: &str) {
    assert_eq!(given.end(1), Some((end.to_owned(), "register-by")));
    assert_eq!(given.next_due().as_deref(), Some(end));
    edge(given, end, now, Accepted, Refused("register-by"));
    edge(given, end, expire, Refused("due"), Accepted);
}

#[test]
fn a_later_version_counts_by_its_own_calendar() {
    let plain = || offer(&[SCHEDULING]);
    ends(&versions(plain(), &[(by_office(), "2019-01-15")]), BY_OFFICE);
    ends(&versions(plain(), &[(by_office(), "2019-01-15"), (by_plant(), "2019-01-16")]), BY_PLANT);
    ends(&versions(by_office(), &[(by_plant(), "2019-01-15")]), BY_PLANT);
    ends(&versions(by_plant(), &[(by_office(), "2019-01-15")]), BY_OFFICE);
    let back = versions(by_office(), &[(by_plant(), "2019-01-15"), (by_office(), "2019-01-16")]);
    ends(&back, BY_OFFICE);
    ends(&versions(by_office(), &[(plain(), "2019-01-15")]), "2020-01-11T00:00:00Z");
}

#[test]
fn whether_a_voucher_was_alive_is_counted_by_the_calendar_of_its_time() {
    for (came, end) in [("2019-01-24T23:59:59.999Z", BY_PLANT), (BY_OFFICE, BY_OFFICE)] {
        ends(&versions(by_office(), &[(by_plant(), came)]), end);
    }
    // By the plant it was alive then; by the office, which governs from then on, it had ended.
    // That end lies before the publication, so that it ends after the notice (ruling 18).
    ends(&versions(by_plant(), &[(by_office(), "2019-01-31")]), "2019-01-31T01:00:00Z");
    ends(&versions(by_plant(), &[(by_office(), BY_PLANT)]), BY_PLANT);
}

#[test]
fn what_goodwill_brought_back_follows_the_next_version() {
    let given =
        versions(by_office(), &[(by_plant(), BY_OFFICE), (longer("2019-01-26"), "2019-01-25T12:00Z")]);
    assert_eq!(given.end(1), Some(("2019-01-27T00:00:00Z".to_owned(), "register-by")));
    let given = given.with(&[(by_office(), "2019-01-26"), (by_plant(), "2019-01-26T12:00Z")]);
    ends(&given, BY_PLANT);
}

#[test]
fn the_calendar_of_the_first_registration_stays() {
    let given = versions(by_office(), &[(by_plant(), "2019-01-15")])
        .with(&[(schedule("2019-01-30"), "2019-01-29"), (by_office(), "2019-01-29")]);
    assert_eq!(given.end(1), Some((BY_PLANT.to_owned(), "sit-by")));
}

#[test]
fn a_calendar_that_changes_leaves_what_was_sold_as_it_is() {
    let shut_longer = PLANT.replace("version = 1", "version = 2").replace("[2019", "[2019-01-21, 2019");
    let changed = (PublishCalendar { source: shut_longer }.into(), "2019-01-17");
    let given = versions(by_office(), &[(by_plant(), "2019-01-15"), changed.clone()]);
    ends(&given, BY_PLANT);
    let given = versions(by_plant(), &[(by_office(), "2019-01-15"), changed]);
    ends(&given, BY_OFFICE);
}

#[test]
fn a_version_whose_calendar_is_not_published_lets_nothing_be_used_until_it_is() {
    let given = versions(offer(&[SCHEDULING]), &[(publish(&named("office")), "2019-01-15")]);
    check(&given, (schedule("2019-01-20"), "2019-01-16"), RefusedBy("known-calendar", "R16"));
    check(&given, (expire(t(BY_PLANT)).0, BY_PLANT), RefusedBy("known-calendar", "R16"));
    assert_eq!(given.next_due(), None);
    let shown = given.known(&expire(t(BY_PLANT)).0).view().unwrap();
    let unit = &shown.units[0];
    assert_eq!((&*unit.stage, unit.ends_at), ("unused", None));
    assert!(unit.ends_because.as_ref().unwrap().contains("the calendar office"), "{unit:?}");
    ends(&given.with(&[(PublishCalendar { source: OFFICE.to_owned() }.into(), "2019-01-17")]), BY_OFFICE);
}

#[test]
fn the_version_of_the_first_registration_stays_also_if_it_follows_no_other() {
    let shortens = (
        "terms_in_force = \"purchase\"",
        "terms_in_force = \"purchase\"\nshortening = { notice = \"PT1H\" }",
    );
    let given = versions(offer(&[SCHEDULING]), &[(offer(&[HALF, shortens]), "2019-02-01")]);
    edge(&given, "2019-07-11T00:00:00Z", now, Accepted, Refused("register-by"));
    let given = given.with(&[(schedule("2019-04-01"), "2019-03-01")]);
    assert_eq!(given.end(1), Some(("2019-07-11T00:00:00Z".to_owned(), "sit-by")));
}

#[test]
fn an_order_that_arrives_late_is_warned_by_the_version_that_governs_it() {
    let published = [(exam("x", "pro"), "2001-01-01"), (offer(&[SCHEDULING]), "2019-01-01")];
    let late = (issue("2019-01-10"), "2019-08-01");
    let ended = |at| Warns("R2", at);
    let given = Ledger::new(&published).with(&[(by_plant(), "2019-01-15")]);
    check(&given, late.clone(), ended("ended at 2019-02-01T00:00:00Z"));
    let given = Ledger::new(&published).with(&[(offer(&[SCHEDULING, HALF]), "2019-02-01")]);
    check(&given, late, ended("ended at 2019-07-11T00:00:00Z"));
}

#[test]
fn a_notice_that_fell_due_under_another_version_is_not_given() {
    let notices = ("[sale]", "notices = [\"P30D\"]\n\n[sale]");
    let (long, half) = (|| offer(&[SCHEDULING, notices]), || offer(&[SCHEDULING, notices, HALF]));
    let given = versions(long(), &[]);
    assert_eq!(given.next_due().as_deref(), Some("2019-12-12T00:00:00Z"));
    // Six months for a while: the notice of the twelve falls due before those are back, or behind that.
    let given = given.with(&[(half(), "2019-02-01")]);
    assert_eq!(given.next_due().as_deref(), Some("2019-06-11T00:00:00Z"));
    let back = given.with(&[(long(), "2019-07-01")]);
    assert_eq!(back.next_due().as_deref(), Some("2019-12-12T00:00:00Z"));
    let short = versions(half(), &[(long(), "2019-06-01"), (half(), "2019-06-20")]);
    assert_eq!(short.next_due().as_deref(), Some("2019-07-11T00:00:00Z"));
}

#[test]
fn an_order_of_now_is_bought_under_what_is_on_record_whatever_the_clock_says() {
    let two = ("count = 1\nexams", "count = 2\nexams");
    let given = Ledger::new(&[(offer(&[]), "2019-01-01"), (offer(&[two]), "2019-01-10T10:00:00.500Z")]);
    let now = issue_with(BOUGHT, |c| c.purchased_at = None);
    let issued = facts(&given, (now, BOUGHT)).remove(0);
    assert!(matches!(issued, Event::VoucherIssued(e) if e.units.len() == 2));
}

#[test]
fn a_policy_is_the_one_of_the_programme_that_governs() {
    let policy = r#"
[policy]
time_zone = "UTC"
counts = ["sat"]
same_exam = "exact"
wait = [{ period = "P30D", counted = "calendar-days", limits = "sit" }]
caps = "none"
lock_after_pass = "none"
beta_once = false
"#;
    let source = vary(OFFER, &[SCHEDULING, ("programme = \"none\"", "programme = \"strict\"")]) + policy;
    let given = versions(offer(&[SCHEDULING]), &[]).with(&[
        (issue_with("2019-01-10", |c| c.order.line = 2), BOUGHT),
        (schedule_with("2019-01-12", |c| c.voucher = super::testing::voucher(2, 1)), BOUGHT),
    ]);
    check(&given, (schedule("2019-01-20"), "2019-01-14"), Accepted);
    let given = given.with(&[(publish(&source), "2019-01-13")]);
    check(&given, (schedule("2019-01-20"), "2019-01-14"), Refused("policy-wait"));
}

#[test]
fn a_practice_test_ends_with_the_exam_by_the_terms_that_govern_the_exam() {
    let until = ("\"past-exam-deadline\"", "\"until-exam-deadline\"");
    let version = |more: &[(&str, &str)]| offer(&[&[SCHEDULING, PRACTICE_TEST, until], more].concat());
    let given = versions(version(&[]), &[]).with(&[
        (practice_test("p", &[]), "2019-01-11"),
        (schedule("2019-02-01"), "2019-01-11"),
        (version(&[HALF]), "2019-01-12"),
        (activate(2, Some("p")), "2019-07-01"),
    ]);
    assert_eq!(given.end(2), Some(("2019-08-01T00:00:00Z".to_owned(), "use-within")));
}

#[test]
fn what_no_version_can_explain_is_refused_and_shown_as_nothing() {
    let mut given = versions(offer(&[]), &[]);
    let known = given.known(&schedule("2019-01-20"));
    let terms = known.entitlement.unwrap().issued.as_ref().unwrap().terms;
    for (n, benefit, terms) in [(2, 7, terms), (3, 0, TermsHash([9; 32]))] {
        let issued = VoucherIssued {
            order: super::testing::order(n),
            piece: 1,
            pieces: 1,
            offer: id("o"),
            terms,
            purchased_at: t(BOUGHT),
            paid: true,
            units: vec![IssuedUnit { benefit, code: Fingerprint([1; 16]) }],
            channel: None,
            agreement: None,
            first_order_last_day: None,
            prorated: None,
            tier: None,
            mode: None,
            term_last_day: None,
            valid_until: None,
            said: None,
        };
        let entitlement = crate::EntitlementId::of_order(&super::testing::order(n), 1);
        given.record(Stream::Entitlement(entitlement), t(BOUGHT), issued);
        let of = |c: &mut crate::Schedule| c.voucher = super::testing::voucher(n, 1);
        check(&given, (schedule_with("2019-01-20", of), "2019-01-16"), Refused("known-offer"));
        assert_eq!(given.known(&schedule_with("2019-01-20", of)).view().unwrap().units.len(), 0);
    }
}

#[test]
fn a_new_version_ends_nothing_before_it_was_published() {
    let shorter = |shortening: &str| {
        let ruled = format!("terms_in_force = \"scheduling\"{shortening}");
        offer(&[("terms_in_force = \"purchase\"", &ruled), HALF])
    };
    let given = |version, at| versions(offer(&[SCHEDULING]), &[(version, at)]);
    // Six months from 10 January end on 11 July; the version comes on the 20th, and says nothing of shortening.
    for at in ["2019-02-01", "2019-07-20"] {
        ends(&given(shorter(""), at), "2020-01-11T00:00:00Z");
    }
    for (notice, at, end) in [
        ("P30D", "2019-07-20T12:00Z", "2019-08-20T00:00:00Z"),
        ("P1M", "2019-07-20T12:00Z", "2019-08-21T00:00:00Z"),
        ("PT48H", "2019-07-20T12:00Z", "2019-07-22T12:00:00Z"),
        ("P30D", "2019-02-01T12:00Z", "2019-07-11T00:00:00Z"),
        ("P2Y", "2019-07-20T12:00Z", "2020-01-11T00:00:00Z"),
    ] {
        let version = shorter(&format!("\nshortening = {{ notice = \"{notice}\" }}"));
        ends(&given(version, at), end);
    }
}

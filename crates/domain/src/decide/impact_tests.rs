//! What a publication does to live rights, and who has to confirm it (ruling 18).

use super::testing::{Accepted, Ledger, Refused, check, id, t};
use super::testing_words::{
    OFFER, agreement, amend, exam, exam_with, extend_offer, first, issue, issue_with, offer, publish, result,
    revoke, schedule, vary,
};
use crate::impact::{Impact, Published};
use crate::{
    Command, ExamResult, Expire, Grandfather, Judge, MigrateProvider, PublishCalendar, Rule, State,
    WithdrawOffer,
};

const SCHEDULING: (&str, &str) =
    ("terms_in_force = \"purchase\"", "terms_in_force = \"scheduling\"\nshortening = { notice = \"P30D\" }");
const HALF: (&str, &str) = ("purchase + P12M", "purchase + P6M");
const UNDER: (&str, &str) = ("agreement = \"none\"", "agreement = [\"volume\"]");
const TO_ITS_END: (&str, &str) = ("purchase + P12M", "agreement-end");
const TO_OFFER_END: [(&str, &str); 2] =
    [("purchase + P12M", "offer-end"), ("to = \"none\"", "to = 2019-12-31")];
const OFFICE: &str = r#"
[calendar]
id = "office"
version = 1
weekend = ["saturday", "sunday"]
holidays = []
"#;

fn published(given: &Ledger, command: &Command, at: &str) -> Published {
    let mut published = Published::default();
    for placed in given.decide(command, t(at)).unwrap().events {
        let before = given.state(&placed.stream);
        let after = before.clone().evolve(&placed.event, placed.happened_at, t(at));
        published.add(placed.stream, before, after);
    }
    for id in published.calendars_named() {
        if let State::Calendar(Some(versions)) = given.state(&crate::Stream::Calendar(id.clone())) {
            published.add_calendar(id, versions);
        }
    }
    published
}

/// What a publication does to the first piece of order line 1.
fn impact(given: &Ledger, command: &Command, at: &str) -> Impact {
    let known = given.known(&Expire { entitlement: first() }.into());
    let (before, after) = published(given, command, at).before_and_after(known);
    let mut impact = Impact::default();
    impact.add(&before, &after, t(at));
    impact
}

/// How many were compared, moved, ended at once, and lost their booking.
#[track_caller]
fn counts(given: &Ledger, (command, at): (Command, &str), expected: [u64; 4]) -> Impact {
    let impact = impact(given, &command, at);
    let Impact { compared, moved, ended_at_once, bookings_broken } = &impact;
    assert_eq!([*compared, moved.count, ended_at_once.count, bookings_broken.count], expected, "{impact:?}");
    // What is done for real comes to the same.
    let told = moved.examples.first().map(|right| right.after);
    if let Some(told) = told {
        let end = given.with(&[(command, at)]).end(1).map(|(end, _)| t(&end));
        assert_eq!(end, told);
    }
    impact
}

fn bought(terms: &str, then: &[(Command, &str)]) -> Ledger {
    let given = [
        (exam("x", "pro"), "2001-01-01"),
        (publish(terms), "2019-01-01"),
        (issue("2019-01-10"), "2019-01-10"),
    ];
    Ledger::new(&given).with(then)
}

fn licensed(then: &[(Command, &str)]) -> Ledger {
    let given = [
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[UNDER, TO_ITS_END]), "2001-01-01"),
        (agreement("2019-01-01", "2019-12-31"), "2019-01-01"),
        (issue_with("2019-03-01", |c| c.agreement = Some(id("g"))), "2019-03-01"),
    ];
    Ledger::new(&given).with(then)
}

#[test]
fn a_version_that_shortens_is_counted_with_the_end_after_its_notice() {
    let given = bought(&vary(OFFER, &[SCHEDULING]), &[]);
    let half = || offer(&[SCHEDULING, HALF]);
    let impact = counts(&given, (half(), "2019-07-20"), [1, 1, 0, 0]);
    let example = &impact.moved.examples[0];
    assert_eq!((example.entitlement, example.unit), (first(), 1));
    assert_eq!(example.before, Some(t("2020-01-11T00:00Z")));
    assert_eq!(example.after, Some(t("2019-08-20T00:00Z")), "30 days after the publication");
    counts(&given, (half(), "2019-03-01"), [1, 1, 0, 0]);
    // Its terms are chosen once it is registered, and it is not live once it has ended.
    counts(&given.with(&[(schedule("2019-03-01"), "2019-02-01")]), (half(), "2019-02-02"), [1, 0, 0, 0]);
    counts(&given, (half(), "2020-01-11"), [0, 0, 0, 0]);
}

#[test]
fn an_extension_moves_what_is_live() {
    let given = bought(&vary(OFFER, &TO_OFFER_END), &[]);
    let impact = counts(&given, (extend_offer("2020-06-30"), "2019-12-01"), [1, 1, 0, 0]);
    assert_eq!(impact.moved.examples[0].after, Some(t("2020-07-01T00:00Z")));
    counts(&given, (extend_offer("2020-06-30"), "2020-01-01"), [0, 0, 0, 0]);
    counts(&bought(OFFER, &[]), (offer(&[HALF]), "2019-02-01"), [1, 0, 0, 0]);
}

#[test]
fn an_amendment_that_ends_rights_at_once_or_before_their_sitting_takes_them() {
    let booked = [(schedule("2019-08-01"), "2019-04-01")];
    counts(&licensed(&[]), (amend("2019-06-30"), "2019-05-01"), [1, 1, 0, 0]);
    counts(&licensed(&[]), (amend("2019-04-30"), "2019-05-01"), [1, 1, 1, 0]);
    counts(&licensed(&booked), (amend("2019-07-31"), "2019-05-01"), [1, 1, 0, 1]);
    counts(&licensed(&booked), (amend("2019-08-01"), "2019-05-01"), [1, 1, 0, 0]);
    counts(&licensed(&booked), (amend("2019-04-30"), "2019-05-01"), [1, 1, 1, 1]);
    counts(&licensed(&[]), (amend("2019-12-31"), "2019-05-01"), [1, 0, 0, 0]);
}

#[test]
fn a_calendar_moves_nothing_that_was_sold() {
    let counted = vary(
        OFFER,
        &[("purchase + P12M", "purchase + P10B"), ("[rulings]", "[rulings]\nbusiness_days = \"office\"")],
    );
    let next = OFFICE.replace("version = 1", "version = 2").replace("[]", "[2019-01-21]");
    let calendar = PublishCalendar { source: next }.into();
    counts(&bought(&(counted + OFFICE), &[]), (calendar, "2019-01-12"), [1, 0, 0, 0]);
}

#[test]
fn an_exam_that_retires_before_a_sitting_breaks_its_booking_and_no_other() {
    let retires = |day: &str| {
        exam_with("x", |facts| (facts.categories, facts.retires_on) = (vec![id("pro")], Some(id(day))))
    };
    let booked = bought(OFFER, &[(schedule("2019-08-01T10:00Z"), "2019-04-01")]);
    let impact = counts(&booked, (retires("2019-07-31"), "2019-05-01"), [1, 0, 0, 1]);
    assert_eq!(impact.bookings_broken.examples[0].sit_at, Some(t("2019-08-01T10:00Z")));
    counts(&booked, (retires("2019-08-01"), "2019-05-01"), [1, 0, 0, 0]);
    // Eligibility was judged when it was booked (ruling 9).
    counts(&booked, (exam("x", "other"), "2019-05-01"), [1, 0, 0, 0]);
    counts(&bought(OFFER, &[]), (retires("2019-07-31"), "2019-05-01"), [1, 0, 0, 0]);
}

#[test]
fn what_is_used_or_taken_back_is_not_live() {
    let passed = [(schedule("2019-04-02"), "2019-04-01"), (result(ExamResult::Pass), "2019-04-03")];
    counts(&licensed(&passed), (amend("2019-04-30"), "2019-05-01"), [0, 0, 0, 0]);
    let refunded = [(revoke(crate::RevokeReason::Refund), "2019-03-02")];
    counts(&licensed(&refunded), (amend("2019-04-30"), "2019-05-01"), [0, 0, 0, 0]);
}

#[test]
fn what_can_touch_nothing_is_known_at_once() {
    let given = bought(OFFER, &[]);
    let reaches = |given: &Ledger, command: Command| published(given, &command, "2019-02-01").reaches().len();
    let withdraw = WithdrawOffer { offer: id("o"), grandfather: Grandfather::Nobody };
    let migrate = MigrateProvider { offer: id("o"), from: id("old"), to: id("new") };
    let first_version = Ledger::new(&[(exam("x", "pro"), "2001-01-01")]);
    for (given, command, expected) in [
        (&given, withdraw.into(), 0),
        (&given, migrate.into(), 0),
        // What was sold is pinned to its version.
        (&given, offer(&[HALF]), 0),
        (&given, exam("x", "other"), 0),
        (&given, exam("y", "pro"), 0),
        (&given, PublishCalendar { source: OFFICE.to_owned() }.into(), 0),
        (&first_version, offer(&[SCHEDULING]), 0),
        (&given, exam_with("x", |facts| facts.retires_on = Some(id("2019-07-31"))), 1),
        (&bought(&vary(OFFER, &[SCHEDULING]), &[]), offer(&[SCHEDULING, HALF]), 1),
        (&bought(&vary(OFFER, &TO_OFFER_END), &[]), extend_offer("2020-06-30"), 1),
        (&licensed(&[]), amend("2019-06-30"), 1),
        (&licensed(&[]), amend("2019-12-31"), 0),
    ] {
        let name = command.name();
        assert_eq!(reaches(given, command), expected, "{name}");
    }
}

#[test]
fn rights_are_lost_only_by_confirmation_and_only_where_somebody_counted() {
    let (given, amend) = (licensed(&[]), amend("2019-04-30"));
    let at = "2019-05-01";
    check(&given, (amend.clone(), at), Accepted);
    let known = given.known(&amend);
    let counted = |impact: Impact, confirmed| {
        let known = super::Known { impact: Some(Box::new(impact)), confirmed, ..known.clone() };
        known.decide(&amend, t(at), &mut Judge::thorough())
    };
    let loses = impact(&given, &amend, at);
    let refusal = counted(loses.clone(), false).unwrap_err();
    assert_eq!((refusal.rule, &*refusal.clause), (Rule::ImpactConfirmed, "R18"));
    let facts: Vec<_> = refusal.facts.iter().map(|fact| (&*fact.name, &*fact.value)).collect();
    let lost = format!("{}.1", first());
    let expected = [
        ("compared", "1"),
        ("ends-moved", "1"),
        ("ended-at-once", "1"),
        ("bookings-broken", "0"),
        ("loses", &lost),
    ];
    assert_eq!(facts, expected);
    assert_eq!(
        counted(loses, true),
        counted(Impact::default(), false),
        "confirmed, it is done like any other"
    );
    // A rule that refuses it anyway comes first.
    check(&given, (super::testing_words::amend("2018-12-31"), at), Refused("dates-in-order"));
}

#[test]
fn three_examples_are_kept_and_all_are_counted() {
    let pack = licensed(&[])
        .with(&[(offer(&[UNDER, TO_ITS_END, ("count = 1\nexams", "count = 7\nexams")]), "2019-03-02")]);
    let buy = issue_with("2019-03-03", |c| {
        c.agreement = Some(id("g"));
        c.order = super::testing::order(2);
    });
    let given = pack.with(&[(buy, "2019-03-03")]);
    let entitlement = crate::EntitlementId::of_order(&super::testing::order(2), 1);
    let known = given.known(&Expire { entitlement }.into());
    let (before, after) = published(&given, &amend("2019-04-30"), "2019-05-01").before_and_after(known);
    let mut impact = Impact::default();
    for _ in 0..2 {
        impact.add(&before, &after, t("2019-05-01"));
    }
    assert_eq!((impact.compared, impact.ended_at_once.count), (14, 14));
    let units: Vec<_> = impact.ended_at_once.examples.iter().map(|right| right.unit).collect();
    assert_eq!(units, [1, 2, 3]);
}

//! Promises of delivery: clocks between steps, in hours or in business days by a named calendar.

use super::testing::{Does, Ledger, Refused, RefusedBy, Warns, check, edge, facts, t};
use super::testing_words::{OFFER, exam, first, issue, publish, revoke, schedule, step, vary};
use crate::{Command, Event, Expire, PublishCalendar, RevokeReason};

const BOUGHT: &str = "2019-12-20T10:00Z";
const CLOCKS: &str = r#"
business_days = "office"

[[clock]]
name = "confirmation"
from = "processed"
to = "confirmed"
within = "PT48H"
clause = "S3-17"

[[clock]]
name = "codes"
from = "billed"
to = "codes-sent"
within = "P10B"
clause = "S3-18"

[[clock]]
name = "notice"
from = "purchase"
to = "noticed"
within = "PT24H"
clause = "S3-27"
"#;
const CALENDAR: &str = r#"
[calendar]
id = "office"
version = 1
weekend = ["saturday", "sunday"]
holidays = [2019-12-25, 2020-01-01]
"#;

fn bought() -> Ledger {
    let source = OFFER.to_owned() + CLOCKS;
    Ledger::new(&[
        (PublishCalendar { source: CALENDAR.to_owned() }.into(), "2019-01-01"),
        (publish(&source), "2019-01-01"),
        (issue(BOUGHT), BOUGHT),
    ])
}

fn expire() -> Command {
    Expire { entitlement: first() }.into()
}

#[test]
fn an_order_is_confirmed_within_48_hours_of_processing() {
    let given =
        bought().with(&[(step("noticed", None), BOUGHT), (step("processed", None), "2019-12-21T10:00Z")]);
    let due = "2019-12-23T10:00:00Z";
    assert_eq!(given.next_due().as_deref(), Some(due));
    edge(&given, due, |at| (expire(), at), RefusedBy("due", "R1"), Does(&["DeliveryOverdue"]));
    check(&given, (step("confirmed", None), due), Warns("S3-17", "confirmation was due before"));
    let in_time = given.decide(&step("confirmed", None), t(due).plus_millis(-1)).unwrap();
    assert!(in_time.warnings.is_empty());
}

#[test]
fn codes_arrive_within_ten_business_days_of_billing() {
    let given =
        bought().with(&[(step("noticed", None), BOUGHT), (step("billed", None), "2019-12-20T11:00Z")]);
    // Ten business days from a Friday before two holidays: 7 January, that day inside.
    edge(&given, "2020-01-08T00:00:00Z", |at| (expire(), at), Refused("due"), Does(&["DeliveryOverdue"]));
    check(&given, (step("codes-sent", None), "2020-01-08"), Warns("S3-18", "codes was due before"));
}

#[test]
fn an_order_counts_by_the_calendar_that_it_was_sold_with() {
    let more =
        CALENDAR.replace("version = 1", "version = 2").replace("2020-01-01]", "2020-01-01, 2020-01-06]");
    let publish = |source: &str| Command::from(PublishCalendar { source: source.to_owned() });
    check(&bought(), (publish(CALENDAR), "2019-12-21"), Refused("new-version"));
    let given = bought().with(&[
        (step("noticed", None), BOUGHT),
        (step("billed", None), "2019-12-20T11:00Z"),
        (publish(&more), "2019-12-21"),
    ]);
    assert_eq!(given.next_due().as_deref(), Some("2020-01-08T00:00:00Z"));
    // What ran out by the version before is not taken back; and that one does not come again.
    check(&given, (publish(CALENDAR), "2019-12-22"), Refused("new-version"));
    let overdue = bought().with(&[
        (step("noticed", None), BOUGHT),
        (step("billed", None), "2019-12-20T11:00Z"),
        (expire(), "2020-01-08"),
    ]);
    check(&overdue.with(&[(publish(&more), "2020-01-08T01:00Z")]), (expire(), "2020-01-09"), Refused("due"));
}

#[test]
fn a_site_pack_s_notice_comes_within_24_hours() {
    edge(&bought(), "2019-12-21T10:00:00Z", |at| (expire(), at), Refused("due"), Does(&["DeliveryOverdue"]));
}

#[test]
fn a_clock_that_ran_out_is_put_on_record_once_and_can_still_be_stopped() {
    let given = bought().with(&[(expire(), "2019-12-21T10:00Z")]);
    check(&given, (expire(), "2019-12-22"), Refused("due"));
    check(&given, (step("noticed", None), "2019-12-22"), Warns("S3-27", "notice was due before"));
}

#[test]
fn a_promise_that_was_broken_is_on_record_whether_or_not_anybody_looked_in_between() {
    let noticed = |at: &str| (step("noticed", None), at.to_owned());
    for (taken, broken) in [("2019-12-21T09:59:59.999Z", false), ("2019-12-21T10:00:00Z", true)] {
        let (command, at) = noticed(taken);
        let asleep = facts(&bought(), (command.clone(), &at));
        let (overdue, steps): (Vec<_>, Vec<_>) =
            asleep.into_iter().partition(|fact| matches!(fact, Event::DeliveryOverdue(_)));
        assert_eq!((overdue.len(), steps.len()), (usize::from(broken), 1), "{taken}");
        if broken {
            let awake = facts(&bought(), (expire(), &at));
            assert_eq!(overdue, awake, "the same fact, whoever puts it there");
            let seen = bought().with(&[(expire(), &at)]);
            check(&seen, (command.clone(), "2019-12-26"), Does(&["StepTaken"]));
        }
        let after = bought().with(&[(command, &at)]);
        check(&after, (expire(), "2019-12-26"), Refused("due"));
        assert_eq!(after.entitlement(1).overdue, if broken { vec!["notice"] } else { Vec::new() });
    }
}

#[test]
fn steps_may_come_in_any_order() {
    let confirmed = (step("confirmed", Some(t("2019-12-24"))), "2019-12-25");
    let processed = |at| (step("processed", Some(t(at))), "2019-12-25");
    for (at, overdue) in [("2019-12-21T10:00Z", vec!["confirmation"]), ("2019-12-23", Vec::new())] {
        for steps in [[confirmed.clone(), processed(at)], [processed(at), confirmed.clone()]] {
            let given = bought().with(&[(step("noticed", None), BOUGHT)]).with(&steps);
            assert_eq!(given.entitlement(1).overdue, overdue, "{at}");
        }
    }
}

#[test]
fn an_order_that_was_taken_back_whole_is_owed_nothing_more() {
    let due = t("2019-12-21T10:00:00Z");
    for (millis, broken) in [(-1, false), (0, true), (1, true)] {
        let at = due.plus_millis(millis).to_string();
        let given = bought().with(&[(revoke(RevokeReason::Chargeback), &at)]);
        assert_eq!(given.next_due().is_some(), broken, "{at}");
        check(
            &given,
            (expire(), "2019-12-26"),
            if broken { Does(&["DeliveryOverdue"]) } else { Refused("due") },
        );
        let late = given.decide(&step("noticed", None), t("2019-12-26")).unwrap();
        assert_eq!((late.warnings.len(), late.events.len()), if broken { (1, 2) } else { (0, 1) }, "{at}");
    }
}

#[test]
fn an_order_that_was_used_in_part_is_owed_what_was_promised() {
    let pair = vary(OFFER, &[("count = 1\nexams", "count = 2\nexams")]) + CLOCKS;
    let given = Ledger::new(&[
        (exam("x", "pro"), "2019-01-01"),
        (PublishCalendar { source: CALENDAR.to_owned() }.into(), "2019-01-01"),
        (publish(&pair), "2019-01-01"),
        (issue(BOUGHT), BOUGHT),
        (schedule("2019-12-20T12:00Z"), "2019-12-20T11:00Z"),
        (revoke(RevokeReason::Chargeback), "2019-12-20T13:00Z"),
    ]);
    edge(&given, "2019-12-21T10:00:00Z", |at| (expire(), at), Refused("due"), Does(&["DeliveryOverdue"]));
}

#[test]
fn a_step_may_be_reported_later_and_counts_from_when_it_was_taken() {
    let taken = |at: &str| step("noticed", Some(t(at)));
    let on_time = bought().decide(&taken("2019-12-21T09:00Z"), t("2019-12-25")).unwrap();
    assert!(on_time.warnings.is_empty());
    check(&bought(), (taken("2019-12-26"), "2019-12-25"), Refused("step-taken"));
    check(&bought(), (step("packed", None), "2019-12-25"), Refused("step-known"));
    let given = bought().with(&[(step("noticed", None), BOUGHT)]);
    check(&given, (step("noticed", None), "2019-12-25"), Does(&["CommandRepeated"]));
    check(&given, (step("purchase", None), "2019-12-25"), Does(&["CommandRepeated"]));
}

#[test]
fn an_offer_that_counts_business_days_needs_its_calendar() {
    let source = OFFER.to_owned() + CLOCKS;
    let given = Ledger::new(&[(publish(&source), "2019-01-01")]);
    check(&given, (issue(BOUGHT), BOUGHT), RefusedBy("known-calendar", "R16"));
    check(
        &Ledger::default(),
        (publish(&source), "2019-01-01"),
        Warns("R16", "publish it before the first order"),
    );
    let carried = Ledger::new(&[(publish(&(source + CALENDAR)), "2019-01-01")]);
    check(&carried, (issue(BOUGHT), BOUGHT), Does(&["VoucherIssued", "CodeMinted"]));
}

#[test]
fn a_deadline_may_count_business_days_too() {
    let source = vary(OFFER, &[("\nsit_by = \"purchase + P12M\"", "\nsit_by = \"purchase + P5B\"")]);
    let given = Ledger::new(&[
        (super::testing_words::exam("x", "pro"), "2019-01-01"),
        (publish(&(source + "\nbusiness_days = \"office\"\n" + CALENDAR)), "2019-01-01"),
        (issue(BOUGHT), BOUGHT),
    ]);
    let ask = |at| (super::testing_words::schedule(at), t("2019-12-21"));
    edge(&given, "2019-12-31T00:00:00Z", ask, super::testing::Accepted, Refused("sit-by"));
}

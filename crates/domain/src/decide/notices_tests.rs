//! Notices: when each falls due, for which end, and when none is given.

use super::testing::{Accepted, Does, Ledger, Refused, check, edge, facts, t};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, agreement, amend, assign, cancel, cancel_by_provider, exam, failed,
    first, give_to, issue, issue_with, longer, offer, passed, practice_test, publish, refund, schedule,
    schedule_with, vary,
};
use crate::{Command, Event, Expire, Gift, PublishCalendar};

const NOTICES: (&str, &str) = ("[sale]", "notices = [\"P30D\", \"P7D\"]\n\n[sale]");
const BOUGHT: &str = "2019-09-01T10:00Z";
/// The first instant at which the right is gone, and those of its notices.
const END: &str = "2020-09-02T00:00:00Z";
const MONTH_AHEAD: &str = "2020-08-03T00:00:00Z";
const WEEK_AHEAD: &str = "2020-08-26T00:00:00Z";

fn expire() -> Command {
    Expire { entitlement: first() }.into()
}

fn bought(changes: &[(&str, &str)]) -> Ledger {
    bought_at(BOUGHT, changes)
}

fn bought_at(at: &str, changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (offer(&[&[NOTICES], changes].concat()), "2001-01-01"),
        (issue(at), at),
    ])
}

/// The notices that a sweep gives: unit, period, and the end that they are of.
#[track_caller]
fn given(ledger: &Ledger, at: &str) -> Vec<(u16, String, String)> {
    let notice = |fact| match fact {
        Event::EndsSoon(e) => Some((e.unit, e.before.to_string(), e.ends_at.to_string())),
        _ => None,
    };
    facts(ledger, (expire(), at)).into_iter().filter_map(notice).collect()
}

fn one(before: &str, end: &str) -> Vec<(u16, String, String)> {
    vec![(1, before.to_owned(), end.to_owned())]
}

#[test]
fn a_notice_falls_due_its_period_before_the_end() {
    let given = bought(&[]);
    assert_eq!(given.next_due().as_deref(), Some(MONTH_AHEAD));
    edge(&given, MONTH_AHEAD, |at| (expire(), at), Refused("due"), Does(&["EndsSoon"]));
    let given = given.with(&[(expire(), MONTH_AHEAD)]);
    assert_eq!(given.next_due().as_deref(), Some(WEEK_AHEAD));
    edge(&given, WEEK_AHEAD, |at| (expire(), at), Refused("due"), Does(&["EndsSoon"]));
    let given = given.with(&[(expire(), WEEK_AHEAD)]);
    assert_eq!(given.next_due().as_deref(), Some(END));
    edge(&given, END, |at| (expire(), at), Refused("due"), Does(&["Expired"]));
}

#[test]
fn it_says_of_which_end_it_is_and_by_which_clause() {
    let fact = facts(&bought(&[]), (expire(), "2020-08-04")).remove(0);
    let Event::EndsSoon(e) = fact else { panic!("{fact:?}") };
    assert_eq!((e.unit, e.ends_at, e.notice_at), (1, t(END), t(MONTH_AHEAD)));
    assert_eq!(
        (e.before.to_string().as_str(), e.rule.name(), e.clause.as_str()),
        ("P30D", "register-by", "R2")
    );
}

#[test]
fn after_an_outage_the_most_urgent_stands_for_all() {
    let asleep = bought(&[]);
    edge(&asleep, WEEK_AHEAD, |at| (expire(), at), Does(&["EndsSoon"]), Does(&["EndsSoon"]));
    assert_eq!(given(&asleep, "2020-08-25T23:59:59.999Z"), one("P30D", END));
    assert_eq!(given(&asleep, WEEK_AHEAD), one("P7D", END));
    check(&asleep.with(&[(expire(), WEEK_AHEAD)]), (expire(), "2020-09-01"), Refused("due"));
}

#[test]
fn once_the_end_has_passed_there_is_none() {
    edge(&bought(&[]), END, |at| (expire(), at), Does(&["EndsSoon"]), Does(&["Expired"]));
    check(&bought(&[]).with(&[(expire(), END)]), (expire(), "2021-01-01"), Refused("due"));
}

#[test]
fn who_buys_with_less_than_that_left_is_not_told() {
    let until = &[("purchase + P12M", "earliest(purchase + P12M, 2020-01-31)")][..];
    // The right is gone on 1 February, and thirty days before that is 2 January.
    let before = bought_at("2020-01-01T23:59:59.999Z", until);
    assert_eq!(before.next_due().as_deref(), Some("2020-01-02T00:00:00Z"));
    for at in ["2020-01-02T00:00:00Z", "2020-01-10T10:00Z"] {
        assert_eq!(bought_at(at, until).next_due().as_deref(), Some("2020-01-25T00:00:00Z"), "{at}");
    }
    assert_eq!(bought_at("2020-01-28", until).next_due().as_deref(), Some("2020-02-01T00:00:00Z"));
}

#[test]
fn an_end_that_moves_has_notices_of_its_own() {
    let told = bought(&[]).with(&[(expire(), WEEK_AHEAD), (longer("2020-12-31"), "2020-08-27")]);
    let end = "2021-01-01T00:00:00Z";
    assert_eq!(told.next_due().as_deref(), Some("2020-12-02T00:00:00Z"));
    assert_eq!(given(&told, "2020-12-02"), one("P30D", end));
    // A gift that comes when the notice of the new end was over already calls for the next one alone.
    let short = bought(&[]).with(&[(expire(), WEEK_AHEAD), (longer("2020-09-20"), "2020-08-27")]);
    assert_eq!(short.next_due().as_deref(), Some("2020-09-14T00:00:00Z"));
    assert_eq!(given(&short, "2020-09-14"), one("P7D", "2020-09-21T00:00:00Z"));
    // One that brings back what had ended is a new end as well.
    let back = bought(&[]).with(&[(expire(), END), (longer("2020-12-31"), "2020-10-01")]);
    assert_eq!(given(&back, "2020-12-30"), one("P7D", end));
}

#[test]
fn a_retake_is_told_of_its_own_end() {
    let own = "register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
    let sixty = "register_by = \"result-recorded + P60D\", sit_by = \"result-recorded + P60D\" }";
    let given = bought(&[(own, sixty)])
        .with(&[(schedule("2019-10-01T09:00Z"), "2019-09-10"), (failed(), "2019-10-01T12:00Z")]);
    // Sixty days from 1 October is 30 November, that day inside.
    edge(&given, "2019-11-01T00:00:00Z", |at| (expire(), at), Refused("due"), Does(&["EndsSoon"]));
    // In place of one whose result came later, less is left than the notice asks for.
    let fourteen = sixty.replace("P60D", "P14D");
    let given = bought(&[(own, &fourteen)])
        .with(&[(schedule("2019-10-01T09:00Z"), "2019-09-10"), (failed(), "2019-10-01T12:00Z")]);
    assert_eq!(given.next_due().as_deref(), Some("2019-10-09T00:00:00Z"));
}

#[test]
fn an_end_that_goes_and_comes_back_is_told_once() {
    let later = &[("\nsit_by = \"purchase + P12M\"", "\nsit_by = \"purchase + P13M\"")][..];
    let told = bought(later).with(&[(expire(), MONTH_AHEAD), (schedule("2020-09-20"), "2020-08-10")]);
    assert_ne!(told.next_due().as_deref(), Some(WEEK_AHEAD), "registered, it ends later");
    let back = told.with(&[(cancel(), "2020-08-20")]);
    assert_eq!(back.next_due().as_deref(), Some(WEEK_AHEAD));
    // Given back when the week's notice was over: the end is not new, but it was another one at that time.
    let late = told.with(&[(cancel_by_provider(), "2020-08-28")]);
    assert_eq!(late.next_due().as_deref(), Some(END));
}

#[test]
fn what_gives_nothing_any_more_has_no_notice() {
    let sat = || bought(&[]).with(&[(schedule("2019-10-01T09:00Z"), "2019-09-10")]);
    for over in
        [sat().with(&[(passed(), "2019-10-01T12:00Z")]), bought(&[]).with(&[(refund(), "2019-09-05")])]
    {
        assert_eq!(over.next_due(), None);
        check(&over, (expire(), MONTH_AHEAD), Refused("due"));
    }
    let endless = bought(&[("purchase + P12M", "none")]);
    assert_eq!(endless.next_due(), None);
}

#[test]
fn the_terms_count_back_in_their_zone() {
    let tokyo = &[("time_zone = \"UTC\"", "time_zone = \"Asia/Tokyo\"")];
    // The last day is 1 September in Tokyo, and thirty days before its end is 3 August there.
    let given = bought(tokyo);
    edge(&given, "2020-08-02T15:00:00Z", |at| (expire(), at), Refused("due"), Does(&["EndsSoon"]));
    // Across the end of summer time, a day is a day and hours are hours.
    for (before, due_at) in [("P7D", "2020-10-24T22:00:00Z"), ("PT168H", "2020-10-24T23:00:00Z")] {
        let berlin = &[
            ("time_zone = \"UTC\"", "time_zone = \"Europe/Berlin\""),
            ("\"P30D\", \"P7D\"", &format!("\"{before}\"")),
            ("purchase + P12M", "2020-10-31"),
        ];
        assert_eq!(bought(berlin).next_due().as_deref(), Some(due_at), "{before}");
    }
}

#[test]
fn business_days_are_counted_back_by_the_calendar() {
    let calendar = "[calendar]\nid = \"office\"\nversion = 1\nweekend = [\"saturday\", \"sunday\"]\n\
                    holidays = [2020-08-31]\n";
    let source = vary(OFFER, &[NOTICES, ("\"P30D\", \"P7D\"", "\"P3B\"")]) + "business_days = \"office\"\n";
    let given = Ledger::new(&[
        (PublishCalendar { source: calendar.to_owned() }.into(), "2001-01-01"),
        (publish(&source), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ]);
    // Wednesday 2 September less Tuesday, a holiday, a weekend, Friday and Thursday.
    edge(&given, "2020-08-27T00:00:00Z", |at| (expire(), at), Refused("due"), Does(&["EndsSoon"]));
}

#[test]
fn each_unit_of_a_bundle_is_told_of_its_own_end() {
    let given = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (practice_test("p", &[]), "2001-01-01"),
        (offer(&[NOTICES, PRACTICE_TEST]), "2001-01-01"),
        (issue(BOUGHT), BOUGHT),
    ]);
    check(&given, (expire(), MONTH_AHEAD), Does(&["EndsSoon", "EndsSoon"]));
    let in_use = given.with(&[(activate(2, Some("p")), "2019-12-01")]);
    // Thirty days of use: the month's notice comes on the day after, and the week's on 25 December.
    assert_eq!(
        self::given(&in_use, "2019-12-25"),
        vec![(2, "P7D".to_owned(), "2020-01-01T00:00:00Z".to_owned())]
    );
}

#[test]
fn a_move_of_the_end_that_is_not_this_right_s_changes_no_notice() {
    let until = &[("agreement = \"none\"", "agreement = [\"volume\"]"), ("purchase + P12M", "agreement-end")];
    let under = |extra: &[(Command, &str)]| {
        let given = Ledger::new(&[
            (exam("x", "pro"), "2001-01-01"),
            (offer(&[&[NOTICES], &until[..]].concat()), "2001-01-01"),
            (agreement("2019-07-01", "2020-06-30"), "2019-07-01"),
            (issue_with(BOUGHT, |c| c.agreement = "g".parse().ok()), BOUGHT),
        ]);
        given.with(extra)
    };
    assert_eq!(under(&[]).next_due().as_deref(), Some("2020-06-01T00:00:00Z"));
    let moved = under(&[(amend("2020-12-31"), "2020-06-10")]);
    assert_eq!(moved.next_due().as_deref(), Some("2020-12-02T00:00:00Z"));
    // Shortened, so that the month's notice lies behind: the week's is the first that can be given.
    let shorter = under(&[(amend("2020-03-31"), "2020-03-15")]);
    assert_eq!(shorter.next_due().as_deref(), Some("2020-03-25T00:00:00Z"));
}

#[test]
fn a_right_that_runs_from_its_assignment_is_told_from_then_on() {
    let from_assignment = &[("register_by = \"purchase + P12M\"", "register_by = \"assignment + P20D\"")];
    let given = bought(from_assignment).with(&[(assign("ann"), "2019-10-01T10:00Z")]);
    // It ends on 22 October; thirty days before, it was not assigned.
    assert_eq!(given.next_due().as_deref(), Some("2019-10-15T00:00:00Z"));
    check(
        &given.with(&[(expire(), "2019-10-16")]),
        (schedule_with("2019-10-20", |_| {}), "2019-10-17"),
        Accepted,
    );
}

#[test]
fn a_gift_that_moves_no_end_calls_for_no_notice_again() {
    let told = bought(&[]).with(&[(expire(), WEEK_AHEAD)]);
    let given = told.with(&[(give_to(super::testing::voucher(1, 1), Gift::ExtraAttempt), "2020-08-28")]);
    check(&given, (expire(), "2020-09-01"), Refused("due"));
}

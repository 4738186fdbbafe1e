//! Licensing agreements: who may order, months that remain, and the end of the order that came first.

use super::testing::{Accepted, Does, Ledger, Refused, check, edge, facts, id, order, t};
use super::testing_words::{
    OFFER, agreement, agreement_with, amend, exam, exam_with, issue_with, publish, schedule, vary,
};
use crate::{Command, Event, Grandfather, Timestamp, WithdrawOffer};

const UNDER: (&str, &str) = ("agreement = \"none\"", "agreement = [\"volume\"]");
const TO_ITS_END: (&str, &str) = ("purchase + P12M", "agreement-end");

fn licensed(changes: &[(&str, &str)]) -> Ledger {
    let source = vary(&vary(OFFER, &[UNDER]), changes);
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&source), "2001-01-01"),
        (agreement("2019-01-01", "2019-12-31"), "2019-01-01"),
    ])
}

fn buy(purchased_at: &str) -> Command {
    issue_with(purchased_at, |c| c.agreement = Some(id("g")))
}

fn buy_line(line: u32, purchased_at: &str) -> Command {
    issue_with(purchased_at, |c| {
        c.agreement = Some(id("g"));
        c.order = order(line);
    })
}

fn buys_at(purchased_at: Timestamp) -> (Command, Timestamp) {
    (
        issue_with("2019-01-01", |c| (c.agreement, c.purchased_at) = (Some(id("g")), Some(purchased_at))),
        purchased_at,
    )
}

#[test]
fn orders_stand_under_an_agreement_of_a_kind_that_runs() {
    let given = licensed(&[]);
    edge(&given, "2019-01-01T00:00:00Z", buys_at, Refused("agreement-runs"), Accepted);
    edge(&given, "2020-01-01T00:00:00Z", buys_at, Accepted, Refused("agreement-runs"));
    check(&given, (super::testing_words::issue("2019-03-01"), "2019-03-01"), Refused("under-agreement"));
    let unknown = issue_with("2019-03-01", |c| c.agreement = Some(id("h")));
    check(&given, (unknown, "2019-03-01"), Refused("known-agreement"));
    let other = Ledger::new(&[
        (publish(&vary(OFFER, &[UNDER])), "2001-01-01"),
        (agreement_with("2019-01-01", "2019-12-31", |c| c.programme = id("academic")), "2019-01-01"),
    ]);
    check(&other, (buy("2019-03-01"), "2019-03-01"), Refused("under-agreement"));
}

#[test]
fn an_agreement_s_buyer_brings_its_facts() {
    let source = vary(OFFER, &[UNDER, ("combinable = true", "combinable = true\nbuyer = [\"accredited\"]")]);
    let with = |facts: &[&str]| {
        let facts: Vec<_> = facts.iter().map(|fact| id(fact)).collect();
        Ledger::new(&[
            (publish(&source), "2001-01-01"),
            (agreement_with("2019-01-01", "2019-12-31", |c| c.buyer = facts), "2019-01-01"),
        ])
    };
    check(&with(&["accredited"]), (buy("2019-03-01"), "2019-03-01"), Accepted);
    check(&with(&[]), (buy("2019-03-01"), "2019-03-01"), Refused("buyer-qualifies"));
}

#[test]
fn unused_codes_end_with_the_contract() {
    let given = licensed(&[TO_ITS_END]).with(&[(buy("2019-03-01"), "2019-03-01")]);
    edge(&given, "2020-01-01T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("register-by"));
}

#[test]
fn an_amended_agreement_moves_live_vouchers() {
    let given = licensed(&[TO_ITS_END]).with(&[(buy("2019-03-01"), "2019-03-01")]);
    let longer = given.with(&[(amend("2020-06-30"), "2019-12-31T23:59:59.999Z")]);
    edge(&longer, "2020-07-01T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("register-by"));
    let shorter = given.with(&[(amend("2019-06-30"), "2019-04-01")]);
    edge(&shorter, "2019-07-01T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("register-by"));
}

#[test]
fn an_amended_agreement_does_not_revive_what_had_ended() {
    let given = licensed(&[TO_ITS_END]).with(&[(buy("2019-03-01"), "2019-03-01")]);
    for at in ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.001Z", "2020-02-01T00:00:00Z"] {
        let amended = given.with(&[(amend("2020-06-30"), at)]);
        check(&amended, (schedule("2020-05-01"), "2020-03-01"), Refused("register-by"));
        // What is ordered from then on has the new end.
        let later = amended.with(&[(buy_line(2, "2020-03-01"), "2020-03-01")]);
        let second =
            super::testing_words::schedule_with("2020-05-01", |c| c.voucher = super::testing::voucher(2, 1));
        check(&later, (second, "2020-03-02"), Accepted);
    }
}

#[test]
fn a_contract_that_was_shortened_and_lengthened_again_revives_nothing() {
    let given = licensed(&[TO_ITS_END]).with(&[
        (buy("2019-03-01"), "2019-03-01"),
        (amend("2019-06-30"), "2019-04-01"),
        (amend("2019-12-31"), "2019-08-01"),
    ]);
    check(&given, (schedule("2019-10-01"), "2019-09-01"), Refused("register-by"));
}

#[test]
fn dates_come_in_order_and_an_agreement_is_opened_once() {
    let given = licensed(&[]);
    check(&given, (agreement("2019-01-01", "2020-12-31"), "2019-02-01"), Refused("new-version"));
    check(&given, (amend("2018-12-31"), "2019-02-01"), Refused("dates-in-order"));
    check(&given, (amend("2019-01-01"), "2019-02-01"), Accepted);
    check(
        &Ledger::default(),
        (agreement("2019-01-02", "2019-01-01"), "2019-01-01"),
        Refused("dates-in-order"),
    );
    check(&Ledger::default(), (amend("2019-01-01"), "2019-01-01"), Refused("known-agreement"));
}

#[test]
fn cost_and_benefits_are_prorated_to_the_months_that_remain() {
    let given = licensed(&[("proration = \"none\"", "proration = \"P12M\""), TO_ITS_END]);
    for (purchased_at, left) in [
        ("2019-01-01T00:00Z", 12),
        ("2019-01-31T00:00Z", 12),
        ("2019-02-01T00:00Z", 11),
        ("2019-03-15T00:00Z", 10),
        ("2019-12-01T00:00Z", 1),
        ("2019-12-31T23:59Z", 1),
    ] {
        let Event::VoucherIssued(issued) = facts(&given, (buy(purchased_at), purchased_at)).remove(0) else {
            panic!()
        };
        assert_eq!(issued.prorated, Some((left, 12)), "{purchased_at}");
    }
    let Event::VoucherIssued(issued) = facts(&licensed(&[]), (buy("2019-03-15"), "2019-03-15")).remove(0)
    else {
        panic!()
    };
    assert_eq!(issued.prorated, None);
}

#[test]
fn months_that_remain_are_counted_from_the_day_of_purchase() {
    let source = vary(OFFER, &[UNDER, ("proration = \"none\"", "proration = \"P12M\""), TO_ITS_END]);
    for (last_day, purchased_at, left) in [
        ("2020-02-29", "2019-02-28T00:00Z", 13),
        ("2020-02-29", "2020-01-31T00:00Z", 2),
        ("2020-02-29", "2020-02-01T00:00Z", 1),
        ("2020-02-29", "2020-01-29T00:00Z", 2),
        ("2021-12-31", "2019-02-28T00:00Z", 35),
        ("2019-06-14", "2019-03-15T00:00Z", 3),
        ("2019-06-15", "2019-03-15T00:00Z", 4),
    ] {
        let given = Ledger::new(&[
            (publish(&source), "2001-01-01"),
            (agreement("2019-01-01", last_day), "2019-01-01"),
        ]);
        let Event::VoucherIssued(issued) = facts(&given, (buy(purchased_at), purchased_at)).remove(0) else {
            panic!()
        };
        assert_eq!(issued.prorated, Some((left, 12)), "{purchased_at} to {last_day}");
    }
}

const SUBSCRIPTION: (&str, &str) = (
    "[rulings]",
    r#"[[benefit]]
kind = "subscription"
count = 1
use_within = "earliest(purchase + P12M, first-order-end)"

[rulings]"#,
);

fn last_of(given: &Ledger, line: u32) -> String {
    let entitlement = given.entitlement(line);
    entitlement.issued.as_ref().unwrap().first_order_last_day.map_or("none".to_owned(), |day| day.to_string())
}

#[test]
fn later_orders_end_when_the_first_twelve_month_order_ends() {
    for (last_day, first_order_end) in [("inclusive", "2020-02-10"), ("exclusive", "2020-02-10")] {
        let source = vary(OFFER, &[UNDER, SUBSCRIPTION, ("\"inclusive\"", &format!("{last_day:?}"))]);
        let given = Ledger::new(&[
            (publish(&source), "2001-01-01"),
            (agreement("2019-01-01", "2021-12-31"), "2019-01-01"),
            (buy_line(2, "2019-02-10T10:00Z"), "2019-02-10T10:00Z"),
            (buy("2019-07-01T10:00Z"), "2019-07-01T10:00Z"),
        ]);
        assert_eq!((last_of(&given, 2).as_str(), last_of(&given, 1).as_str()), ("none", first_order_end));
        let end = if last_day == "inclusive" { "2020-02-11T00:00:00Z" } else { "2020-02-10T00:00:00Z" };
        assert_eq!(given.end(2), Some((end.to_owned(), "use-within")), "{last_day}");
    }
}

#[test]
fn an_order_behind_the_end_of_the_first_begins_anew() {
    let source = vary(OFFER, &[UNDER, SUBSCRIPTION]);
    let begun = Ledger::new(&[
        (publish(&source), "2001-01-01"),
        (agreement("2019-01-01", "2021-12-31"), "2019-01-01"),
        (buy_line(2, "2019-02-10T10:00Z"), "2019-02-10T10:00Z"),
    ]);
    for (at, tied_to) in [("2020-02-10T23:59:59.999Z", "2020-02-10"), ("2020-02-11T00:00:00Z", "none")] {
        let given = begun.with(&[(buy(at), at), (buy_line(3, "2020-05-01"), "2020-05-01")]);
        assert_eq!(last_of(&given, 1), tied_to, "{at}");
        assert_eq!(last_of(&given, 3) == "2021-02-11", tied_to == "none", "{at}");
    }
}

#[test]
fn existing_contracts_go_on_when_a_product_is_no_longer_sold() {
    for (grandfather, then) in
        [(Grandfather::OpenAgreements, Accepted), (Grandfather::Nobody, Refused("still-sold"))]
    {
        let withdraw = WithdrawOffer { offer: id("o"), grandfather };
        let given = licensed(&[]).with(&[(withdraw.into(), "2019-06-01")]);
        check(&given, (buy("2019-07-01"), "2019-07-01"), then);
        let open = agreement_with("2019-01-01", "2020-12-31", |c| c.agreement = id("late"));
        let given = given.with(&[(open, "2019-06-02")]);
        let late = issue_with("2019-07-01", |c| c.agreement = Some(id("late")));
        check(&given, (late, "2019-07-01"), Refused("still-sold"));
    }
}

#[test]
fn codes_are_activated_at_any_time_in_the_term() {
    let given = licensed(&[TO_ITS_END]).with(&[(buy("2019-01-01"), "2019-01-01")]);
    for at in ["2019-01-02", "2019-07-01", "2019-12-31"] {
        check(
            &given,
            (schedule(t(at).plus_millis(1000)), at),
            Does(&["HolderBound", "ExamScheduled", "AttemptBooked"]),
        );
    }
}

#[test]
fn a_deadline_may_hang_on_the_agreement_s_start_or_the_exam_s_retirement() {
    let given = licensed(&[
        ("\nregister_by = \"purchase + P12M\"", "\nregister_by = \"agreement-start + P3M\""),
        ("\nsit_by = \"purchase + P12M\"", "\nsit_by = \"earliest(exam-retirement - P7D, agreement-end)\""),
    ]);
    let given = given.with(&[
        (exam_with("x", |facts| facts.retires_on = Some(id("2019-10-31"))), "2019-01-01"),
        (buy("2019-01-10"), "2019-01-10"),
    ]);
    let registers = |at| (schedule("2019-10-01"), at);
    edge(&given, "2019-04-02T00:00:00Z", registers, Accepted, Refused("register-by"));
    let sits = |at| (schedule(at), t("2019-02-01"));
    edge(&given, "2019-10-25T00:00:00Z", sits, Accepted, Refused("sit-by"));
}

//! Subscription orders of an agreement: later orders end with the first that counts, and one that was taken back counts no more.

use super::testing::{Ledger, Refused, check, facts, id, order};
use super::testing_words::{OFFER, agreement, exam, issue_with, publish, vary};
use crate::{
    Command, EntitlementId, Event, Expire, Issue, OrderMode, Reinstate, ReinstateReason, ReplaceCode, Revoke,
    RevokeReason,
};

/// A subscription of a year, ordered in either mode; the exam beside it lives as long.
fn academy() -> String {
    let changes = [
        ("agreement = \"none\"", "agreement = [\"volume\"]"),
        (
            "proration = \"none\"",
            "proration = \"P12M\"\norder_modes = [\"subscription\", \"prorated\"]\norder_mode_default = \"shorter\"\nearly_orders = \"taken\"",
        ),
        ("purchase + P12M", "earliest(order-end, first-order-end)"),
    ];
    vary(OFFER, &changes)
}

fn opened(source: &str) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(source), "2001-01-01"),
        (agreement("2019-07-01", "2022-06-30"), "2019-06-01"),
    ])
}

fn buy(line: u32, bought_at: &str) -> Command {
    buy_with(line, bought_at, |_| {})
}

fn buy_with(line: u32, bought_at: &str, change: impl FnOnce(&mut Issue)) -> Command {
    issue_with(bought_at, |c| {
        (c.agreement, c.order) = (Some(id("g")), order(line));
        change(c);
    })
}

fn revoke(line: u32, reason: RevokeReason) -> Command {
    Revoke { entitlement: EntitlementId::of_order(&order(line), 1), reason }.into()
}

/// When the order of a line ends, and the months that it notes.
#[track_caller]
fn ends(given: &Ledger, line: u32) -> (String, u16) {
    let months = given.entitlement(line).issued.as_ref().and_then(|issued| issued.prorated).unwrap().0;
    let known = given.known(&Expire { entitlement: EntitlementId::of_order(&order(line), 1) }.into());
    let end = known.rights().next().unwrap().end().unwrap();
    (end.at.to_string(), months)
}

fn at(instant: &str, months: u16) -> (String, u16) {
    (format!("{instant}T00:00:00Z"), months)
}

#[test]
fn later_orders_end_with_the_first_and_note_the_months_that_they_live() {
    let given = opened(&academy()).with(&[
        (buy(1, "2019-08-01T10:00Z"), "2019-08-01T10:00Z"),
        (buy(2, "2020-06-10T10:00Z"), "2020-06-10T10:00Z"),
    ]);
    assert_eq!(ends(&given, 1), at("2020-08-02", 12));
    assert_eq!(ends(&given, 2), at("2020-08-02", 2));
}

#[test]
fn an_order_that_was_taken_back_ties_nothing() {
    for reason in
        [RevokeReason::Chargeback, RevokeReason::Fraud, RevokeReason::Withdrawn, RevokeReason::Refund]
    {
        let given = opened(&academy()).with(&[
            (buy(1, "2019-08-01T10:00Z"), "2019-08-01T10:00Z"),
            (revoke(1, reason), "2019-08-04T10:00Z"),
            (buy(2, "2020-07-28T10:00Z"), "2020-07-28T10:00Z"),
            (buy(3, "2020-08-28T10:00Z"), "2020-08-28T10:00Z"),
        ]);
        assert_eq!(ends(&given, 2), at("2021-07-29", 12), "{reason:?}");
        assert_eq!(ends(&given, 3), at("2021-07-29", 12), "{reason:?}");
    }
}

#[test]
fn the_first_order_that_still_stands_ties() {
    let given = opened(&academy()).with(&[
        (buy(1, "2019-08-01T10:00Z"), "2019-08-01T10:00Z"),
        (buy(2, "2019-08-01T10:00Z"), "2019-08-01T10:00Z"),
        (revoke(1, RevokeReason::Chargeback), "2019-08-04T10:00Z"),
        (buy(3, "2020-03-01"), "2020-03-01"),
        (revoke(2, RevokeReason::Chargeback), "2020-04-01"),
        (buy(4, "2020-05-01"), "2020-05-01"),
    ]);
    // What was sold stays sold: the order that was tied to the first keeps its end.
    assert_eq!(ends(&given, 3), at("2020-08-02", 6));
    assert_eq!(ends(&given, 4), at("2020-08-02", 4));
    let none_left = given.with(&[
        (revoke(3, RevokeReason::Fraud), "2020-05-02"),
        (revoke(4, RevokeReason::Fraud), "2020-05-02"),
        (buy(5, "2020-05-03"), "2020-05-03"),
    ]);
    assert_eq!(ends(&none_left, 5), at("2021-05-04", 12));
}

#[test]
fn an_order_stands_as_long_as_one_of_its_pieces_does() {
    let second_piece = EntitlementId::of_order(&order(1), 2);
    let given = opened(&academy()).with(&[
        (buy_with(1, "2019-08-01", |c| c.quantity = 2), "2019-08-01"),
        (revoke(1, RevokeReason::Chargeback), "2019-08-04"),
    ]);
    let half = given.with(&[(buy(2, "2020-06-10"), "2020-06-10")]);
    assert_eq!(ends(&half, 2), at("2020-08-02", 2));
    let whole = given.with(&[
        (Revoke { entitlement: second_piece, reason: RevokeReason::Chargeback }.into(), "2019-08-05"),
        (buy(2, "2020-06-10"), "2020-06-10"),
    ]);
    assert_eq!(ends(&whole, 2), at("2021-06-11", 12));
}

#[test]
fn a_new_code_changes_no_tie_and_neither_does_the_same_line_again() {
    let given = opened(&academy()).with(&[
        (buy(1, "2019-08-01"), "2019-08-01"),
        (ReplaceCode { voucher: super::testing::voucher(1, 1) }.into(), "2019-08-02"),
        (buy(1, "2019-08-01"), "2019-08-03"),
        (buy(2, "2020-06-10"), "2020-06-10"),
    ]);
    assert_eq!(ends(&given, 2), at("2020-08-02", 2));
}

#[test]
fn after_the_end_of_the_first_order_the_next_begins_a_tie_of_its_own() {
    let given = opened(&academy()).with(&[
        (buy(1, "2019-08-01"), "2019-08-01"),
        (buy(2, "2020-08-01T23:59:59Z"), "2020-08-01T23:59:59Z"),
        (buy(3, "2020-08-02"), "2020-08-02"),
        (buy(4, "2020-09-01"), "2020-09-01"),
    ]);
    assert_eq!(ends(&given, 2), at("2020-08-02", 1));
    assert_eq!(ends(&given, 3), at("2021-08-03", 12));
    assert_eq!(ends(&given, 4), at("2021-08-03", 12));
}

#[test]
fn an_order_that_arrives_late_is_tied_by_when_it_was_bought() {
    let given = opened(&academy()).with(&[
        (buy(2, "2019-10-01"), "2019-10-01"),
        (buy(1, "2019-08-01"), "2019-11-10"),
        (buy(3, "2019-12-01"), "2019-12-01"),
    ]);
    // It was bought before the other, and is tied to nothing; what was sold before it was known stays sold.
    assert_eq!(ends(&given, 1), at("2020-08-02", 12));
    assert_eq!(ends(&given, 2), at("2020-10-02", 12));
    assert_eq!(ends(&given, 3), at("2020-08-02", 9));
    // Bought while the first stood, and reported after that was taken back.
    let late = opened(&academy()).with(&[
        (buy(1, "2019-08-01"), "2019-08-01"),
        (revoke(1, RevokeReason::Fraud), "2019-08-10"),
        (buy(2, "2019-08-05"), "2019-08-12"),
    ]);
    assert_eq!(ends(&late, 2), at("2020-08-02", 12));
}

#[test]
fn an_order_before_the_agreement_is_taken_and_its_term_begins_with_it() {
    let given = opened(&academy()).with(&[
        (buy(1, "2019-06-15"), "2019-06-15"),
        (buy(2, "2019-06-20"), "2019-06-20"),
        (buy(3, "2020-06-10"), "2020-06-10"),
    ]);
    assert_eq!(ends(&given, 1), at("2020-07-02", 12));
    assert_eq!(ends(&given, 2), at("2020-07-02", 12));
    assert_eq!(ends(&given, 3), at("2020-07-02", 1));
    let strict = opened(&academy().replace("early_orders = \"taken\"", ""));
    check(&strict, (buy(1, "2019-06-15"), "2019-06-15"), Refused("agreement-runs"));
}

#[test]
fn a_prorated_order_ends_with_the_agreement_and_ties_nothing() {
    let prorated = |c: &mut Issue| c.mode = Some(OrderMode::Prorated);
    let given = opened(&academy()).with(&[
        (buy_with(1, "2019-08-01", prorated), "2019-08-01"),
        (buy(2, "2019-09-01"), "2019-09-01"),
        (buy_with(3, "2019-10-01", prorated), "2019-10-01"),
    ]);
    assert_eq!(ends(&given, 1), at("2022-07-01", 35));
    assert_eq!(ends(&given, 2), at("2020-09-02", 12));
    assert_eq!(ends(&given, 3), at("2020-09-02", 12));
    let longer = given.with(&[(super::testing_words::amend("2022-12-31"), "2019-11-01")]);
    assert_eq!(ends(&longer, 1), at("2023-01-01", 35));
}

#[test]
fn a_subscription_has_its_full_term_also_where_the_agreement_ends_sooner() {
    let given = opened(&academy());
    let mode = |mode| move |c: &mut Issue| c.mode = mode;
    for (said, settled, end) in [
        (Some(OrderMode::Subscription), OrderMode::Subscription, at("2023-02-11", 12)),
        (Some(OrderMode::Prorated), OrderMode::Prorated, at("2022-07-01", 5)),
        (None, OrderMode::Prorated, at("2022-07-01", 5)),
    ] {
        let bought = given.with(&[(buy_with(1, "2022-02-10", mode(said)), "2022-02-10")]);
        assert_eq!(ends(&bought, 1), end, "{said:?}");
        assert_eq!(bought.entitlement(1).issued.as_ref().unwrap().mode, Some(settled));
    }
}

#[test]
fn an_order_says_its_mode_where_the_offer_leaves_that_to_it() {
    let open = opened(&academy().replace("order_mode_default = \"shorter\"", ""));
    check(&open, (buy(1, "2019-08-01"), "2019-08-01"), Refused("order-mode"));
    let one =
        opened(&academy().replace("order_mode_default = \"shorter\"", "").replace(", \"prorated\"]", "]"));
    let prorated = buy_with(1, "2019-08-01", |c| c.mode = Some(OrderMode::Prorated));
    check(&one, (prorated.clone(), "2019-08-01"), Refused("order-mode"));
    let bought = one.with(&[(buy(1, "2019-08-01"), "2019-08-01")]);
    assert_eq!(ends(&bought, 1), at("2020-08-02", 12));
    let plain = opened(&vary(OFFER, &[("agreement = \"none\"", "agreement = [\"volume\"]")]));
    check(&plain, (prorated, "2019-08-01"), Refused("order-mode"));
    // The same line with another mode says something else.
    let subscribed = opened(&academy()).with(&[(buy(1, "2019-08-01"), "2019-08-01")]);
    let other = buy_with(1, "2019-08-01", |c| c.mode = Some(OrderMode::Prorated));
    check(&subscribed, (other, "2019-08-02"), Refused("order-unchanged"));
}

#[test]
fn a_subscription_of_any_product_ties_the_others() {
    let voucher = academy().replace("id = \"o\"", "id = \"v\"").replace("\"shorter\"", "\"prorated\"");
    let given = opened(&academy()).with(&[(publish(&voucher), "2001-01-01")]);
    let of_v = |c: &mut Issue| (c.offer, c.mode) = (id("v"), Some(OrderMode::Subscription));
    let tied = given.with(&[
        (buy_with(1, "2019-08-01", of_v), "2019-08-01"),
        (buy(2, "2020-06-10"), "2020-06-10"),
        (buy_with(3, "2020-07-10", |c| c.offer = id("v")), "2020-07-10"),
    ]);
    assert_eq!(ends(&tied, 2), at("2020-08-02", 2));
    assert_eq!(ends(&tied, 3), at("2020-08-02", 1));
}

#[test]
fn what_was_taken_back_is_told_to_the_agreement_once() {
    let given = opened(&academy()).with(&[(buy(1, "2019-08-01"), "2019-08-01")]);
    let told = |given: &Ledger| {
        let facts = facts(given, (revoke(1, RevokeReason::Chargeback), "2019-09-01"));
        facts.iter().filter(|fact| matches!(fact, Event::OrderRevoked(_))).count()
    };
    assert_eq!(told(&given), 1);
    assert_eq!(told(&given.with(&[(revoke(1, RevokeReason::Fraud), "2019-08-02")])), 0);
    let prorated = opened(&academy())
        .with(&[(buy_with(1, "2019-08-01", |c| c.mode = Some(OrderMode::Prorated)), "2019-08-01")]);
    assert_eq!(told(&prorated), 0);
}

#[test]
fn an_order_whose_dispute_was_won_ties_again() {
    let reinstate = || Reinstate {
        entitlement: EntitlementId::of_order(&order(1), 1),
        reason: ReinstateReason::DisputeWon,
    };
    let charged = opened(&academy())
        .with(&[(buy(1, "2019-08-01"), "2019-08-01"), (revoke(1, RevokeReason::Chargeback), "2019-08-10")]);
    let given_again = charged.with(&[(reinstate().into(), "2019-09-01")]);
    let of_june = |given: &Ledger| ends(&given.with(&[(buy(2, "2020-06-10"), "2020-06-10")]), 2);
    assert_eq!(of_june(&charged), at("2021-06-11", 12));
    assert_eq!(of_june(&given_again), at("2020-08-02", 2));
    // What was bought while nothing tied keeps its own year, also if that is told later.
    let between = given_again.with(&[(buy(3, "2019-08-20"), "2019-09-02")]);
    assert_eq!(ends(&between, 3), at("2020-08-21", 12));
    // A fraud beside the chargeback stays.
    let fraud =
        charged.with(&[(revoke(1, RevokeReason::Fraud), "2019-08-11"), (reinstate().into(), "2019-09-01")]);
    assert_eq!(of_june(&fraud), at("2021-06-11", 12));
}

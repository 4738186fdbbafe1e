//! What an order line brings with it: a date, contacts, facts that the buyer must have later; and exams paid when they are booked.

use super::testing::{Accepted, Ledger, Refused, RefusedBy, Warns, check, edge, facts, id, t, voucher};
use super::testing_words::{
    OFFER, PRACTICE_TEST, activate, activate_with, agreement, amend_with, exam, failed, issue, issue_with,
    practice_test, publish, schedule, schedule_with, vary,
};
use crate::{Command, Event, Timestamp};

const BOUGHT: &str = "2019-03-01";

fn sold(changes: &[(&str, &str)]) -> Ledger {
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (practice_test("p", &[]), "2001-01-01"),
        (publish(&vary(OFFER, changes)), "2001-01-01"),
    ])
}

const BY_ORDER: (&str, &str) = ("purchase + P12M", "order-date");

fn dated(last_day: &str) -> Command {
    issue_with(BOUGHT, |c| c.valid_until = Some(id(last_day)))
}

#[test]
fn the_date_on_the_order_ends_the_voucher() {
    let given = sold(&[BY_ORDER]).with(&[(dated("2019-05-31"), BOUGHT)]);
    edge(&given, "2019-06-01T00:00:00Z", |at| (schedule(at), t("2019-04-01")), Accepted, Refused("sit-by"));
    edge(&given, "2019-06-01T00:00:00Z", |at| (schedule(at), at), Accepted, Refused("register-by"));
    // Each line of an order has its own.
    let other = issue_with(BOUGHT, |c| {
        (c.order, c.valid_until) = (super::testing::order(2), Some(id("2019-07-31")));
    });
    let given = given.with(&[(other, BOUGHT)]);
    let second = |at: Timestamp| schedule_with(at, |c| c.voucher = voucher(2, 1));
    edge(&given, "2019-08-01T00:00:00Z", |at| (second(at), at), Accepted, Refused("register-by"));
}

#[test]
fn an_order_has_a_date_where_the_offer_takes_it_from_there_and_nowhere_else() {
    let given = sold(&[BY_ORDER, ("[rulings]", "[clauses]\norder-date = \"S1-3\"\n\n[rulings]")]);
    check(&given, (issue(BOUGHT), BOUGHT), RefusedBy("order-date", "S1-3"));
    check(&given, (dated("2019-02-28"), BOUGHT), Refused("order-date"));
    check(&given, (dated(BOUGHT), BOUGHT), Accepted);
    check(&sold(&[]), (dated("2019-05-31"), BOUGHT), Refused("order-date"));
    let bought = given.with(&[(dated("2019-05-31"), BOUGHT)]);
    check(&bought, (dated("2019-06-30"), "2019-03-02"), Refused("order-unchanged"));
    let exclusive = sold(&[BY_ORDER, ("\"inclusive\"", "\"exclusive\"")]);
    check(&exclusive, (dated(BOUGHT), BOUGHT), Refused("order-date"));
}

const AT_SCHEDULING: &[(&str, &str)] = &[
    ("payment = \"either\"", "payment = \"at-scheduling\""),
    ("only_if_paid = false", "only_if_paid = true"),
];

/// A voucher that was paid or free, failed after a registration that said whether it was paid.
fn failed_after(changes: &[(&str, &str)], order_paid: bool, booked_paid: Option<bool>) -> Ledger {
    sold(changes).with(&[
        (issue_with(BOUGHT, |c| c.paid = order_paid), BOUGHT),
        (schedule_with("2019-04-01", |c| c.paid = booked_paid), "2019-03-02"),
        (failed(), "2019-04-01T12:00Z"),
    ])
}

#[test]
fn an_exam_that_is_paid_when_it_is_booked_earns_the_retake() {
    for (order_paid, booked_paid, earns) in [
        (false, Some(true), true),
        (true, Some(false), false),
        (false, Some(false), false),
        (true, Some(true), true),
        (true, None, true),
        (false, None, false),
    ] {
        let given = failed_after(AT_SCHEDULING, order_paid, booked_paid);
        let then = if earns { Accepted } else { Refused("retake-only-if-paid") };
        check(&given, (schedule("2019-05-01"), "2019-04-02"), then);
    }
    // The retake itself is free, and need not say so.
    let given = failed_after(AT_SCHEDULING, false, Some(true));
    let retake = schedule_with("2019-05-01", |c| c.paid = Some(false));
    check(&given, (retake, "2019-04-02"), Accepted);
}

#[test]
fn elsewhere_the_order_says_whether_it_was_paid() {
    let by_order = &[("only_if_paid = false", "only_if_paid = true")];
    check(
        &failed_after(by_order, false, Some(true)),
        (schedule("2019-05-01"), "2019-04-02"),
        Refused("retake-only-if-paid"),
    );
    check(&failed_after(by_order, true, Some(false)), (schedule("2019-05-01"), "2019-04-02"), Accepted);
}

#[test]
fn a_registration_that_was_given_back_paid_for_nothing() {
    let given = sold(AT_SCHEDULING).with(&[
        (issue_with(BOUGHT, |c| c.paid = false), BOUGHT),
        (schedule_with("2019-04-01", |c| c.paid = Some(true)), "2019-03-02"),
        (super::testing_words::cancel(), "2019-03-03"),
        (schedule_with("2019-04-01", |c| c.paid = Some(false)), "2019-03-04"),
        (failed(), "2019-04-01T12:00Z"),
    ]);
    check(&given, (schedule("2019-05-01"), "2019-04-02"), Refused("retake-only-if-paid"));
}

/// A pack that a school may buy, and use once it is a test centre.
fn for_centres() -> Ledger {
    let source = vary(
        OFFER,
        &[
            ("agreement = \"none\"", "agreement = \"any\"\nbuyer_at_use = [\"test-centre\"]"),
            ("[rulings]", "[clauses]\nbuyer-at-use = \"S3-28\"\n\n[rulings]"),
            PRACTICE_TEST,
        ],
    );
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (practice_test("p", &[]), "2001-01-01"),
        (publish(&source), "2001-01-01"),
        (agreement("2019-01-01", "2020-12-31"), "2019-01-01"),
    ])
}

#[test]
fn a_fact_that_a_use_asks_for_is_a_warning_at_purchase_and_judged_at_use() {
    let buy = || issue_with(BOUGHT, |c| c.agreement = Some(id("g")));
    check(&for_centres(), (buy(), BOUGHT), Warns("S3-28", "until the buyer is: test-centre"));
    let bought = for_centres().with(&[(buy(), BOUGHT)]);
    check(&bought, (schedule("2019-05-01"), "2019-04-01"), RefusedBy("buyer-at-use", "S3-28"));
    check(&bought, (activate(2, Some("p")), "2019-04-01"), RefusedBy("buyer-at-use", "S3-28"));
    let centre = amend_with(|c| c.buyer = Some(vec![id("test-centre")]));
    let became = bought.with(&[(centre, "2019-04-02")]);
    check(&became, (schedule("2019-05-01"), "2019-04-03"), Accepted);
    check(&became, (activate(2, Some("p")), "2019-04-03"), Accepted);
    let said = issue_with(BOUGHT, |c| (c.agreement, c.buyer) = (Some(id("g")), vec![id("test-centre")]));
    check(&for_centres().with(&[(said, BOUGHT)]), (schedule("2019-05-01"), "2019-04-01"), Accepted);
}

#[test]
fn an_activation_that_is_reported_late_counts_from_when_it_was() {
    let given = sold(&[PRACTICE_TEST]).with(&[(issue(BOUGHT), BOUGHT)]);
    let told = |activated_at: &str| activate_with(2, Some("p"), |c| c.activated_at = Some(t(activated_at)));
    let Some(Event::PracticeTestActivated(fact)) =
        facts(&given, (told("2020-02-28T10:00Z"), "2020-03-10")).pop()
    else {
        panic!()
    };
    assert_eq!(fact.ends_at.to_string(), "2020-03-30T00:00:00Z");
    // In time when it was done, whenever it is reported.
    edge(
        &given,
        "2020-03-02T00:00:00Z",
        |at| (activate_with(2, Some("p"), |c| c.activated_at = Some(at)), t("2020-04-01")),
        Accepted,
        Refused("activate-by"),
    );
    check(&given, (told("2019-02-28"), "2019-04-01"), Refused("not-retroactive"));
    check(&given, (told("2019-04-02"), "2019-04-01"), Refused("changed-in-order"));
    let active = given.with(&[(told("2020-02-28T10:00Z"), "2020-03-10")]);
    assert_eq!(active.end(2), Some(("2020-03-30T00:00:00Z".to_owned(), "use-within")));
}

#[test]
fn a_practice_test_is_activated_at_a_provider_of_the_offer() {
    let at = |providers: &str| {
        let test =
            PRACTICE_TEST.1.replace("tests = \"any\"", &format!("tests = \"any\"\nproviders = {providers}"));
        sold(&[("[rulings]", &test)]).with(&[(issue(BOUGHT), BOUGHT)])
    };
    let with =
        |provider: &str| (activate_with(2, Some("p"), |c| c.provider = Some(id(provider))), "2019-04-01");
    let silent = || (activate(2, Some("p")), "2019-04-01");
    check(&at("[\"one\"]"), with("one"), Accepted);
    check(&at("[\"one\"]"), silent(), Accepted);
    check(&at("[\"one\"]"), with("two"), Refused("practice-test-provider"));
    check(&at("[\"one\", \"two\"]"), silent(), Refused("practice-test-provider"));
    check(&at("\"any\""), with("two"), Accepted);
}

#[test]
fn a_refusal_names_who_helps() {
    let given = sold(&[("title = \"An offer\"", "title = \"An offer\"\ncontact = \"help@example.org\"")]);
    let refused = given.decide(&issue_with(BOUGHT, |c| c.quantity = 0), t(BOUGHT)).unwrap_err();
    let help = refused.facts.iter().find(|fact| fact.name == "help");
    assert_eq!(help.map(|fact| fact.value.as_str()), Some("help@example.org"));
    let silent = sold(&[]).decide(&issue_with(BOUGHT, |c| c.quantity = 0), t(BOUGHT)).unwrap_err();
    assert!(silent.facts.iter().all(|fact| fact.name != "help"));
}

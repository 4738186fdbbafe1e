//! Shares of branches: taken back, and what becomes of them when a branch leaves the agreement.

use super::testing::{Accepted, Does, Ledger, Refused, check, id, voucher};
use super::testing_words::{
    OFFER, agreement_with, amend_with, assign, exam, first, issue_with, publish, schedule_with, vary,
};
use crate::{Assign, Command, ShareOut, TakeBackShare, Timestamp};

const BOUGHT: &str = "2019-03-01";

/// A pack of four under an agreement with two branches, two vouchers of it with north.
fn shared(branch_leaves: &str) -> Ledger {
    let changes = [
        ("agreement = \"none\"", "agreement = \"any\""),
        ("kind = \"exam\"\ncount = 1", "kind = \"exam\"\ncount = 4"),
        ("reissue = ", &format!("{branch_leaves}\nreissue = ")),
    ];
    Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (publish(&vary(OFFER, &changes)), "2001-01-01"),
        (
            agreement_with("2019-01-01", "2020-12-31", |c| c.branches = vec![id("north"), id("south")]),
            "2019-01-01",
        ),
        (issue_with(BOUGHT, |c| c.agreement = Some(id("g"))), BOUGHT),
        (share("north", 2), "2019-03-02"),
    ])
}

const RETURNS: &str = "branch_leaves = \"returns\"";

fn share(branch: &str, count: u16) -> Command {
    ShareOut { entitlement: first(), branch: id(branch), count }.into()
}

fn take_back(branch: &str, count: u16) -> Command {
    TakeBackShare { entitlement: first(), branch: id(branch), count }.into()
}

fn branches(names: &[&str]) -> Command {
    amend_with(|c| c.branches = Some(names.iter().map(|name| id(name)).collect()))
}

fn book(unit: u16, branch: Option<&str>) -> Command {
    book_at(unit, branch, None)
}

fn book_at(unit: u16, branch: Option<&str>, booked_at: Option<Timestamp>) -> Command {
    schedule_with("2019-06-01", |c| {
        (c.voucher, c.branch, c.booked_at) = (voucher(1, unit), branch.map(id), booked_at);
    })
}

#[test]
fn a_branch_that_leaves_gives_its_share_back_where_the_offer_says_so() {
    let left = shared(RETURNS).with(&[(branches(&["south"]), "2019-04-01")]);
    check(&left, (book(1, Some("north")), "2019-04-02"), Refused("shared-out"));
    check(&left, (book(1, None), "2019-04-02"), Accepted);
    check(&left, (share("south", 4), "2019-04-02"), Accepted);
    check(&left, (share("south", 5), "2019-04-02"), Refused("share-available"));
    check(&left, (take_back("north", 1), "2019-04-02"), Refused("share-available"));
}

#[test]
fn it_keeps_its_share_where_the_offer_says_nothing_or_so() {
    for ruling in ["", "branch_leaves = \"keeps\""] {
        let left = shared(ruling).with(&[(branches(&["south"]), "2019-04-01")]);
        check(&left, (book(1, Some("north")), "2019-04-02"), Accepted);
        check(&left, (book(1, None), "2019-04-02"), Refused("shared-out"));
        // And what it has not touched can be taken back.
        let back = left.with(&[(take_back("north", 2), "2019-04-02")]);
        check(&back, (book(1, None), "2019-04-03"), Accepted);
        check(&back, (book(1, Some("north")), "2019-04-03"), Refused("shared-out"));
    }
}

#[test]
fn a_branch_that_comes_back_has_what_is_shared_out_to_it_then() {
    let back = shared(RETURNS)
        .with(&[(branches(&["south"]), "2019-04-01"), (branches(&["south", "north"]), "2019-05-01")]);
    check(&back, (book(1, Some("north")), "2019-05-02"), Refused("shared-out"));
    let again = back.with(&[(share("north", 1), "2019-05-02")]);
    check(&again, (book(1, Some("north")), "2019-05-03"), Accepted);
    let gone = again.with(&[(branches(&["south"]), "2019-05-04")]);
    check(&gone, (book(1, Some("north")), "2019-05-05"), Refused("shared-out"));
}

#[test]
fn a_booking_that_is_reported_late_is_judged_by_whose_the_voucher_was() {
    let left = shared(RETURNS).with(&[(branches(&["south"]), "2019-04-01")]);
    let told = |unit, branch, booked_at: &str| (book_at(unit, branch, booked_at.parse().ok()), "2019-04-10");
    check(&left, told(1, Some("north"), "2019-03-20"), Accepted);
    check(&left, told(1, None, "2019-03-20"), Refused("shared-out"));
    check(&left, told(1, Some("north"), "2019-04-02"), Refused("shared-out"));
    check(&left, told(1, None, "2019-03-01T12:00Z"), Accepted);
    let taken = shared("").with(&[(take_back("north", 2), "2019-04-01")]);
    check(&taken, told(1, Some("north"), "2019-03-20"), Accepted);
    check(&taken, told(1, None, "2019-04-05"), Accepted);
}

#[test]
fn what_its_people_hold_goes_on_from_the_pool() {
    let to_ann = Assign { voucher: voucher(1, 1), candidate: id("ann"), branch: Some(id("north")) };
    let left = shared(RETURNS).with(&[(to_ann.into(), "2019-03-10"), (branches(&[]), "2019-04-01")]);
    check(&left, (book(1, Some("north")), "2019-04-02"), Refused("shared-out"));
    check(&left, (book(1, None), "2019-04-02"), Accepted);
    let bob = schedule_with("2019-06-01", |c| c.candidate = id("bob"));
    check(&left, (bob, "2019-04-02"), Refused("holder-matches"));
    check(&left, (assign("bob"), "2019-04-02"), Refused("holder-free"));
}

#[test]
fn only_untouched_vouchers_of_that_branch_are_taken_back() {
    let given = shared("");
    for (branch, count) in [("north", 0), ("north", 3), ("south", 1), ("east", 1)] {
        check(&given, (take_back(branch, count), "2019-03-03"), Refused("share-available"));
    }
    check(&given, (take_back("north", 2), "2019-03-03"), Does(&["SharesTakenBack"]));
    let booked = given.with(&[(book(1, Some("north")), "2019-03-03")]);
    check(&booked, (take_back("north", 2), "2019-03-04"), Refused("share-available"));
    let one = booked.with(&[(take_back("north", 1), "2019-03-04")]);
    check(&one, (share("south", 3), "2019-03-05"), Accepted);
    check(&one, (share("south", 4), "2019-03-05"), Refused("share-available"));
}

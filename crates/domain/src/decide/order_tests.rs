//! Order lines that are issued in several commands: each takes its pieces, and what is issued stays.

use super::testing::{Does, Ledger, Refused, check, facts, id};
use super::testing_words::{OFFER, agreement, issue_with, offer, publish, vary};
use crate::{Command, Event, Issue, Pieces, WithdrawOffer};

const BOUGHT: &str = "2019-01-01";

fn sold() -> Ledger {
    Ledger::new(&[(offer(&[]), "2018-12-01")])
}

/// Some pieces of a line of five, which does not say when it was bought.
fn pieces(first: u16, last: u16) -> Command {
    pieces_with(first, last, |_| {})
}

fn pieces_with(first: u16, last: u16, change: impl FnOnce(&mut Issue)) -> Command {
    issue_with(BOUGHT, |c| {
        (c.quantity, c.pieces, c.purchased_at) = (5, Some(Pieces { first, last }), None);
        change(c);
    })
}

fn whole() -> Command {
    pieces_with(1, 5, |c| c.pieces = None)
}

/// Which pieces a command issues, of how many, and when they were bought.
#[track_caller]
fn issued(given: &Ledger, command: Command, at: &str) -> Vec<(u16, u16, String)> {
    let piece = |fact| match fact {
        Event::VoucherIssued(e) => Some((e.piece, e.pieces, e.purchased_at.to_string())),
        _ => None,
    };
    facts(given, (command, at)).into_iter().filter_map(piece).collect()
}

fn numbers(pieces: &[(u16, u16, String)]) -> Vec<u16> {
    pieces.iter().map(|(piece, ..)| *piece).collect()
}

#[test]
fn a_line_is_issued_piece_by_piece_as_it_was_bought_at_first() {
    let begun = sold().with(&[(pieces(1, 2), BOUGHT)]);
    let rest = issued(&begun, pieces(3, 5), "2019-06-01");
    assert_eq!(numbers(&rest), [3, 4, 5]);
    assert!(rest.iter().all(|(_, of, bought)| *of == 5 && bought == "2019-01-01T00:00:00Z"), "{rest:?}");
}

#[test]
fn what_is_issued_already_is_left_as_it_is() {
    let begun = sold().with(&[(pieces(1, 2), BOUGHT)]);
    assert_eq!(numbers(&issued(&begun, pieces(2, 4), "2019-01-02")), [3, 4]);
    assert_eq!(numbers(&issued(&begun, whole(), "2019-01-02")), [3, 4, 5]);
    check(&begun, (pieces(1, 2), "2019-01-02"), Does(&["CommandRepeated"]));
    check(&begun, (pieces(2, 2), "2019-01-02"), Does(&["CommandRepeated"]));
    let all = begun.with(&[(whole(), "2019-01-02")]);
    for again in [whole(), pieces(1, 5), pieces(4, 5)] {
        check(&all, (again, "2019-01-03"), Does(&["CommandRepeated"]));
    }
}

#[test]
fn pieces_are_pieces_of_their_line_and_the_first_comes_first() {
    let given = sold();
    for (first, last) in [(0, 1), (2, 1), (1, 6), (2, 3), (6, 6)] {
        check(&given, (pieces(first, last), BOUGHT), Refused("pieces-of-order"));
    }
    let begun = given.with(&[(pieces(1, 1), BOUGHT)]);
    for (first, last) in [(0, 2), (3, 2), (2, 6), (6, 7)] {
        check(&begun, (pieces(first, last), BOUGHT), Refused("pieces-of-order"));
    }
    check(
        &begun,
        (pieces(4, 5), BOUGHT),
        Does(&["VoucherIssued", "CodeMinted", "VoucherIssued", "CodeMinted"]),
    );
}

#[test]
fn the_rest_of_a_line_says_the_same_as_its_beginning() {
    let begun = sold().with(&[(pieces(1, 2), BOUGHT)]);
    let other = |change: fn(&mut Issue)| (pieces_with(3, 5, change), "2019-01-02");
    check(&begun, other(|c| c.quantity = 6), Refused("order-unchanged"));
    check(&begun, other(|c| c.paid = false), Refused("order-unchanged"));
    check(&begun, other(|c| c.purchased_at = "2019-01-02".parse().ok()), Refused("order-unchanged"));
    check(&begun, other(|c| c.offer = id("p")), Refused("order-unchanged"));
}

#[test]
fn the_whole_quantity_is_judged_with_every_part_of_it() {
    let given = Ledger::new(&[(offer(&[("quantity_max = \"none\"", "quantity_max = 4")]), "2018-12-01")]);
    check(&given, (pieces(1, 1), BOUGHT), Refused("quantity-max"));
}

#[test]
fn a_line_is_completed_under_the_terms_of_its_beginning_also_when_its_offer_is_gone() {
    let begun = sold().with(&[(pieces(1, 2), BOUGHT)]);
    let pairs = vary(OFFER, &[("count = 1\nexams", "count = 2\nexams")]);
    let gone = begun.with(&[
        (publish(&pairs), "2019-02-01"),
        (WithdrawOffer { offer: id("o"), grandfather: crate::Grandfather::default() }.into(), "2019-03-01"),
    ]);
    let facts = facts(&gone, (whole(), "2019-04-01"));
    let units = |fact: &Event| match fact {
        Event::VoucherIssued(e) => Some(e.units.len()),
        _ => None,
    };
    assert_eq!(facts.iter().filter_map(units).collect::<Vec<_>>(), [1, 1, 1]);
}

#[test]
fn all_of_a_line_ends_with_the_order_that_came_before_it_and_never_with_itself() {
    let subscription = "[[benefit]]\nkind = \"subscription\"\ncount = 1\nuse_within = \"earliest(purchase + P12M, agreement-end)\"\n\n[rulings]";
    let source = vary(
        OFFER,
        &[
            ("agreement = \"none\"", "agreement = [\"volume\"]"),
            ("proration = \"none\"", "proration = \"P12M\""),
            ("purchase + P12M", "agreement-end"),
            ("[rulings]", subscription),
        ],
    );
    let under = |first, last| pieces_with(first, last, |c| c.agreement = Some(id("g")));
    let given = Ledger::new(&[
        (publish(&source), "2018-12-01"),
        (agreement("2018-07-01", "2019-06-30"), "2018-12-01"),
        (under(1, 2), BOUGHT),
        (super::testing_words::amend("2019-12-31"), "2019-01-02"),
    ]);
    let facts = facts(&given, (under(3, 5), "2019-01-03"));
    let mut placed = 0;
    for fact in &facts {
        match fact {
            Event::VoucherIssued(e) => {
                assert_eq!((e.first_order_last_day, e.prorated), (None, Some((6, 12))), "piece {}", e.piece);
            }
            Event::OrderPlaced(e) => {
                assert_eq!((e.entitlements.len(), e.subscription_last_day), (3, None));
                placed += 1;
            }
            _ => {}
        }
    }
    assert_eq!(placed, 1);
}

#[test]
fn a_line_sent_again_with_anything_else_is_refused() {
    let given = sold().with(&[(issue_with(BOUGHT, |_| {}), BOUGHT)]);
    check(&given, (issue_with(BOUGHT, |_| {}), "2019-09-02"), Does(&["CommandRepeated"]));
    let changes: [fn(&mut crate::Issue); 6] = [
        |c| c.holder = Some(id("max")),
        |c| c.tier = Some("gold".to_owned()),
        |c| c.channel = Some(id("web")),
        |c| c.combined_with = vec![id("other")],
        |c| c.region = Some(id("emea")),
        |c| c.exam = Some(id("x")),
    ];
    for change in changes {
        check(&given, (issue_with(BOUGHT, change), "2019-09-02"), Refused("order-unchanged"));
    }
}

//! Tables of deadlines with clauses of their own: which part decides, and what is cited.

use super::*;
use crate::calendar_time::{Anchor, LastDay, Moment, Zone, ZoneClock};

/// What decides a deadline of what was bought on 1 September 2019, in an offer that ends on the last day of the month after.
#[track_caller]
fn check(expr: &str, ends_at: &str, clause: &str) {
    let expr: DeadlineExpr = expr.parse().unwrap();
    let anchors = |anchor| match anchor {
        Anchor::Purchase => Some(Moment::Day("2019-09-01".parse().unwrap())),
        Anchor::OfferEnd => Some(Moment::Day("2019-10-31".parse().unwrap())),
        _ => None,
    };
    let decided = expr.decided_end(&anchors, ZoneClock::compiled_in(Zone::UTC), LastDay::Exclusive, None);
    let told = match decided.resolution {
        Resolution::At(at) => at.to_string()[..10].to_owned(),
        Resolution::Never => "never".to_owned(),
        Resolution::Open => "open".to_owned(),
    };
    assert_eq!((told.as_str(), decided.clause.unwrap_or("none")), (ends_at, clause), "{expr}");
    assert_eq!(expr.to_string().parse(), Ok(expr));
}

#[test]
fn the_part_that_decides_is_cited() {
    check("purchase + P1M", "2019-10-01", "none");
    check("purchase + P1M [A]", "2019-10-01", "A");
    check("earliest(purchase + P1M [A], offer-end [B])", "2019-10-01", "A");
    check("earliest(purchase + P3M [A], offer-end [B])", "2019-10-31", "B");
    check("latest(purchase + P1M [A], offer-end [B])", "2019-10-31", "B");
    check("latest(purchase + P3M [A], offer-end [B])", "2019-12-01", "A");
    check("earliest(purchase + P1M, offer-end [B])", "2019-10-01", "none");
    check("earliest(purchase + P3M, offer-end [B])", "2019-10-31", "B");
}

#[test]
fn of_parts_that_come_to_the_same_the_first_one_written_is_cited() {
    check("earliest(2019-10-31 [A], offer-end [B])", "2019-10-31", "A");
    check("earliest(offer-end [B], 2019-10-31 [A])", "2019-10-31", "B");
    check("latest(2019-10-31 [A], offer-end [B])", "2019-10-31", "A");
    check("latest(offer-end [B], 2019-10-31 [A])", "2019-10-31", "B");
    check("earliest(2019-12-01 [A], offer-end, 2019-10-31 [B])", "2019-10-31", "none");
}

#[test]
fn what_is_not_known_decides_nothing() {
    check("earliest(activation [A], offer-end [B])", "2019-10-31", "B");
    check("earliest(offer-end [B], activation [A])", "2019-10-31", "B");
    check("latest(offer-end [B], activation [A])", "open", "A");
    check("latest(activation [A], agreement-end [B])", "open", "A");
    check("earliest(activation [A], agreement-end [B])", "open", "A");
}

#[test]
fn the_innermost_clause_around_what_decides_is_cited() {
    check("earliest(purchase + P3M, latest(issue, offer-end) [B])", "2019-12-01", "none");
    check("earliest(purchase + P3M, earliest(issue, offer-end) [B])", "2019-10-31", "B");
    check("earliest(purchase + P3M, earliest(purchase + P1M [C], offer-end) [B])", "2019-10-01", "C");
    check(
        "latest(purchase + P1M [A], earliest(offer-end [C], purchase + P3M [D]) [B]) [E]",
        "2019-10-31",
        "C",
    );
    check("latest(purchase + P1M [A], earliest(offer-end, purchase + P3M [D]) [B]) [E]", "2019-10-31", "B");
    check("latest(purchase + P1M [A], earliest(offer-end, purchase + P3M)) [E]", "2019-10-31", "E");
}

#[test]
fn every_clause_is_listed_and_what_stands_inside_one_is_found() {
    let expr: DeadlineExpr = "latest(purchase [A], earliest(offer-end, issue [C]) [B]) [E]".parse().unwrap();
    assert_eq!(expr.clauses(), ["E", "A", "B", "C"]);
    assert_eq!(expr.uncited().to_string(), "latest(purchase [A], earliest(offer-end, issue [C]) [B])");
    assert_eq!(expr.anchors().count(), 3);
    assert!(expr.uncited().uncited().clauses().len() == 3);
}

#[test]
fn an_explanation_names_the_clause_of_each_part_and_of_what_decides() {
    let expr: DeadlineExpr = "earliest(purchase + P1M [A], offer-end [B], 2019-12-24)".parse().unwrap();
    let known = |anchor| (anchor == Anchor::OfferEnd).then(|| Moment::Day("2019-10-31".parse().unwrap()));
    assert_eq!(
        expr.explain_known(&known, ZoneClock::compiled_in(Zone::UTC), LastDay::Inclusive, None),
        "the earliest of [1 month from purchase (not known yet) by A; the end of the offer (2019-10-31) by B; \
         2019-12-24]: the last day is inside; the right ends at the start of the next day (UTC), which is \
         2019-11-01T00:00:00Z, by B"
    );
}

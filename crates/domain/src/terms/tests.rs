//! Offer files: what has to be said, what must not be said two ways, and how a mistake reads.

mod contradictions;
mod explained;
mod mistakes;
mod open_points;
mod publishable;

use super::{OfferError, OfferFile};

/// An offer that uses every part of the vocabulary, one field on a line.
const COMPLETE: &str = r#"
format = 1

[offer]
id = "o"
title = "An offer"
programme = "prog"
time_zone = "UTC"
notices = ["P30D"]
[offer.runs]
from = 2007-09-15
to = 2008-01-31

[sale]
quantity_max = 10
channels = "any"
regions = "any"
agreement = "any"
combinable = false
payment = "paid"
proration = "P12M"

[holder]
bound_at = "scheduling"
per = "pack"
unassign = "until-bound"

[[benefit]]
kind = "exam"
count = 3
not_before = "purchase"
exams = { categories = ["pro"] }
deliveries = "any"
providers = ["provider"]
register_by = "purchase + P12M"
sit_by = "earliest(purchase + P12M, agreement-end)"
[benefit.retake]
count = 1
only_if_paid = true
wait = [{ period = "P1D", counted = "calendar-days", limits = "register" }]
register_by = "offer-end"
sit_by = "exam-sat + P30D"

[[benefit]]
kind = "practice-test"
count = 1
tests = "any"
activate_by = "purchase + P1Y"
lasts = "P30D"

[[benefit]]
kind = "library"
count = 1
activate_by = "agreement-end"
use_within = "agreement-end"

[[benefit]]
kind = "subscription"
count = 1
use_within = "purchase + P1Y"

[rulings]
last_day = "inclusive"
late_result = "accept-if-sat-in-time"
no_show = "forfeit"
technical_fault = "return"
invalidated = "forfeit"
same_exam = "or-successor"
eligibility_at = "first-schedule"
practice_test_runs = "past-exam-deadline"
reissue = "same-rights"
extension = "moves-live"
terms_in_force = "purchase"
correction = "regrant"
refund_until = "purchase + P14D"
business_days = "office"
goodwill = { reasons = ["illness"], approver = "optional", revives = "ended" }
[rulings.cancellation]
cut_off = "PT24H"
late = "forfeit"
[rulings.open_registrations]
max = 1
over = "pack"

[[clock]]
name = "codes"
from = "billed"
to = "codes-sent"
within = "P10B"
clause = "S3-18"

[policy]
time_zone = "UTC"
counts = ["sat"]
same_exam = "exact"
wait = [{ period = "PT24H", counted = "exact", limits = "sit" }]
caps = [{ max = 5, window = "P12M", from = "first-attempt" }]
lock_after_pass = "none"
beta_once = true

[calendar]
id = "office"
version = 1
weekend = ["saturday", "sunday"]
holidays = []
"#;

/// The file without the `nth` line (from 0) that begins so.
fn without(line: &str, nth: usize) -> String {
    let mut seen = 0;
    let kept = COMPLETE.lines().filter(|text| {
        let hit = text.starts_with(line);
        seen += usize::from(hit);
        !(hit && seen == nth + 1)
    });
    let source = kept.collect::<Vec<_>>().join("\n");
    assert!(seen > nth, "the file has no `{line}`");
    source
}

fn vary(from: &str, to: &str) -> String {
    assert!(COMPLETE.contains(from), "the file has no `{from}`");
    COMPLETE.replacen(from, to, 1)
}

#[track_caller]
fn points(source: &str) -> Vec<(String, &'static str)> {
    match OfferFile::parse(source) {
        Err(OfferError::Open(points)) => points.into_iter().map(|p| (p.field, p.ruling)).collect(),
        Err(OfferError::Unreadable(message)) => panic!("unreadable: {message}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn a_complete_offer_loads() {
    let file = OfferFile::parse(COMPLETE).unwrap();
    assert_eq!((file.terms.units(), file.policy.is_some(), file.calendar.is_some()), (6, true, true));
}

#[test]
fn the_terms_hash_is_that_of_the_file_to_the_byte() {
    let one = OfferFile::parse(COMPLETE).unwrap();
    let other = OfferFile::parse(&(COMPLETE.to_owned() + "\n")).unwrap();
    assert_ne!(one.terms.hash, other.terms.hash);
    assert_eq!(one.terms.hash, crate::TermsHash::of(COMPLETE.as_bytes()));
}

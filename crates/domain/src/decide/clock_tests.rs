//! Correcting what a wrong clock recorded.

use std::num::NonZeroU64;
use std::sync::Arc;

use crate::correction::{Findings, Span, Voided};
use crate::event::TimeCorrected;
use crate::{Command, CorrectTime, Event, Judge, Known, Timestamp};

const HOUR_MS: u64 = 3_600_000;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A log of 20 records. Those from 11 to 15 were recorded two hours ahead.
fn span(last: u64) -> Span {
    Span {
        last,
        head: 20,
        first_at: Some(at("2026-03-01T12:00:00Z")),
        last_at: Some(at("2026-03-01T12:30:00Z")),
        not_before: Some(at("2026-03-01T10:00:00Z")),
        latest: at("2026-03-01T12:30:00Z"),
        fits_until: None,
        findings: Findings { voided: Voided { expired: 2, ..Voided::default() }, ..Findings::default() },
    }
}

/// The rule that refuses a correction by so many hours, judged at 10:40; none if it is accepted.
fn refused_by(first: u64, span: Option<Span>, hours: u64) -> Option<String> {
    let last = span.as_ref().map(|span| span.last);
    let ahead_ms = NonZeroU64::new(hours * HOUR_MS).unwrap();
    let command: Command = CorrectTime { first, last, ahead_ms, reason: "bad time server".into() }.into();
    let known = Known { span: span.map(Arc::new), ..Known::default() };
    let judged = known.decide(&command, at("2026-03-01T10:40:00Z"), &mut Judge::brief());
    judged.err().map(|refusal| refusal.rule.to_string())
}

#[test]
fn a_span_is_corrected_only_if_it_is_on_record_and_its_times_stay_in_order() {
    let in_two = Span { fits_until: Some(12), ..span(15) };
    let empty = Span { first_at: None, last_at: None, ..span(15) };
    for (first, span, hours, rule) in [
        (11, Some(span(15)), 2, None),
        (11, Some(span(20)), 2, None),
        (11, Some(span(21)), 2, Some("span-on-record")),
        (16, Some(span(15)), 2, Some("span-on-record")),
        (0, Some(span(15)), 2, Some("span-on-record")),
        (11, Some(empty), 2, Some("span-on-record")),
        (11, None, 2, Some("span-on-record")),
        // Its last record would lie ahead of now.
        (11, Some(span(15)), 1, Some("times-in-order")),
        // Its first record would lie before the one before it.
        (11, Some(span(15)), 3, Some("times-in-order")),
        (11, Some(Span { not_before: None, ..span(15) }), 3, None),
        (11, Some(in_two), 2, Some("span-fits")),
    ] {
        assert_eq!(refused_by(first, span, hours).as_deref(), rule, "{first}, {hours} h");
    }
}

#[test]
fn a_corrected_time_is_never_before_the_record_before_the_span() {
    let corrected = TimeCorrected {
        first: 11,
        last: 15,
        ahead_ms: 2 * HOUR_MS,
        reason: String::new(),
        latest: at("2026-03-01T12:30:00Z"),
        not_before: Some(at("2026-03-01T10:00:00Z")),
        voided: Voided::default(),
        instead: Vec::new(),
        flips: Vec::new(),
        turned: crate::correction::FlipCounts::default(),
    };
    for (was, is) in [("12:30", "10:30"), ("12:00", "10:00"), ("11:00", "10:00")] {
        let [was, is] = [was, is].map(|time| at(&format!("2026-03-01T{time}:00Z")));
        assert_eq!(corrected.right_time(was), is);
    }
    // What was reported as past stays; what the clock itself put there moves with it.
    let recorded_at = at("2026-03-01T10:30:00Z");
    for (was, is) in [("10:29", "10:29"), ("12:30", "10:30"), ("12:10", "10:10"), ("12:50", "10:30")] {
        let [was, is] = [was, is].map(|time| at(&format!("2026-03-01T{time}:00Z")));
        assert_eq!(corrected.right_happened(was, recorded_at), is);
    }
    assert!(matches!(Event::from(corrected), Event::TimeCorrected(_)));
}

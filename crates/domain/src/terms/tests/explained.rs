//! An offer in plain words.

use super::COMPLETE;
use crate::terms::{OfferFile, explain};

#[test]
fn an_explanation_has_plain_words_for_every_deadline_and_ruling() {
    let lines = explain(&OfferFile::parse(COMPLETE).unwrap());
    let told = |subject: &str| {
        let line = lines.iter().find(|line| line.subject == subject);
        line.map_or_else(|| panic!("nothing on {subject}"), |line| line.words.as_str())
    };
    for (subject, words) in [
        ("sale", "from 2007-09-15, to 2008-01-31, that day inside (UTC)"),
        ("quantity", "at most 10 on an order line"),
        ("3 exam: not before", "purchase, from the start of that day (UTC)"),
        (
            "3 exam: register by",
            "12 months from purchase: the last day is inside; the right ends at the start of the next day (UTC)",
        ),
        (
            "3 exam: sit by",
            "the earliest of [12 months from purchase; the end of the agreement]: the last day is inside; the right ends at the start of the next day (UTC)",
        ),
        ("3 exam: attempts", "one attempt, and one retake after a fail"),
        (
            "3 exam: retake register by",
            "the end of the offer: the last day is inside; the right ends at the start of the next day (UTC)",
        ),
        (
            "3 exam: retake sit by",
            "30 days from the sitting of the exam: the last day is inside; the right ends at the start of the next day (UTC)",
        ),
        (
            "3 exam: wait",
            "attempt 2 and each later one is registered 1 day after the day of the sitting, from the start of that day at the earliest",
        ),
        ("1 practice test: lasts", "30 days from activation"),
        (
            "1 library: use within",
            "the end of the agreement: the last day is inside; the right ends at the start of the next day (UTC)",
        ),
        ("no-show", "the attempt is lost and earns no retake"),
        ("technical fault", "the attempt is given back"),
        (
            "cancellation",
            "until 24 hours before the sitting the attempt is given back; later the attempt is lost and earns no retake",
        ),
        ("notice", "the holder is told 30 days before the end, if there is so much time"),
        ("registrations", "1 open at a time, counted over a pack, each until its sitting"),
        (
            "refund",
            "what is unused, until 14 days from purchase: the last day is inside; the right ends at the start of the next day (UTC)",
        ),
        ("goodwill", "reasons: illness; a second person: optional; brings back: ended"),
        ("clock codes", "codes-sent within 10 business days of billed"),
        ("policy: wait", "attempt 2 and each later one is sat 24 hours after the sitting at the earliest"),
        ("policy: cap", "5 attempts in 12 months, from the first attempt"),
        ("policy: pass", "a passed exam may be sat again"),
    ] {
        assert_eq!(told(subject), words, "{subject}");
    }
    assert!(lines.iter().all(|line| !line.words.is_empty() && !line.clause.is_empty()));
}

//! What is asked of an offer file that is published now, and was not asked of those that are in the log.

use super::{COMPLETE, OfferError, OfferFile, vary};

/// The file is read when it is in the log, and refused when it is published, for this field.
#[track_caller]
fn refused(source: &str, field: &str) {
    assert!(OfferFile::parse(source).is_ok(), "what is in the log is read: {:?}", OfferFile::parse(source));
    let Err(OfferError::Open(points)) = OfferFile::parse_new(source) else {
        panic!("{field} is not asked for");
    };
    let fields: Vec<_> = points.iter().map(|point| point.field.as_str()).collect();
    assert_eq!(fields, [field]);
}

#[test]
fn a_whole_file_is_published() {
    assert_eq!(OfferFile::parse_new(COMPLETE), OfferFile::parse(COMPLETE));
}

#[test]
fn an_exam_benefit_names_its_exams() {
    for empty in ["exams = {}", "exams = { }"] {
        refused(&vary("exams = { categories = [\"pro\"] }", empty), "benefit 1: exams");
    }
}

#[test]
fn an_example_expects_something() {
    let example =
        |story: &str| format!("{COMPLETE}\n[[example]]\nname = \"one\"\nstory = \"\"\"\n{story}\n\"\"\"\n");
    for story in ["", "at 2007-10-01", "# expect nothing", "at 2007-10-01\nissue A offer=o  # expected"] {
        refused(&example(story), "example 1: story");
    }
    assert!(OfferFile::parse_new(&example("at 2007-10-01\n  expect refused by=S1-5")).is_ok());
}

#[test]
fn texts_are_seen_as_they_are_and_end_somewhere() {
    let titled = |title: &str| vary("title = \"An offer\"", &format!("title = \"{title}\""));
    for unseen in
        ["\\u0007", "\\u001b[31m", "\\u202e", "\\u2066", "\\u200b", "\\ufeff", "\\n", "\u{202e}", "\\u2028"]
    {
        refused(&titled(&format!("An {unseen} offer")), "offer.title");
    }
    refused(&titled(&"x".repeat(201)), "offer.title");
    assert!(OfferFile::parse_new(&titled(&"ü".repeat(200))).is_ok());
}

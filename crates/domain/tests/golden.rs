//! Every event as it was ever stored. The files are the record's format: they are added to, never changed.
//!
//! `RESIT_GOLDEN=write cargo test -p resit-domain --test golden` writes files that are missing.

mod samples;

use std::collections::BTreeSet;
use std::path::PathBuf;

use resit_domain::{Event, codec};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../proto/golden/events/v1")
}

fn json(event: &Event) -> String {
    let mut text = Vec::new();
    event.serialize_body(&mut serde_json::Serializer::pretty(&mut text)).unwrap();
    String::from_utf8(text).unwrap() + "\n"
}

/// The stored bytes, or the present ones where the file is missing and may be written.
fn stored(name: &str, present: &[u8]) -> Vec<u8> {
    let path = folder().join(name);
    let write = std::env::var("RESIT_GOLDEN").is_ok_and(|word| word == "write");
    if write && !path.exists() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&path, present).unwrap();
    }
    std::fs::read(&path).unwrap_or_else(|e| panic!("{name}: {e}; RESIT_GOLDEN=write adds missing files"))
}

#[test]
fn every_event_is_written_as_it_was_and_read_as_it_is() {
    for (name, event) in samples::events() {
        let bytes = codec::encode(&event);
        assert_eq!(stored(&format!("{name}.msgpack"), &bytes), bytes, "{name}: its stored form has changed");
        let text = json(&event);
        let stored_text = stored(&format!("{name}.json"), text.as_bytes());
        assert_eq!(String::from_utf8(stored_text).unwrap(), text, "{name}: its readable form has changed");
    }
}

#[test]
fn every_stored_event_is_still_read_as_what_it_was() {
    for (name, event) in samples::events() {
        let bytes = stored(&format!("{name}.msgpack"), &codec::encode(&event));
        let version = codec::version(event.kind());
        assert_eq!(codec::decode(event.kind(), version, &bytes).as_ref(), Ok(&event), "{name}");
    }
}

#[test]
fn the_readable_form_is_read_as_what_it_was_too() {
    for (name, event) in samples::events() {
        let text = json(&event);
        let mut from = serde_json::Deserializer::from_str(&text);
        let read = Event::deserialize_body(event.kind(), &mut from).unwrap();
        assert_eq!(read.unwrap_or_else(|e| panic!("{name}: {e}")), event, "{name}");
    }
    assert!(Event::deserialize_body("ExamSmelled", serde_json::json!({})).is_none());
}

#[test]
fn every_type_of_event_has_a_file_and_every_file_a_sample() {
    let samples = samples::events();
    let kinds: BTreeSet<&str> = samples.iter().map(|(_, event)| event.kind()).collect();
    assert_eq!(kinds, Event::KINDS.iter().copied().collect(), "a type of event has no sample");
    for (name, event) in &samples {
        assert!(name.split('-').next() == Some(event.kind()), "{name} is named after its type");
    }
    let names: BTreeSet<&str> = samples.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), samples.len(), "two samples have one name");
    for entry in std::fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let name = file.trim_end_matches(".msgpack").trim_end_matches(".json");
        assert!(names.contains(name), "{file} was released, and has to be read for ever");
    }
}

#[test]
fn a_field_that_a_newer_program_added_is_passed_over() {
    let body = serde_json::json!({ "unit": 1, "sit_at": 1_567_332_000_000_i64, "weather": "fair" });
    let event = codec::decode("ExamRescheduled", 1, &codec::to_bytes(&body)).unwrap();
    assert_eq!(event.unit(), Some(1));
}

#[test]
fn a_fact_that_was_stored_under_another_name_is_read_under_todays() {
    let facts = serde_json::json!([
        { "name": "registered-at", "value": "2026-01-05T00:00:00Z" }, { "name": "attempts-used", "value": "0" },
    ]);
    let refusal = serde_json::json!({
        "rule": "retake-needs-fail", "layer": "offer", "clause": "S0-1", "facts": facts, "remedy": "fail first",
    });
    let body = codec::to_bytes(&serde_json::json!({ "refusal": refusal }));
    let Event::CommandRefused(read) = codec::decode("CommandRefused", 1, &body).unwrap() else { panic!() };
    let names: Vec<_> = read.refusal.facts.iter().map(|fact| fact.name.as_str()).collect();
    assert_eq!(names, ["booked-at", "attempts-used"]);
}

#[test]
fn what_is_not_known_is_told_from_what_is_broken() {
    use codec::CodecError::{Malformed, Unknown};
    assert!(matches!(codec::decode("ExamSmelled", 1, &[0x80]), Err(Unknown { .. })));
    assert!(matches!(codec::decode("ExamPassed", 2, &[0x80]), Err(Unknown { .. })));
    assert!(matches!(codec::decode("ExamPassed", 1, &[0x80]), Err(Malformed { .. })));
    assert!(matches!(codec::decode("ExamPassed", 1, &[0xc1]), Err(Malformed { .. })));
}

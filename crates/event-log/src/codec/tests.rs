use bytes::Bytes;
use resit_domain::Timestamp;
use serde::Serialize;

use super::{DecodeError, decode, encode, outline, stored_bytes_max};
use crate::{Commit, EventData, Position, Slice};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn event(kind: &'static str, version: u16, body: &'static [u8]) -> EventData {
    EventData {
        kind: kind.into(),
        version,
        happened_at: at(1_567_332_000_000),
        body: Bytes::from_static(body),
    }
}

fn smallest() -> Commit {
    Commit {
        command: "c".parse().unwrap(),
        command_body: Bytes::new(),
        actor: "a".parse().unwrap(),
        recorded_at: at(0),
        slices: vec![Slice {
            stream: "s/1".into(),
            expected: Position::START,
            events: vec![event("Made", 1, b"\x80")],
        }],
    }
}

fn several_streams() -> Commit {
    let slice = |stream: &str, expected, events| Slice { stream: stream.into(), expected, events };
    Commit {
        command: "shop-7:order-1001".parse().unwrap(),
        command_body: Bytes::from_static(b"\x81\xa4exam\xa6070-99"),
        actor: "provider:north".parse().unwrap(),
        recorded_at: at(-1),
        slices: vec![
            slice(
                "entitlement/01J00000000000000000000000",
                Position(41),
                vec![
                    event("ExamFailed", 2, b"\x81\xa5score\xcd\x02\x58"),
                    event("RetakeGranted", 1, b"\x80"),
                ],
            ),
            slice("code/00ff", Position::START, vec![event("Élève-試験", 65_535, &[0, 1, 0xfe, 0xff])]),
            slice("big/position", Position(u64::MAX), vec![event("E", 1, &[0; 300])]),
        ],
    }
}

#[track_caller]
fn check_golden(name: &str, commit: &Commit) {
    let path = format!("{}/../../proto/golden/envelope/v1/{name}.msgpack", env!("CARGO_MANIFEST_DIR"));
    let golden = Bytes::from(std::fs::read(&path).unwrap());
    assert_eq!(encode(commit), golden, "encoding no longer makes {path}");
    assert_eq!(decode(&golden).unwrap(), *commit, "decoding no longer understands {path}");
}

#[test]
fn the_smallest_commit_is_stored_as_ever() {
    check_golden("smallest", &smallest());
}

#[test]
fn a_commit_over_several_streams_is_stored_as_ever() {
    check_golden("several-streams", &several_streams());
}

#[test]
fn an_outline_names_command_streams_and_expectations() {
    let stored = encode(&several_streams());
    let outline = outline(&stored).unwrap();
    assert_eq!(outline.command, "shop-7:order-1001");
    let slices: Vec<_> = outline.slices().collect();
    assert_eq!(slices[0], ("entitlement/01J00000000000000000000000", Position(41)));
    assert_eq!(slices[1], ("code/00ff", Position(0)));
}

#[test]
fn bodies_are_views_of_what_was_read() {
    let stored = Bytes::from(encode(&several_streams()));
    let body = decode(&stored).unwrap().slices.remove(2).events.remove(0).body;
    assert!(stored.as_ptr_range().contains(&body.as_ptr()));
}

#[test]
fn an_unknown_field_is_passed_over() {
    let golden = encode(&smallest());
    // The map's head counts one field more, and the field follows at the end.
    let mut stored = vec![golden[0] + 1];
    stored.extend_from_slice(&golden[1..]);
    stored.extend_from_slice(b"\xa6unseen\x91\xc4\x01\xff");
    assert_eq!(decode(&stored.into()).unwrap(), smallest());
}

#[test]
fn a_newer_envelope_is_named_and_not_guessed_at() {
    #[derive(Serialize)]
    struct V2 {
        v: u32,
        everything: &'static str,
    }
    let alien = rmp_serde::to_vec_named(&V2 { v: 2, everything: "is different" }).unwrap();
    assert!(matches!(decode(&alien.into()), Err(DecodeError::Newer { found: 2 })));

    let mut alike = encode(&smallest());
    let v = alike.windows(3).position(|w| w == b"\xa1v\x01").unwrap();
    alike[v + 2] = 9;
    assert!(matches!(outline(&alike), Err(DecodeError::Newer { found: 9 })));
    alike[v + 2] = 0;
    assert!(matches!(outline(&alike), Err(DecodeError::Malformed(_))));
}

#[test]
fn no_cut_and_no_tail_goes_unnoticed() {
    let stored = encode(&several_streams());
    for len in 0..stored.len() {
        assert!(decode(&Bytes::copy_from_slice(&stored[..len])).is_err(), "cut at {len}");
    }
    let longer = [&stored[..], b"\xc0"].concat();
    assert!(matches!(decode(&longer.into()), Err(DecodeError::Malformed(_))));
}

#[test]
fn the_stored_form_is_hardly_longer_than_the_content() {
    let many = |kind: &'static str, count| vec![event(kind, 1, b""); count];
    let slice = |n: usize| Slice {
        stream: format!("s/{n}").as_str().into(),
        expected: Position(u64::MAX),
        events: many("E", 9),
    };
    let mut commit = smallest();
    commit.slices = (0..1_000).map(slice).collect();
    let bytes = encode(&commit).len();
    assert!(bytes <= stored_bytes_max(&commit), "{bytes} for {}", stored_bytes_max(&commit));
}

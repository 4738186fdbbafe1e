//! Faults in what a log says, under checksums that are right: `verify` finds each kind.

use bytes::Bytes;
use resit_domain::Timestamp;
use resit_embedded_log::{Config, EmbeddedLog, VerifyReport, verify, verify_with};
use resit_event_log::{
    Commit, EventData, StreamId,
    audit::{BREACHES_MAX, Body},
};

use crate::forge::{Frame, forged};
use crate::given::commit;

/// A sound log: three commits, of which the third goes on where the first two ended. Positions 1 to 5.
fn sound() -> Vec<Commit> {
    vec![
        commit("c0", &[("a/1", 0), ("b/1", 0)], b"one"),
        commit("c1", &[("a/2", 0)], b"two"),
        commit("c2", &[("a/1", 1), ("a/2", 3)], b"three"),
    ]
}

fn later(mut commit: Commit, millis: i64) -> Commit {
    commit.recorded_at = Timestamp::from_millis(commit.recorded_at.millis() + millis).unwrap();
    commit
}

fn report_of(commits: Vec<Commit>) -> VerifyReport {
    let folder = forged(commits.into_iter().map(Frame::from));
    let report = verify(folder.path()).unwrap();
    // A log that is open says the same of itself.
    let (log, _) = EmbeddedLog::open(folder.path(), &Config::default()).unwrap();
    let open = log.verify().unwrap();
    assert_eq!((&open.breaches, open.breaches_count), (&report.breaches, report.breaches_count));
    report
}

/// Adds commits to the sound log; each must be found, at its position and for its reason.
#[track_caller]
fn check(planted: Vec<Commit>, expected: &[(u64, &str)]) {
    let report = report_of([sound(), planted].concat());
    assert!(report.damages.is_empty() && !report.is_sound(), "{report:?}");
    let found: Vec<_> = report.breaches.iter().map(|b| (b.position.0, b.reason.as_str())).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((position, reason), (at, part)) in found.iter().zip(expected) {
        assert!(position == at && reason.contains(part), "{position} {reason:?} is not {at} {part:?}");
    }
}

#[test]
fn a_log_that_keeps_its_contract_has_no_breaches() {
    let report = report_of(sound());
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.records, report.breaches_count), (5, 0));
}

#[test]
fn a_command_that_was_recorded_twice_is_found() {
    check(vec![commit("c1", &[("d/1", 0)], b"again")], &[(6, "its command is on record before, at 3")]);
}

#[test]
fn a_commit_that_lies_there_twice_is_found() {
    check(vec![sound().remove(1)], &[(6, "at 0; it is at 5"), (6, "its command is on record before, at 3")]);
}

#[test]
fn a_skipped_revision_is_found() {
    check(vec![commit("c3", &[("a/1", 1)], b"")], &[(6, "at 1; it is at 4")]);
}

#[test]
fn a_stream_that_begins_again_is_found() {
    check(vec![commit("c3", &[("b/1", 0)], b"")], &[(6, "at 0; it is at 2")]);
}

#[test]
fn a_previous_position_of_another_streams_record_is_found() {
    check(vec![commit("c3", &[("b/1", 3)], b"")], &[(6, "at 3; it is at 2")]);
}

#[test]
fn a_previous_position_that_is_not_there_yet_is_found() {
    check(vec![commit("c3", &[("b/1", 99)], b"")], &[(6, "at 99; it is at 2")]);
}

#[test]
fn a_new_stream_that_claims_to_go_on_is_found() {
    check(vec![commit("c3", &[("e/1", 4)], b"")], &[(6, "at 4; it is at 0")]);
}

#[test]
fn a_stream_that_stands_twice_in_a_commit_is_found() {
    check(vec![commit("c3", &[("b/1", 2), ("b/1", 2)], b"")], &[(7, "at 2; it is at 6")]);
}

#[test]
fn a_record_without_events_is_found() {
    let mut empty = commit("c3", &[("b/1", 2)], b"");
    empty.slices[0].events.clear();
    check(vec![empty], &[(6, "it has no events")]);
}

#[test]
fn a_log_that_holds_every_record_three_times_is_found_and_the_breaches_are_counted() {
    let many: Vec<_> = (0..40).map(|n| commit(&format!("c{n}"), &[(&format!("a/{n}"), 0)], b"")).collect();
    let report = report_of([many.clone(), many.clone(), many].concat());
    assert_eq!((report.breaches.len(), report.breaches_count), (BREACHES_MAX, 160));
    assert!(report.breaches.is_sorted(), "the first ones are named, in their order");
    assert_eq!(report.breaches[0].position.0, 41);
}

/// What a frame's own checks find is damage, and named by its place.
#[track_caller]
fn check_damage(planted: Frame, part: &str) {
    let frames = sound().into_iter().map(Frame::from).chain([planted]);
    let folder = forged(frames);
    let report = verify(folder.path()).unwrap();
    assert_eq!(report.damages.len(), 1, "{report:?}");
    let damage = &report.damages[0];
    assert!(damage.position_before.0 == 5 && damage.reason.contains(part), "{damage}");
}

#[test]
fn time_that_goes_back_is_found() {
    check_damage(later(commit("c3", &[("d/1", 0)], b""), -1).into(), "out of bounds");
}

#[test]
fn a_payload_that_is_no_commit_is_found() {
    let frame =
        |payload: &[u8]| Frame { payload: payload.to_vec(), ..commit("c3", &[("d/1", 0)], b"").into() };
    check_damage(frame(b"rubbish"), "the bytes are no envelope");
    check_damage(frame(b""), "the bytes are no envelope");
    let whole = Frame::from(commit("c3", &[("d/1", 0)], b"")).payload;
    check_damage(frame(&whole[..whole.len() - 1]), "the bytes are no envelope");
    check_damage(frame(&[&whole[..], b"\xc0"].concat()), "the bytes are no envelope");
}

#[test]
fn a_payload_of_more_or_fewer_records_than_its_frame_says_is_found() {
    for records in [1, 3] {
        let frame = Frame { records, ..commit("c3", &[("d/1", 0), ("d/2", 0)], b"").into() };
        check_damage(frame, "disagree on the number of records");
    }
}

fn read_body(_: &StreamId, event: &EventData) -> Body {
    match (&*event.kind, &event.body[..]) {
        ("ExamFailed", b"bad") => Body::Malformed("it says nothing of the exam".into()),
        ("ExamFailed", _) => Body::Read,
        _ => Body::Unknown,
    }
}

#[test]
fn an_event_that_can_not_be_read_is_found_and_an_unknown_one_is_only_named() {
    let mut unknown = commit("c4", &[("d/2", 0)], b"");
    unknown.slices[0].events[0].kind = "ExamDreamtOf".into();
    unknown.slices[0].events[0].version = 3;
    let unread = commit("c3", &[("d/1", 0)], b"bad");
    let folder = forged([sound(), vec![unread, unknown.clone()]].concat().into_iter().map(Frame::from));
    let report = verify_with(folder.path(), Some(read_body)).unwrap();
    assert_eq!(report.unknown_events, [("ExamDreamtOf".to_owned(), 3, 1)]);
    assert_eq!((report.breaches.len(), report.breaches[0].position.0), (1, 6));
    assert!(report.breaches[0].reason.contains("it says nothing of the exam"), "{report:?}");

    let folder = forged([sound(), vec![unknown]].concat().into_iter().map(Frame::from));
    assert!(
        verify_with(folder.path(), Some(read_body)).unwrap().is_sound(),
        "a newer program may have written it"
    );
}

#[test]
fn a_body_that_fills_a_frame_is_looked_at_like_any_other() {
    let mut large = commit("c3", &[("b/1", 2)], b"");
    large.slices[0].events[0].body = Bytes::from(vec![0; 8_000_000]);
    let report = report_of([sound(), vec![large]].concat());
    assert!(report.is_sound(), "{report:?}");
}

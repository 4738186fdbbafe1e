//! Limits: the same on every log, told with a remedy, and leaving no trace.

use bytes::Bytes;

use super::given::{Log, all, commit, event, found, head, invalid, positions, sound, taken};
use crate::{COMMIT_BYTES_MAX, Commit, EVENTS_MAX, EventData, KIND_BYTES_MAX, SLICES_MAX, STREAM_BYTES_MAX};

fn over_streams(command: &str, count: usize) -> Commit {
    (0..count).fold(commit(command), |commit, n| commit.on(&format!("a/{n}"), 0))
}

/// Nothing to write is a mistake, not a commit.
pub async fn a_commit_without_slices_is_invalid(log: Log) {
    invalid(&log, commit("c1"), "no slices").await;
}

/// So is a stream on which nothing happens.
pub async fn a_slice_without_events_is_invalid(log: Log) {
    invalid(&log, commit("c1").on("a/1", 0).with("b/1", 0, Vec::new()), "b/1").await;
}

/// In a short commit and in a long one.
pub async fn a_stream_named_twice_is_invalid(log: Log) {
    invalid(&log, commit("c1").on("a/1", 0).on("b/1", 0).on("a/1", 0), "a/1").await;
    invalid(&log, over_streams("c2", 50).on("a/49", 0), "a/49").await;
}

/// One too many.
pub async fn too_many_slices_are_invalid(log: Log) {
    invalid(&log, over_streams("c1", SLICES_MAX + 1), &SLICES_MAX.to_string()).await;
}

/// One too many.
pub async fn too_many_events_are_invalid(log: Log) {
    let events = vec![event("Tried", b""); EVENTS_MAX + 1];
    invalid(&log, commit("c1").with("a/1", 0, events), &EVENTS_MAX.to_string()).await;
}

/// In one body or in many.
pub async fn too_many_bytes_are_invalid(log: Log) {
    let body = vec![7; COMMIT_BYTES_MAX];
    invalid(&log, commit("c1").with("a/1", 0, vec![event("Tried", &body)]), &COMMIT_BYTES_MAX.to_string())
        .await;
    let half = event("Tried", &body[..COMMIT_BYTES_MAX / 2]);
    invalid(&log, commit("c2").with("a/1", 0, vec![half.clone(), half]), &COMMIT_BYTES_MAX.to_string()).await;
}

/// Streams and event types.
pub async fn names_that_are_empty_or_too_long_are_invalid(log: Log) {
    let named = |kind: String| EventData { kind: kind.into(), ..event("", b"") };
    invalid(&log, commit("c1").on("", 0), "stream name").await;
    invalid(&log, commit("c2").on(&"s".repeat(STREAM_BYTES_MAX + 1), 0), "stream name").await;
    invalid(&log, commit("c3").with("a/1", 0, vec![named(String::new())]), "event type").await;
    let too_long = named("K".repeat(KIND_BYTES_MAX + 1));
    invalid(&log, commit("c4").with("a/1", 0, vec![event("Tried", b""), too_long]), "event type").await;
    taken(&log, commit("c5").on(&"s".repeat(STREAM_BYTES_MAX), 0)).await;
    taken(&log, commit("c6").with("a/1", 0, vec![named("K".repeat(KIND_BYTES_MAX))])).await;
    sound(&log).await;
}

/// Its id and its streams are as free as before.
pub async fn an_invalid_commit_leaves_no_trace(log: Log) {
    invalid(&log, commit("c1").on("a/1", 0).on("a/1", 0), "a/1").await;
    assert_eq!(head(&log).await, 0);
    assert!(found(&log, "c1").await.is_empty());
    taken(&log, commit("c1").on("a/1", 0)).await;
}

/// Exactly as many slices and bytes as a commit may have.
pub async fn the_largest_commit_is_taken(log: Log) {
    let wide = over_streams("c1", SLICES_MAX);
    let wide = taken(&log, wide).await;
    assert_eq!(wide.last.0 - wide.first.0 + 1, SLICES_MAX as u64);
    let mut heavy = commit("c2").on("b/1", 0);
    heavy.slices[0].events[0].body = Bytes::new();
    let rest = COMMIT_BYTES_MAX - heavy.content_bytes();
    heavy.slices[0].events[0].body = vec![0xab; rest].into();
    taken(&log, heavy).await;
    assert_eq!(all(&log).await.last().expect("it was taken").events[0].body.len(), rest);
}

/// A bulk issue.
pub async fn a_commit_of_many_slices_is_whole(log: Log) {
    taken(&log, commit("c0").on("x/1", 0)).await;
    let appended = taken(&log, over_streams("c1", 900)).await;
    let records = found(&log, "c1").await;
    assert_eq!(positions(&records), (appended.first.0..=appended.last.0).collect::<Vec<_>>());
    assert!(records.iter().enumerate().all(|(n, r)| r.stream.as_str() == format!("a/{n}")));
    assert_eq!(all(&log).await[1..], records);
}

//! One commit, its streams, and the revisions it expects.

use super::given::{Log, all, commit, conflicts, head, positions, revision, sound, stream, taken};
use crate::Position;

/// Revision 0 creates.
pub async fn a_commit_on_an_absent_stream_creates_it(log: Log) {
    assert_eq!(revision(&log, "a/1").await, 0);
    let appended = taken(&log, commit("c1").on("a/1", 0)).await;
    assert!(appended.first > Position::START);
    assert_eq!(appended.first, appended.last);
    assert_eq!(revision(&log, "a/1").await, appended.last.0);
}

/// Revision 0 creates only what isn't there.
pub async fn a_stream_is_created_once(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0)).await.last.0;
    conflicts(&log, commit("c2").on("a/1", 0), "a/1", 0, first).await;
    assert_eq!(head(&log).await, first);
}

/// The revision is the position of the last record, whatever lies between.
pub async fn a_stream_goes_on_from_its_revision(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0)).await.last.0;
    taken(&log, commit("c2").on("b/1", 0)).await;
    let second = taken(&log, commit("c3").on("a/1", first)).await.last.0;
    let third = taken(&log, commit("c4").on("a/1", second)).await.last.0;
    assert_eq!(positions(&stream(&log, "a/1").await), [first, second, third]);
    sound(&log).await;
}

/// Who reads the answer can tell what to load again.
pub async fn a_conflict_names_stream_expectation_and_revision(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0)).await.last.0;
    let second = taken(&log, commit("c2").on("a/1", first)).await.last.0;
    conflicts(&log, commit("c3").on("a/1", first), "a/1", first, second).await;
}

/// Nobody may expect what has not happened.
pub async fn an_expectation_ahead_of_the_stream_is_a_conflict(log: Log) {
    conflicts(&log, commit("c1").on("a/1", 7), "a/1", 7, 0).await;
    let first = taken(&log, commit("c2").on("a/1", 0)).await.last.0;
    conflicts(&log, commit("c3").on("a/1", first + 1), "a/1", first + 1, first).await;
}

/// The answer does not depend on the log.
pub async fn of_several_conflicts_the_first_slice_is_named(log: Log) {
    let both = commit("c1").on("a/1", 0).on("b/1", 5).on("c/1", 6);
    conflicts(&log, both, "b/1", 5, 0).await;
}

/// Whole or not at all.
pub async fn one_conflict_keeps_the_whole_commit_out(log: Log) {
    let first = taken(&log, commit("c1").on("b/1", 0)).await.last.0;
    let half_right = commit("c2").on("a/1", 0).on("b/1", 0).on("c/1", 0);
    conflicts(&log, half_right, "b/1", 0, first).await;
    assert_eq!(revision(&log, "a/1").await, 0);
    assert_eq!(revision(&log, "c/1").await, 0);
    assert!(stream(&log, "a/1").await.is_empty());
    assert_eq!(all(&log).await.len(), 1);
    taken(&log, commit("c3").on("a/1", 0).on("b/1", first).on("c/1", 0)).await;
    sound(&log).await;
}

/// The `n`th slice is the record at `first + n`.
pub async fn slices_take_consecutive_positions_in_order(log: Log) {
    let before = taken(&log, commit("c1").on("x/1", 0)).await.last;
    let appended = taken(&log, commit("c2").on("b/1", 0).on("a/1", 0).on("x/1", before.0)).await;
    assert!(before < appended.first);
    assert_eq!(appended.last, appended.first.plus(2));
    let records = sound(&log).await;
    let streams: Vec<_> = records[1..].iter().map(|r| (r.stream.as_str(), r.slice, r.slices)).collect();
    assert_eq!(streams, [("b/1", 0, 3), ("a/1", 1, 3), ("x/1", 2, 3)]);
}

/// Names are compared whole.
pub async fn streams_whose_names_share_a_prefix_are_strangers(log: Log) {
    let names = ["a/1", "a/10", "a/1.0", "a/", "b/1", "a/1=2E0"];
    let mut given = Vec::new();
    for (n, name) in names.into_iter().enumerate() {
        given.push(taken(&log, commit(&format!("c{n}")).on(name, 0)).await.last.0);
    }
    for (name, position) in names.into_iter().zip(given) {
        assert_eq!(positions(&stream(&log, name).await), [position], "{name}");
    }
}

/// Who writes alone can tell what is its own without reading: nothing stands between two commits that belongs to neither.
pub async fn each_commit_says_what_it_follows(log: Log) {
    let mut before = Position::START;
    for n in 0..3 {
        let appended =
            taken(&log, commit(&format!("c{n}")).on(&format!("a/{n}"), 0).on(&format!("b/{n}"), 0)).await;
        assert_eq!(appended.after, before);
        assert!(appended.after < appended.first);
        before = appended.last;
    }
    assert_eq!(log.head().await.expect("the log can be read"), before);
}

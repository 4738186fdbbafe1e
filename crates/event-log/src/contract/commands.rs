//! A command id is taken once, for ever.

use super::given::{Log, all, commit, conflicts, found, positions, revision, sound, taken, taken_before};

/// The answer says where the command went.
pub async fn a_command_is_taken_once(log: Log) {
    taken(&log, commit("c0").on("x/1", 0)).await;
    let first = taken(&log, commit("c1").on("a/1", 0)).await.first.0;
    taken_before(&log, commit("c1").on("a/1", first), first).await;
    assert_eq!(all(&log).await.len(), 2);
}

/// Ids belong to the log, not to a stream.
pub async fn a_command_is_taken_once_whatever_its_streams(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0).on("a/2", 0)).await.first.0;
    taken_before(&log, commit("c1").on("b/1", 0), first).await;
    assert_eq!(revision(&log, "b/1").await, 0);
}

/// A retry must learn that it succeeded, though its own success moved the stream.
pub async fn a_taken_command_is_told_before_a_conflict(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0)).await.first.0;
    taken_before(&log, commit("c1").on("a/1", 0), first).await;
}

/// Only what is written takes the id.
pub async fn a_refused_commit_leaves_its_command_free(log: Log) {
    conflicts(&log, commit("c1").on("a/1", 3), "a/1", 3, 0).await;
    assert!(found(&log, "c1").await.is_empty());
    taken(&log, commit("c1").on("a/1", 0)).await;
}

/// All of them, from any of several commits.
pub async fn a_command_finds_all_its_records_in_order(log: Log) {
    let before = taken(&log, commit("c1").on("a/1", 0)).await.last.0;
    let given = taken(&log, commit("c2").on("b/3", 0).on("b/2", 0).on("a/1", before)).await;
    taken(&log, commit("c3").on("a/1", given.last.0)).await;
    let records = found(&log, "c2").await;
    assert_eq!(positions(&records), (given.first.0..=given.last.0).collect::<Vec<_>>());
    assert_eq!(records, sound(&log).await[1..4]);
}

/// Empty, not an error.
pub async fn an_unknown_command_finds_nothing(log: Log) {
    assert!(found(&log, "c1").await.is_empty());
    taken(&log, commit("c1").on("a/1", 0)).await;
    assert!(found(&log, "c").await.is_empty());
    assert!(found(&log, "c10").await.is_empty());
}

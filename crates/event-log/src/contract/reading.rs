//! Reads, and waiting for something to read.

use tokio::task::JoinSet;

use super::given::{Log, all, commit, head, positions, sound, stream, taken};
use crate::{Position, ReadError, Record, StreamId};

async fn ten_records(log: &Log) {
    for n in 0..5 {
        taken(log, commit(&format!("c{n}")).on(&format!("a/{n}"), 0).on(&format!("b/{n}"), 0)).await;
    }
}

async fn read(log: &Log, after: u64, limit: usize) -> Vec<u64> {
    let records: Result<Vec<Record>, ReadError> = log.read(Position(after), limit).await;
    positions(&records.expect("the log can be read"))
}

/// Nothing is there, and that is no error.
pub async fn an_empty_log_has_no_head_and_no_records(log: Log) {
    assert_eq!(head(&log).await, 0);
    assert!(all(&log).await.is_empty());
    assert!(stream(&log, "a/1").await.is_empty());
}

/// From the first record to the head.
pub async fn the_whole_log_is_read_in_order(log: Log) {
    ten_records(&log).await;
    assert_eq!(positions(&sound(&log).await), (1..=10).collect::<Vec<_>>());
    assert_eq!(read(&log, 7, usize::MAX).await, [8, 9, 10]);
}

/// Even inside a commit.
pub async fn reading_stops_at_its_limit(log: Log) {
    ten_records(&log).await;
    for limit in 1..=10 {
        let seen = read(&log, 1, limit).await;
        assert!(!seen.is_empty() && seen.len() <= limit, "{limit}");
        assert_eq!(seen[0], 2);
    }
}

/// Who loops over a limit that came out as 0 must not loop for ever.
pub async fn a_limit_of_nothing_still_reads_one(log: Log) {
    ten_records(&log).await;
    assert_eq!(read(&log, 3, 0).await, [4]);
}

/// Who follows the log can tell whether they missed a record of a stream.
pub async fn each_record_names_the_one_before_it_on_its_stream(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0).on("a/2", 0)).await;
    taken(&log, commit("c2").on("a/1", first.first.0)).await;
    let records = sound(&log).await;
    assert_eq!(records.iter().map(|record| record.previous.0).collect::<Vec<_>>(), [0, 0, 1]);
    assert_eq!(stream(&log, "a/1").await[1].previous, first.first);
}

/// Whatever the step.
pub async fn reading_in_steps_sees_every_record_once(log: Log) {
    ten_records(&log).await;
    for step in 1..=11 {
        let mut seen = Vec::new();
        while seen.len() < 10 {
            seen.extend(read(&log, seen.last().copied().unwrap_or(0), step).await);
        }
        assert_eq!(seen, (1..=10).collect::<Vec<_>>(), "in steps of {step}");
    }
}

/// Behind, not from.
pub async fn a_stream_is_read_behind_a_position(log: Log) {
    taken(&log, commit("c1").on("a/1", 0)).await;
    taken(&log, commit("c2").on("b/1", 0)).await;
    taken(&log, commit("c3").on("a/1", 1)).await;
    taken(&log, commit("c4").on("a/1", 3)).await;
    for (after, behind) in [(0, &[1, 3, 4][..]), (1, &[3, 4]), (2, &[3, 4]), (3, &[4]), (4, &[]), (99, &[])] {
        let records = log.read_stream(&StreamId::from("a/1"), Position(after)).await;
        assert_eq!(positions(&records.expect("the log can be read")), behind, "behind {after}");
    }
}

/// However far.
pub async fn reading_behind_the_head_finds_nothing(log: Log) {
    ten_records(&log).await;
    for after in [10, 11, u64::MAX] {
        assert!(read(&log, after, 5).await.is_empty(), "{after}");
    }
}

/// And returns the head, not the next position.
pub async fn waiting_returns_at_once_when_the_head_is_past(log: Log) {
    ten_records(&log).await;
    assert_eq!(log.wait_past(Position(0)).await.expect("the log can be read"), Position(10));
    assert_eq!(log.wait_past(Position(9)).await.expect("the log can be read"), Position(10));
}

/// What it announces can be read.
pub async fn waiting_wakes_when_the_head_moves(log: Log) {
    let waiter = {
        let log = log.clone();
        tokio::spawn(async move {
            let head = log.wait_past(Position(1)).await.expect("the log can be read");
            (head, all(&log).await.len())
        })
    };
    taken(&log, commit("c1").on("a/1", 0)).await;
    taken(&log, commit("c2").on("a/1", 1)).await;
    let (head, seen) = waiter.await.expect("the waiter does not panic");
    assert_eq!((head, seen), (Position(2), 2));
}

/// Many followers, each at a place of its own.
pub async fn every_waiter_wakes(log: Log) {
    let mut waiters = JoinSet::new();
    for n in 0..50 {
        let log = log.clone();
        waiters.spawn(async move {
            let after = Position(n % 5);
            assert!(log.wait_past(after).await.expect("the log can be read") > after);
        });
    }
    ten_records(&log).await;
    assert_eq!(waiters.join_all().await.len(), 50);
}

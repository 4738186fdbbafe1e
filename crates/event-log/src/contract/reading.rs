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
    let all = positions(&sound(&log).await);
    assert_eq!(all.len(), 10);
    assert_eq!(read(&log, all[6], usize::MAX).await, all[7..]);
}

/// Even inside a commit.
pub async fn reading_stops_at_its_limit(log: Log) {
    ten_records(&log).await;
    let all = positions(&all(&log).await);
    for limit in 1..=10 {
        let seen = read(&log, all[0], limit).await;
        assert!(!seen.is_empty() && seen.len() <= limit, "{limit}");
        assert_eq!(seen, all[1..=seen.len()]);
    }
}

/// Who loops over a limit that came out as 0 must not loop for ever.
pub async fn a_limit_of_nothing_still_reads_one(log: Log) {
    ten_records(&log).await;
    let all = positions(&all(&log).await);
    assert_eq!(read(&log, all[2], 0).await, all[3..4]);
}

/// Who follows the log can tell whether they missed a record of a stream.
pub async fn each_record_names_the_one_before_it_on_its_stream(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0).on("a/2", 0)).await;
    taken(&log, commit("c2").on("a/1", first.first.0)).await;
    let records = sound(&log).await;
    assert_eq!(records.iter().map(|record| record.previous.0).collect::<Vec<_>>(), [0, 0, first.first.0]);
    assert_eq!(stream(&log, "a/1").await[1].previous, first.first);
}

/// Whatever the step.
pub async fn reading_in_steps_sees_every_record_once(log: Log) {
    ten_records(&log).await;
    let all = positions(&all(&log).await);
    for step in 1..=11 {
        let mut seen = Vec::new();
        while seen.len() < 10 {
            seen.extend(read(&log, seen.last().copied().unwrap_or(0), step).await);
        }
        assert_eq!(seen, all, "in steps of {step}");
    }
}

/// Behind, not from.
pub async fn a_stream_is_read_behind_a_position(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0)).await.last.0;
    let stranger = taken(&log, commit("c2").on("b/1", 0)).await.last.0;
    let second = taken(&log, commit("c3").on("a/1", first)).await.last.0;
    let third = taken(&log, commit("c4").on("a/1", second)).await.last.0;
    let all = [first, second, third];
    for (after, behind) in [
        (0, &all[..]),
        (first, &all[1..]),
        (stranger, &all[1..]),
        (second, &all[2..]),
        (third, &[]),
        (99, &[]),
    ] {
        let records = log.read_stream(&StreamId::from("a/1"), Position(after)).await;
        assert_eq!(positions(&records.expect("the log can be read")), behind, "behind {after}");
    }
}

/// Without gaps, and nothing else.
pub async fn a_glance_at_a_stream_sees_a_beginning_of_it(log: Log) {
    assert!(log.glance_at_stream(&StreamId::from("a/1"), Position(0)).await.expect("readable").is_empty());
    let mut expected = 0;
    for n in 0..20 {
        expected =
            taken(&log, commit(&format!("c{n}")).on("a/1", expected).on(&format!("b/{n}"), 0)).await.first.0;
        let all = stream(&log, "a/1").await;
        for (after, behind) in [(0, &all[..]), (all[n / 2].position.0, &all[n / 2 + 1..])] {
            let seen = log.glance_at_stream(&StreamId::from("a/1"), Position(after)).await.expect("readable");
            assert!(behind.starts_with(&seen), "behind {after}");
        }
    }
}

/// However far.
pub async fn reading_behind_the_head_finds_nothing(log: Log) {
    ten_records(&log).await;
    let head = head(&log).await;
    for after in [head, head + 1, u64::MAX] {
        assert!(read(&log, after, 5).await.is_empty(), "{after}");
    }
}

/// And returns the head, not the next position.
pub async fn waiting_returns_at_once_when_the_head_is_past(log: Log) {
    ten_records(&log).await;
    let head = head(&log).await;
    assert_eq!(log.wait_past(Position(0)).await.expect("the log can be read"), Position(head));
    assert_eq!(log.wait_past(Position(head - 1)).await.expect("the log can be read"), Position(head));
}

/// What it announces can be read.
pub async fn waiting_wakes_when_the_head_moves(log: Log) {
    let first = taken(&log, commit("c1").on("a/1", 0)).await.last;
    let waiter = {
        let log = log.clone();
        tokio::spawn(async move {
            let head = log.wait_past(first).await.expect("the log can be read");
            (head, all(&log).await.len())
        })
    };
    let second = taken(&log, commit("c2").on("a/1", first.0)).await.last;
    let (head, seen) = waiter.await.expect("the waiter does not panic");
    assert_eq!((head, seen), (second, 2));
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

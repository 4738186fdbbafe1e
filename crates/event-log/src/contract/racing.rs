//! Many appends at once.

use std::collections::BTreeSet;

use tokio::{sync::Barrier, task::JoinSet};

use super::given::{Log, commit, found, head, positions, revision, sound, stream, taken};
use crate::{AppendError, Appended, Commit, Position};

/// Appends all commits from a task each, released together; the answers come in the order of the commits.
async fn race(log: &Log, commits: Vec<Commit>) -> Vec<Result<Appended, AppendError>> {
    let start = std::sync::Arc::new(Barrier::new(commits.len()));
    let mut racers = JoinSet::new();
    for (n, commit) in commits.into_iter().enumerate() {
        let (log, start) = (log.clone(), start.clone());
        racers.spawn(async move {
            start.wait().await;
            (n, log.append(commit).await)
        });
    }
    let mut answers = racers.join_all().await;
    answers.sort_by_key(|(n, _)| *n);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// The one answer that says yes.
fn winner(answers: &[Result<Appended, AppendError>]) -> Appended {
    let mut won = answers.iter().filter_map(|answer| answer.as_ref().ok());
    let winner = won.next().expect("one of them wins");
    assert_eq!(won.next(), None, "only one wins");
    *winner
}

/// The others learn that they lost.
pub async fn of_a_hundred_racers_on_one_stream_one_wins(log: Log) {
    let racers = (0..100).map(|n| commit(&format!("c{n}")).on("a/1", 0)).collect();
    let answers = race(&log, racers).await;
    let won = winner(&answers);
    for lost in answers.into_iter().filter_map(Result::err) {
        assert!(matches!(lost, AppendError::Conflict { actual, .. } if actual == won.last), "{lost}");
    }
    assert_eq!(sound(&log).await.len(), 1);
}

/// Each on a stream of its own, so that nothing but the id stands between them.
pub async fn of_a_hundred_racers_with_one_command_one_wins(log: Log) {
    let racers = (0..100).map(|n| commit("c1").on(&format!("a/{n}"), 0)).collect();
    let answers = race(&log, racers).await;
    let won = winner(&answers);
    for lost in answers.into_iter().filter_map(Result::err) {
        assert!(matches!(lost, AppendError::CommandTaken { position } if position == won.first), "{lost}");
    }
    assert_eq!(found(&log, "c1").await.len(), 1);
    assert_eq!(sound(&log).await.len(), 1);
}

/// Two streams, named in both orders: no half of a commit, and no standstill.
pub async fn racers_over_crossed_streams_are_all_or_nothing(log: Log) {
    let one_way = |n| commit(&format!("c{n}")).on("a/1", 0).on("b/1", 0);
    let other_way = |n| commit(&format!("c{n}")).on("b/1", 0).on("a/1", 0);
    let racers = (0..60).map(|n| if n % 2 == 0 { one_way(n) } else { other_way(n) }).collect();
    let answers = race(&log, racers).await;
    winner(&answers);
    let records = sound(&log).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].command, records[1].command);
}

/// Every position is given once, and each record lies where the answer says.
pub async fn positions_are_given_once_under_concurrency(log: Log) {
    let racers = (0..200).map(|n| commit(&format!("c{n}")).on(&format!("a/{n}"), 0).on(&format!("b/{n}"), 0));
    let answers = race(&log, racers.collect()).await;
    let given: BTreeSet<u64> = answers
        .into_iter()
        .map(|answer| answer.expect("nothing conflicts"))
        .flat_map(|appended| appended.first.0..=appended.last.0)
        .collect();
    assert_eq!(given.len(), 400);
    assert!(positions(&sound(&log).await).into_iter().eq(given));
}

/// By every method, from the task that got the answer.
pub async fn what_was_acknowledged_is_seen_by_the_next_read(log: Log) {
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let log = log.clone();
        writers.spawn(async move {
            let name = format!("a/{writer}");
            let mut expected = 0;
            for n in 0..25 {
                let command = format!("c{writer}.{n}");
                expected = taken(&log, commit(&command).on(&name, expected)).await.last.0;
                assert_eq!(revision(&log, &name).await, expected);
                assert_eq!(stream(&log, &name).await.len(), n + 1);
                assert_eq!(found(&log, &command).await[0].position, Position(expected));
                assert!(head(&log).await >= expected);
                let read = log.read(Position(expected - 1), 1).await.expect("the log can be read");
                assert_eq!(read[0].command.as_str(), command, "behind {}", expected - 1);
            }
        });
    }
    writers.join_all().await;
    assert_eq!(sound(&log).await.len(), 200);
}

/// Losers load again and go on; nobody's record is lost or overwritten.
pub async fn a_stream_keeps_every_winner_in_order(log: Log) {
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let log = log.clone();
        writers.spawn(async move {
            for n in 0..10 {
                let attempt = commit(&format!("c{writer}.{n}"));
                while let Err(lost) = {
                    let expected = revision(&log, "a/1").await;
                    log.append(attempt.clone().on("a/1", expected)).await
                } {
                    assert!(matches!(lost, AppendError::Conflict { .. }), "{lost}");
                }
            }
        });
    }
    writers.join_all().await;
    let commands: BTreeSet<_> = stream(&log, "a/1").await.into_iter().map(|r| r.command).collect();
    assert_eq!(commands.len(), 80);
    sound(&log).await;
}

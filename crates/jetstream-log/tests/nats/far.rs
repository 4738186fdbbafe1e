//! Who is far behind: the log comes in strides, and is the same log.

use resit_event_log::contract::given::{Log, commit};
use resit_event_log::{Position, ReadError, Record};
use resit_nats::Link;
use resit_nats_fixture::{Cluster, NatsServer, ServerConfig};
use tokio::task::JoinSet;

use crate::damage::{flip_a_bit, flip_a_bit_unseen};
use crate::damaged::{opened, stopped, tells_damage};
use crate::servers::link;

/// Commits whose messages are too many for one stride.
const COMMITS: u64 = 700;
/// In the middle of the second stride.
const DAMAGED: u64 = 1_500;
/// How many records are read at a time, by who takes few.
const FEW: usize = 200;

/// Commits on two streams each: most are short, some have a command that lies in the marker alone, and ten of these come to more
/// bytes than one stride takes.
async fn filled(log: &Log) {
    let mut appending = JoinSet::new();
    for n in 0..COMMITS {
        let mut commit = commit(&format!("c.{n}")).on(&format!("a/{n}.x"), 0).on(&format!("b/{n}"), 0);
        let length = match n % 70 {
            0 => 300 << 10,
            1..4 => 2 << 10,
            _ => 40,
        };
        commit.command_body = vec![7; length].into();
        let log = log.clone();
        appending.spawn(async move { log.append(commit).await });
    }
    while let Some(appended) = appending.join_next().await {
        appended.expect("nobody panics").expect("it is taken");
    }
}

/// Reads up to the head, so many records at a time, or up to an error.
async fn read_by(log: &Log, limit: usize) -> (Vec<Record>, Option<ReadError>) {
    let head = log.head().await.expect("there is a leader");
    let mut records: Vec<Record> = Vec::new();
    loop {
        let after = records.last().map_or(Position::START, |record| record.position);
        if after == head {
            return (records, None);
        }
        match log.read(after, limit).await {
            Ok(more) => records.extend(more),
            Err(error) => return (records, Some(error)),
        }
    }
}

async fn consumers(link: &Link) -> usize {
    let stream = link.jetstream.get_stream(link.names.ledger_stream()).await.expect("it is there");
    stream.cached_info().state.consumer_count
}

async fn is_the_same_however_it_is_read(link: Link) {
    filled(&opened(&link).await).await;
    for limit in [700, 10_000] {
        let (records, error) = read_by(&opened(&link).await, limit).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(consumers(&link).await, 0, "strides need no consumer");
        assert_eq!(records.len() as u64, 2 * COMMITS);
        let (same, error) = read_by(&opened(&link).await, FEW).await;
        assert!(error.is_none(), "{error:?}");
        assert!(records == same, "some records differ");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_the_same_however_it_is_read_on_one_server() {
    let server = NatsServer::start(ServerConfig::default());
    is_the_same_however_it_is_read(link(&server.url(), 1).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_is_the_same_however_it_is_read_on_three_servers() {
    let cluster = Cluster::start(&ServerConfig::default()).await;
    is_the_same_however_it_is_read(link(&cluster.url(), 3).await).await;
}

/// What stands before damage is read, and the damage is told.
async fn is_told(link: &Link) {
    let log = opened(link).await;
    let (records, error) = read_by(&log, 500).await;
    let last = records.last().map_or(0, |record| record.position.0);
    // A marker may stand in between.
    assert!((DAMAGED - 2..DAMAGED).contains(&last), "{last} is the last before {DAMAGED}");
    tells_damage(error.map_or(Ok(()), Err), &format!("the message at sequence {DAMAGED}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bit_that_the_server_does_not_miss_is_told_far_from_the_head() {
    let mut server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    filled(&opened(&link).await).await;
    server.kill();
    flip_a_bit_unseen(&server.store(), &link.names.ledger_stream(), DAMAGED);
    server.start_again();
    is_told(&link).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_server_keeps_to_itself_is_missed_far_from_the_head() {
    let mut server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    filled(&opened(&link).await).await;
    stopped(&mut server).await;
    flip_a_bit(&server.store(), &link.names.ledger_stream(), DAMAGED);
    server.start_again();
    is_told(&link).await;
}

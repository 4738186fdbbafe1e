//! What a damaged disk comes to: a failure that says where, and never a shorter answer.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use resit_event_log::contract::given::{Log, all, commit, taken};
use resit_event_log::{Position, ReadError, Record, StreamId};
use resit_jetstream_log::{JetStreamLog, OpenError};
use resit_nats::{Link, Settings};
use resit_nats_fixture::{Cluster, NatsServer, ServerConfig};

use crate::damage::{flip_a_bit, flip_a_bit_unseen};
use crate::servers::{link, open};

/// Twenty commits on two streams each; the marker of the `n`th is at 3n - 2, its records stand behind it.
async fn filled(log: &Log) {
    for n in 1..=20 {
        let before = if n == 1 { 0 } else { 3 * n - 3 };
        taken(log, commit(&format!("c{n}")).on(&format!("a/{n}"), 0).on("b/1", before)).await;
    }
}

/// Where the record of the tenth commit on `a/10` is, and the one on `b/1`, and its marker.
const MARKER: u64 = 28;
const ALONE: u64 = 29;
const AMONG: u64 = 30;

fn stream(name: &str) -> StreamId {
    name.into()
}

pub(crate) async fn opened(link: &Link) -> Log {
    let link = Link::connect(link.settings.clone()).await.expect("the servers take clients");
    Arc::new(open(link).await)
}

/// A server with a filled log, a message of which has been damaged while the server was down.
async fn with_damage(damage: impl FnOnce(&Path, &str)) -> (NatsServer, Link) {
    let mut server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    filled(&opened(&link).await).await;
    server.kill();
    damage(&server.store(), &link.names.ledger_stream());
    server.start_again();
    (server, link)
}

/// Reads the whole log, as whoever follows it does.
async fn followed(log: &Log) -> Result<Vec<Record>, ReadError> {
    let head = log.head().await?;
    let mut records: Vec<Record> = Vec::new();
    while records.last().map_or(Position::START, |record| record.position) < head {
        let after = records.last().map_or(Position::START, |record| record.position);
        records.extend(log.read(after, 1_000).await?);
    }
    Ok(records)
}

#[track_caller]
pub(crate) fn tells_damage<T: std::fmt::Debug>(read: Result<T, ReadError>, place: &str) {
    let error = read.expect_err("damage is told");
    assert!(matches!(error, ReadError::Corrupt { .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains(place) && said.contains("restore that server from the others"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bit_that_the_server_does_not_miss_is_told_by_every_way_to_read_it() {
    let (_server, link) = with_damage(|store, name| flip_a_bit_unseen(store, name, AMONG)).await;
    let log = opened(&link).await;
    let place = format!("the message at sequence {AMONG} on {}", link.names.record("b", "1"));
    tells_damage(log.read_stream(&stream("b/1"), Position::START).await, &place);
    tells_damage(log.glance_at_stream(&stream("b/1"), Position::START).await, &place);
    tells_damage(log.find_command(&"c10".parse().expect("an id")).await, &place);
    tells_damage(log.read(Position(AMONG - 1), 1).await, &place);
    tells_damage(followed(&log).await, &place);
    let before = log.read(Position::START, 1_000).await.expect("what stands before it is sound");
    assert_eq!(before.last().map(|record| record.position.0), Some(ALONE));
    // What has nothing to do with it is answered.
    assert_eq!(log.read_stream(&stream("a/10"), Position::START).await.expect("it is sound").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_record_of_a_stream_and_the_marker_of_a_command_are_not_passed_over() {
    let (_server, link) = with_damage(|store, name| {
        flip_a_bit_unseen(store, name, ALONE);
        flip_a_bit_unseen(store, name, MARKER);
    })
    .await;
    let log = opened(&link).await;
    let place = format!("the message at sequence {ALONE} on {}", link.names.record("a", "10"));
    tells_damage(log.read_stream(&stream("a/10"), Position::START).await, &place);
    tells_damage(log.revision(&stream("a/10")).await, &place);
    let place = format!("the message at sequence {MARKER} on {}", link.names.command_marker("c10"));
    tells_damage(log.find_command(&"c10".parse().expect("an id")).await, &place);
    tells_damage(followed(&log).await, &place);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_was_put_on_another_stream_is_told() {
    let server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    let log = opened(&link).await;
    taken(&log, commit("c1").on("a/1", 0)).await;
    // As a repair by hand might: the server's checksum is right.
    let stored = link.jetstream.get_stream(link.names.ledger_stream()).await.expect("it is there");
    let record = stored.get_raw_message(2).await.expect("it is there");
    let elsewhere = link.names.record("a", "2");
    let copied = link.jetstream.publish(elsewhere.clone(), record.payload).await.expect("it goes out");
    copied.await.expect("the server takes it");
    let place = format!("the message at sequence 3 on {elsewhere}");
    tells_damage(log.read_stream(&stream("a/2"), Position::START).await, &place);
    tells_damage(followed(&log).await, &place);
}

/// It counts it, and says that there is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_the_server_keeps_to_itself_for_damage_is_told() {
    let mut server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    filled(&opened(&link).await).await;
    stopped(&mut server).await;
    flip_a_bit(&server.store(), &link.names.ledger_stream(), ALONE);
    server.start_again();
    let log = opened(&link).await;
    let place = format!("the last message on {}", link.names.record("a", "10"));
    tells_damage(log.read_stream(&stream("a/10"), Position::START).await, &place);
    tells_damage(log.revision(&stream("a/10")).await, &place);
    let place = format!("the message at sequence {ALONE}");
    tells_damage(log.find_command(&"c10".parse().expect("an id")).await, &place);
    tells_damage(log.read(Position(MARKER - 1), 1).await, &place);
    tells_damage(followed(&log).await, &place);
}

/// The others of its stream come without it, and say so by what they stand behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_record_of_a_stream_is_missed_as_any_other() {
    const FIRST: u64 = 3;
    let mut server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    filled(&opened(&link).await).await;
    stopped(&mut server).await;
    flip_a_bit(&server.store(), &link.names.ledger_stream(), FIRST);
    server.start_again();
    let log = opened(&link).await;
    let place = format!("the message at sequence {FIRST}");
    tells_damage(log.read_stream(&stream("b/1"), Position::START).await, &place);
    tells_damage(log.glance_at_stream(&stream("b/1"), Position::START).await, &place);
    // Who has it need not read it again.
    assert_eq!(log.read_stream(&stream("b/1"), Position(FIRST)).await.expect("the rest is sound").len(), 19);
}

/// A server that was killed reads its last file when it starts, and cuts off what stands behind damage.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_whose_end_a_server_has_dropped_is_not_opened() {
    let (_server, link) = with_damage(|store, name| flip_a_bit(store, name, AMONG)).await;
    let error = JetStreamLog::open(link).await.expect_err("half a commit is at its end");
    let OpenError::Read(error) = error else { panic!("{error}") };
    tells_damage::<()>(Err(error), &format!("the message at sequence {ALONE}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_behind_a_dropped_end_does_not_hide_it() {
    let mut server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    let log = opened(&link).await;
    filled(&log).await;
    server.kill();
    flip_a_bit(&server.store(), &link.names.ledger_stream(), AMONG);
    server.start_again();
    // Whoever had it open comes back without a word, and writes on.
    taken(&log, commit("c21").on("a/21", 0)).await;
    let half = format!("the message at sequence {ALONE}: the commit that it belongs to is not whole");
    for log in [log, opened(&link).await] {
        tells_damage(log.find_command(&"c10".parse().expect("an id")).await, &half);
        tells_damage(log.read(Position(ALONE), 1).await, &half);
        tells_damage(followed(&log).await, &half);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_damaged_follower_of_three_is_told_and_gives_no_shorter_answer() {
    let mut cluster = Cluster::start(&ServerConfig::default()).await;
    let link = link(&cluster.url(), 3).await;
    filled(&opened(&link).await).await;
    let leader = leader_of(&link).await;
    let server = cluster.servers.iter_mut().find(|server| server.name() != leader).expect("two follow");
    let records = all(&opened(&link).await).await;
    // One that is killed gets what it wrote last from the others, sound; one that is stopped takes its disk for right.
    stopped(server).await;
    flip_a_bit_unseen(&server.store(), &link.names.ledger_stream(), ALONE);
    server.start_again();
    let place = format!("the message at sequence {ALONE} on {}", link.names.record("a", "10"));
    // A consumer is wherever the servers put it; while the server comes back some get no answer.
    let reading = async {
        let mut answers = 0;
        while answers < 12 {
            match followed(&opened(&link).await).await {
                Ok(whole) => assert_eq!(whole, records),
                Err(ReadError::Unavailable { .. }) => continue,
                damaged => tells_damage(damaged, &place),
            }
            answers += 1;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reading).await.expect("the servers answer");
    led_by(&link, server.name()).await;
    // What a stream ends with is given by any server that has the head: whole, or as damage that is told.
    let log = opened(&link).await;
    let reading = async {
        loop {
            match log.read_stream(&stream("a/10"), Position::START).await {
                Ok(whole) => assert_eq!(whole, [records[18].clone()]),
                damaged => return tells_damage(damaged, &place),
            }
        }
    };
    tokio::time::timeout(Duration::from_mins(1), reading)
        .await
        .expect("each of the servers is asked in time");
}

/// Reads the whole log by way of one server.
async fn followed_on(link: &Link, server: &NatsServer) -> Result<Vec<Record>, ReadError> {
    let there = Settings { servers: server.url(), ..link.settings.clone() };
    let there: Log = Arc::new(open(Link::connect(there).await.expect("it takes clients")).await);
    followed(&there).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_that_drops_its_end_gets_it_from_the_others() {
    let mut cluster = Cluster::start(&ServerConfig::default()).await;
    let link = link(&cluster.url(), 3).await;
    filled(&opened(&link).await).await;
    let records = all(&opened(&link).await).await;
    let leader = leader_of(&link).await;
    let server = cluster.servers.iter_mut().find(|server| server.name() != leader).expect("two follow");
    server.kill();
    flip_a_bit(&server.store(), &link.names.ledger_stream(), AMONG);
    server.start_again();
    led_by(&link, server.name()).await;
    assert_eq!(followed_on(&link, server).await.expect("nothing is lost"), records);
}

/// Stops a server as it likes to be stopped.
pub(crate) async fn stopped(server: &mut NatsServer) {
    server.signal("-TERM");
    let mut ticks = tokio::time::interval(Duration::from_millis(100));
    let stopping = async {
        while !std::fs::read_to_string(server.log_file()).expect("its log").contains("Server Exiting") {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), stopping).await.expect("it stops");
    server.kill();
}

/// Makes a server the one that leads.
async fn led_by(link: &Link, name: &str) {
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    let asked = serde_json::json!({"placement": {"preferred": name}});
    let subject = format!("$JS.API.STREAM.LEADER.STEPDOWN.{}", link.names.ledger_stream());
    let leads = async {
        while leader_of(link).await != name {
            // One that has not caught up is not made it; and while nobody leads nobody answers.
            drop(link.client.request(subject.clone(), asked.to_string().into()).await);
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), leads).await.expect("it leads in the end");
}

async fn leader_of(link: &Link) -> String {
    let known = link.jetstream.get_stream(link.names.ledger_stream()).await.ok();
    let cluster = known.and_then(|known| known.cached_info().cluster.clone());
    cluster.and_then(|cluster| cluster.leader).unwrap_or_default()
}

//! What only a log on servers can meet: other writers, answers that are lost, servers that go and come.

use std::sync::Arc;

use resit_event_log::contract::given::{Log, commit, found, sound, taken};
use resit_event_log::{AppendError, Appended};
use resit_jetstream_log::JetStreamLog;
use resit_nats::{Link, Settings};
use resit_nats_fixture::{Cluster, NatsServer, Proxy, ServerConfig, Way};
use tokio::task::JoinSet;

use crate::servers::{link, open, stream};

/// Another process's view of the same ledger.
async fn beside(link: &Link) -> Log {
    let link = Link::connect(link.settings.clone()).await.expect("the servers take clients");
    Arc::new(open(link).await)
}

async fn raced(logs: [Log; 2], streams: u64, command: impl Fn(usize, u64) -> String) -> [Vec<bool>; 2] {
    let mut racers = JoinSet::new();
    for (n, log) in logs.into_iter().enumerate() {
        for stream in 0..streams {
            let attempt = commit(&command(n, stream)).on(&format!("a/{stream}"), 0);
            let log = log.clone();
            racers.spawn(async move { (n, stream, log.append(attempt).await) });
        }
    }
    let mut won = [(); 2].map(|()| vec![false; usize::try_from(streams).expect("few")]);
    while let Some(raced) = racers.join_next().await {
        let (n, stream, answer) = raced.expect("racers do not panic");
        match answer {
            Ok(Appended { .. }) => won[n][usize::try_from(stream).expect("few")] = true,
            Err(AppendError::Conflict { .. } | AppendError::CommandTaken { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    won
}

async fn of_two_one_creates_each_stream(first: Link) {
    let logs = [Arc::new(open(first.clone()).await) as Log, beside(&first).await];
    let won = raced(logs.clone(), 100, |n, stream| format!("c{n}-{stream}")).await;
    assert!((0..100).all(|n| won[0][n] != won[1][n]), "each stream has one winner");
    assert_eq!(sound_but_for_time(&logs[0]).await, 100);
    assert_eq!(sound_but_for_time(&logs[1]).await, 100);
}

/// How many records both ways of reading agree on. Two writers' clocks may cross.
async fn sound_but_for_time(log: &Log) -> usize {
    let records = resit_event_log::contract::given::all(log).await;
    for record in &records {
        assert_eq!(found(log, record.command.as_str()).await[usize::from(record.slice)], *record);
    }
    records.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_handlers_that_race_to_create_a_stream_one_wins() {
    let server = NatsServer::start(ServerConfig::default());
    of_two_one_creates_each_stream(link(&server.url(), 1).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_handlers_that_race_to_create_a_stream_one_wins_on_replicas() {
    let cluster = Cluster::start(&ServerConfig::default()).await;
    of_two_one_creates_each_stream(link(&cluster.url(), 3).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_handlers_with_the_same_command_one_has_its_effect() {
    let server = NatsServer::start(ServerConfig::default());
    let first = link(&server.url(), 1).await;
    let logs = [Arc::new(open(first.clone()).await) as Log, beside(&first).await];
    let won = raced(logs.clone(), 50, |_, stream| format!("c{stream}")).await;
    assert!((0..50).all(|n| won[0][n] != won[1][n]), "each command has one effect");
    assert_eq!(sound_but_for_time(&logs[0]).await, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_that_is_lost_is_found_in_the_log() {
    let server = NatsServer::start(ServerConfig::default());
    let direct = link(&server.url(), 1).await;
    let proxy = Proxy::before(server.ports().client).await;
    let timeout = std::time::Duration::from_millis(300);
    let through = Settings { servers: proxy.url(), timeout, ..direct.settings.clone() };
    let log: Log = Arc::new(open(Link::connect(through).await.expect("the proxy passes")).await);
    taken(&log, commit("before").on("a/0", 0)).await;
    let witness: Log = Arc::new(open(direct).await);

    proxy.let_pass(Way::Deaf);
    let appending = {
        let log = log.clone();
        tokio::spawn(async move { taken(&log, commit("c1").on("a/1", 0).on("b/1", 0)).await })
    };
    // It is stored, and the answer is lost.
    let stored = witness.wait_past(witness.head().await.expect("readable")).await.expect("readable");
    proxy.let_pass(Way::Cut);
    proxy.let_pass(Way::Open);

    let appended = appending.await.expect("it is answered");
    assert!(appended.first <= stored && stored <= appended.last);
    let records = found(&witness, "c1").await;
    assert_eq!(records.len(), 2);
    assert!(
        records.iter().all(|record| record.recorded_at == appended.recorded_at),
        "the time on record is told"
    );
    assert_eq!(sound(&witness).await.len(), 3, "nothing is there twice");
}

/// Gives a commit again for as long as nobody says what became of it, as a handler does that judges again.
async fn taken_once(log: &Log, name: &str) {
    loop {
        match log.append(commit(&format!("c{name}")).on(&format!("a/{name}"), 0)).await {
            Ok(_) | Err(AppendError::CommandTaken { .. }) => return,
            Err(AppendError::NotSent { .. } | AppendError::Unanswered { .. }) => {}
            Err(error) => panic!("c{name}: {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_when_the_server_was_killed() {
    let mut server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    let log: Log = Arc::new(open(link.clone()).await);
    for round in 0..3 {
        let mut writers = JoinSet::new();
        for n in 0..40 {
            let log = log.clone();
            writers.spawn(async move { taken_once(&log, &format!("{round}-{n}")).await });
        }
        // In the middle of it, as far as that goes.
        writers.join_next().await.expect("there are writers").expect("it is taken");
        server.kill();
        server.start_again();
        while let Some(written) = writers.join_next().await {
            written.expect("each is answered in the end");
        }
    }
    assert_eq!(sound(&beside(&link).await).await.len(), 120);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_could_lose_records_is_no_log() {
    let server = NatsServer::start(ServerConfig::default());
    let link = Link::connect(Settings::open(&server.url(), "loose".parse().expect("a name")))
        .await
        .expect("a server");
    let missing = JetStreamLog::open(link.clone()).await.expect_err("there is no stream");
    assert!(missing.to_string().contains("resit nats apply"), "{missing}");
    let mut config = stream(&link);
    config.deny_purge = false;
    link.jetstream.create_stream(config).await.expect("a stream");
    let unfit = JetStreamLog::open(link).await.expect_err("it can be purged");
    assert!(unfit.to_string().contains("purging must be denied"), "{unfit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_take_too_little_are_no_log() {
    let config = ServerConfig { more: "max_payload: 1MB\n".into(), ..ServerConfig::default() };
    let server = NatsServer::start(config);
    let unfit = JetStreamLog::open(link(&server.url(), 1).await).await.expect_err("messages may be too long");
    assert!(unfit.to_string().contains("max_payload: 8MB"), "{unfit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_lost_the_others_does_not_say_where_the_head_is() {
    let mut cluster = Cluster::start(&ServerConfig::default()).await;
    let link = link(&cluster.url(), 3).await;
    let log: Log = Arc::new(open(link).await);
    taken(&log, commit("c1").on("a/1", 0)).await;
    cluster.servers[0].kill();
    cluster.servers[1].kill();
    // A leader that is left alone steps down after a while.
    let mut pace = tokio::time::interval(std::time::Duration::from_millis(200));
    let alone = async {
        while log.head().await.is_ok() {
            pace.tick().await;
        }
    };
    let stepped_down = tokio::time::timeout(std::time::Duration::from_mins(1), alone).await;
    stepped_down.expect("one server of three leads nothing");
}

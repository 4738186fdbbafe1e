//! A server that leads is cut off from the others and still answers its own clients: nothing that it says is taken for new.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use resit_event_log::contract::given::{Log, all, commit, found, taken};
use resit_event_log::{AppendError, Position, ReadError, StreamId};
use resit_nats::{Link, Settings};
use resit_nats_fixture::{Cluster, ServerConfig};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::servers::{link, open};

/// How long servers may take to find another leader, or each other.
const ELECTED_MAX: Duration = Duration::from_mins(1);

/// A ledger on three servers that can be divided.
struct Divided {
    cluster: Cluster,
    settings: Settings,
    leader: usize,
}

impl Divided {
    async fn new() -> Self {
        let cluster = Cluster::start_divisible(&ServerConfig::default()).await;
        let link = link(&cluster.url(), 3).await;
        let log = open(link.clone()).await;
        drop(log);
        let leader = leader(&link).await;
        let leader = cluster.servers.iter().position(|server| server.name() == leader).expect("one of them");
        Self { settings: Settings { timeout: Duration::from_secs(1), ..link.settings }, cluster, leader }
    }

    /// The log by way of some servers alone.
    async fn by(&self, servers: impl Iterator<Item = usize>) -> Log {
        let servers = servers.map(|n| self.cluster.servers[n].url()).collect::<Vec<_>>().join(",");
        let settings = Settings { servers, ..self.settings.clone() };
        Arc::new(open(Link::connect(settings).await.expect("the servers take clients")).await)
    }

    async fn by_the_leader(&self) -> Log {
        self.by([self.leader].into_iter()).await
    }

    async fn by_the_others(&self) -> Log {
        self.by((0..3).filter(|n| *n != self.leader)).await
    }
}

async fn leader(link: &Link) -> String {
    let stream = link.jetstream.get_stream(link.names.ledger_stream()).await.expect("it is there");
    stream.cached_info().cluster.clone().and_then(|cluster| cluster.leader).expect("it has a leader")
}

/// Appends until it is taken: the servers may have to elect a leader first. Each try is another command.
pub(crate) async fn taken_at_last(log: &Log, command: &str, stream: &str, expected: Position) -> Position {
    let trying = async {
        for n in 0.. {
            match log.append(commit(&format!("{command}-{n}")).on(stream, expected.0)).await {
                Ok(appended) => return appended.last,
                Err(AppendError::Conflict { actual, .. }) => return actual,
                Err(error) => tracing::debug!(%error, "not yet"),
            }
        }
        unreachable!("it goes on for as long as it takes")
    };
    timeout(ELECTED_MAX, trying).await.expect("two of three servers have a leader in time")
}

fn is_unproven<T: std::fmt::Debug>(answer: &Result<T, ReadError>) {
    assert!(matches!(answer, Err(ReadError::Unavailable { .. })), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_is_cut_off_proves_nothing_to_its_clients() {
    let ledger = Divided::new().await;
    let (beside, others) = (ledger.by_the_leader().await, ledger.by_the_others().await);
    let first = taken(&beside, commit("c1").on("offer/o", 0)).await;
    let stream: StreamId = "offer/o".into();
    assert_eq!(beside.revision(&stream).await.expect("all are together"), first.last);

    ledger.cluster.cut_off(ledger.leader);
    let second = taken_at_last(&others, "c2", "offer/o", first.last).await;
    assert!(second > first.last);
    // It is acknowledged: whatever is asked from here on has it, or is not answered.
    tokio::join!(
        async { is_unproven(&beside.head().await) },
        async { is_unproven(&beside.revision(&stream).await) },
        async { is_unproven(&beside.read_stream(&stream, Position::START).await) },
        async { is_unproven(&beside.read_stream(&"offer/unknown".into(), Position::START).await) },
        async { is_unproven(&beside.find_command(&"c1".parse().expect("an id")).await) },
        async { is_unproven(&beside.find_command(&"unknown".parse().expect("an id")).await) },
    );
    // What stands there stands there for ever.
    assert_eq!(beside.read(Position::START, 10).await.expect("it has it").len(), 1);

    ledger.cluster.heal();
    let healed = async {
        while beside.head().await.ok() != Some(others.head().await.expect("two of three are together")) {}
    };
    timeout(ELECTED_MAX, healed).await.expect("the servers find each other");
    assert_eq!(beside.revision(&stream).await.expect("all are together"), second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_that_is_cut_off_proves_nothing_to_its_clients() {
    let mut ledger = Divided::new().await;
    ledger.leader = (ledger.leader + 1) % 3;
    let (beside, others) = (ledger.by_the_leader().await, ledger.by_the_others().await);
    let first = taken(&beside, commit("c1").on("offer/o", 0)).await;
    ledger.cluster.cut_off(ledger.leader);
    let second = taken(&others, commit("c2").on("offer/o", first.last.0)).await;
    is_unproven(&beside.head().await);
    is_unproven(&beside.revision(&"offer/o".into()).await);
    assert_eq!(others.revision(&"offer/o".into()).await.expect("they are two of three"), second.last);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_a_cut_off_leader_does_not_answer_is_sent_once_and_never_lands_behind_its_word() {
    let ledger = Divided::new().await;
    let (beside, others) = (ledger.by_the_leader().await, ledger.by_the_others().await);
    let first = taken(&beside, commit("c1").on("offer/o", 0)).await;
    ledger.cluster.cut_off(ledger.leader);
    let order = tokio::spawn(async move {
        let answer = beside.append(commit("order").on("entitlement/e", 0)).await;
        (beside, answer)
    });
    taken_at_last(&others, "withdrawal", "offer/o", first.last).await;
    ledger.cluster.heal();
    let (beside, answer) = order.await.expect("it is answered");
    // It was sent before the withdrawal, and nobody sends it a second time.
    let answer = answer.expect_err("who leads no more stores nothing");
    assert!(matches!(answer, AppendError::Unanswered { .. } | AppendError::Unavailable { .. }), "{answer}");
    // Whatever it judges by from now on has the withdrawal.
    let proven = async {
        loop {
            match beside.head().await {
                Ok(head) => break head,
                Err(error) => tracing::debug!(%error, "not yet"),
            }
        }
    };
    let head = timeout(ELECTED_MAX, proven).await.expect("the servers find each other");
    assert_eq!(head, others.head().await.expect("they are together"));
    assert!(found(&others, "order").await.is_empty(), "it would stand behind what it was not judged by");
    // The same command once more, and only once.
    let again = taken(&beside, commit("order").on("entitlement/e", 0)).await;
    assert_eq!(found(&others, "order").await[0].position, again.last);
}

/// More than three batches take.
const COMMITS: u64 = 4_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_never_sent_is_told_apart_from_what_nobody_knows_and_never_lands() {
    let ledger = Divided::new().await;
    let beside = ledger.by_the_leader().await;
    taken(&beside, commit("before").on("a/0", 0)).await;
    let others = || (0..3).filter(|n| *n != ledger.leader).map(|n| &ledger.cluster.servers[n]);
    others().for_each(|server| server.signal("-STOP"));
    let mut appending = JoinSet::new();
    for n in 1..=COMMITS {
        let log = beside.clone();
        appending
            .spawn(async move { (n, log.append(commit(&format!("c{n}")).on(&format!("a/{n}"), 0)).await) });
    }
    let (mut unsent, mut unknown) = (Vec::new(), 0);
    while let Some(answered) = appending.join_next().await {
        match answered.expect("nobody panics") {
            (n, Err(AppendError::NotSent { .. })) => unsent.push(n),
            (_, Err(AppendError::Unanswered { .. } | AppendError::Unavailable { .. })) => unknown += 1,
            (n, answer) => panic!("c{n} of a leader that is alone: {answer:?}"),
        }
    }
    assert!(!unsent.is_empty() && unknown > 0, "{} were not sent, {unknown} are unknown", unsent.len());
    others().for_each(|server| server.signal("-CONT"));
    let together = ledger.by(0..3).await;
    // What the servers had in their own log is stored before this is.
    taken_at_last(&together, "after", "a/0", Position(2)).await;
    let records = all(&together).await;
    let landed: HashSet<&str> = records.iter().map(|record| record.command.as_str()).collect();
    let wrong = unsent.iter().filter(|n| landed.contains(&*format!("c{n}"))).count();
    assert_eq!(wrong, 0, "of {} that were not sent are on record", unsent.len());
    // They may be sent again at any time.
    for n in unsent.into_iter().take(5) {
        taken(&together, commit(&format!("c{n}")).on(&format!("a/{n}"), 0)).await;
    }
}

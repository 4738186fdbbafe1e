//! Servers prove that they sync before they acknowledge, or the ledger does not trust them.

use std::time::Duration;

use resit_nats::durability::{NotDurable, prove};
use resit_nats::layout::{Layout, apply};
use resit_nats::{Link, Settings};
use resit_nats_fixture::{Cluster, NatsServer, ServerConfig, VERSION};

use crate::link;

/// How often a cluster is asked until it has noticed something; each time it is given a quarter of a second.
const TRIES: u32 = 120;

fn unsynced() -> ServerConfig {
    ServerConfig { syncs_always: false, ..ServerConfig::default() }
}

async fn laid_out(link: &Link) {
    apply(link, &Layout::of(&link.names, link.settings.replicas, &[])).await.unwrap();
}

/// A connection to one of three servers, with all that a ledger needs there, that waits no longer than a second for an answer.
async fn impatient(server: &NatsServer) -> Link {
    let settings = Settings {
        replicas: 3,
        timeout: Duration::from_secs(1),
        ..Settings::open(&server.url(), "resit".parse().unwrap())
    };
    let link = Link::connect(settings).await.unwrap();
    laid_out(&link).await;
    link
}

#[tokio::test]
async fn a_server_that_syncs_proves_it_with_and_without_streams() {
    let server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    let before = prove(&link).await.unwrap();
    assert_eq!(before.servers.iter().next(), Some((&"one".to_owned(), &VERSION.to_owned())));
    laid_out(&link).await;
    assert_eq!(prove(&link).await.unwrap(), before);
}

#[tokio::test]
async fn a_server_that_does_not_sync_is_named_with_what_to_set() {
    let server = NatsServer::start(unsynced());
    let link = link(&server.url(), 1).await;
    let told = prove(&link).await.unwrap_err();
    assert!(matches!(&told, NotDurable::Unsynced { servers } if servers == &format!("one ({VERSION})")));
    assert!(told.to_string().contains("set `sync_interval: always`"), "{told}");
}

#[tokio::test]
async fn servers_that_tell_nothing_prove_nothing() {
    let accounts =
        "accounts { LEDGER { jetstream: enabled, users: [{user: t, password: t}] } }\nno_auth_user: t\n";
    let server = NatsServer::start(ServerConfig { more: accounts.into(), ..ServerConfig::default() });
    let link = link(&server.url(), 1).await;
    assert!(matches!(prove(&link).await, Err(NotDurable::Untold { .. })));
}

#[tokio::test]
async fn one_of_three_that_does_not_sync_is_enough_to_refuse() {
    let mut cluster = Cluster::start(&ServerConfig::default()).await;
    let servers = cluster.url();
    let three = link(&servers, 3).await;
    laid_out(&three).await;
    assert_eq!(prove(&three).await.unwrap().servers.len(), 3);
    cluster.servers[1].start_as(|config| ServerConfig { syncs_always: false, ..config });
    let told = after(&three, |proof| matches!(proof, Err(NotDurable::Unsynced { .. }))).await;
    assert!(told.unwrap_err().to_string().starts_with(&format!("what n2 ({VERSION}) acknowledge")));
}

#[tokio::test]
async fn a_server_that_hangs_is_not_believed_until_the_others_miss_it_too() {
    let cluster = Cluster::start(&ServerConfig::default()).await;
    let three = impatient(&cluster.servers[0]).await;
    assert!(prove(&three).await.unwrap().away.is_empty());
    cluster.servers[2].signal("-STOP");
    let told = after(&three, |proof| matches!(proof, Err(NotDurable::Silent { .. }))).await.unwrap_err();
    assert!(told.to_string().starts_with("n3 did not say"), "{told}");
    let proof = after(&three, Result::is_ok).await.unwrap();
    assert_eq!(proof.away.iter().collect::<Vec<_>>(), ["n3"]);
    assert_eq!(proof.servers.keys().collect::<Vec<_>>(), ["n1", "n2"]);
}

#[tokio::test]
async fn a_server_that_hangs_does_not_hide_one_that_does_not_sync() {
    let mut cluster = Cluster::start(&ServerConfig::default()).await;
    let three = impatient(&cluster.servers[0]).await;
    cluster.servers[1].start_as(|config| ServerConfig { syncs_always: false, ..config });
    after(&three, |proof| matches!(proof, Err(NotDurable::Unsynced { .. }))).await.unwrap_err();
    cluster.servers[2].signal("-STOP");
    let told = after(&three, |proof| !matches!(proof, Err(NotDurable::Streams(_)))).await.unwrap_err();
    assert!(matches!(told, NotDurable::Unsynced { .. }), "{told}");
}

type Proven = Result<resit_nats::durability::Proof, NotDurable>;

/// Asks until the answer is as expected: a cluster notices what became of its servers after a while.
async fn after(link: &Link, expected: fn(&Proven) -> bool) -> Proven {
    let mut pause = tokio::time::interval(Duration::from_millis(250));
    for _ in 0..TRIES {
        pause.tick().await;
        let proven = prove(link).await;
        if expected(&proven) {
            return proven;
        }
    }
    panic!("{:?}", prove(link).await);
}

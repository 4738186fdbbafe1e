//! Streams and consumers: made, mended, left alone.

use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::stream::{Config, DiscardPolicy};
use resit_nats::layout::{Deed, Flaw, Layout, Plan, apply, check, plan};
use resit_nats::{Link, User};
use resit_nats_fixture::{Cluster, NatsServer, ServerConfig};

use crate::{config, link};

fn layout(link: &Link, users: &[&str]) -> Layout {
    let users: Vec<User> = users.iter().map(|user| user.parse().unwrap()).collect();
    Layout::of(&link.names, link.settings.replicas, &users)
}

fn needs(link: &Link, stream: &str) -> Config {
    layout(link, &[]).streams.into_iter().find(|known| known.name == stream).unwrap()
}

/// What was planned for a thing.
#[track_caller]
fn deed(plan: &Plan, name: &str) -> Deed {
    plan.steps.iter().find(|step| step.thing.name() == name).unwrap().deed.clone()
}

/// In what something is not as it has to be.
#[track_caller]
fn differs_in(deed: Deed) -> Vec<&'static str> {
    let (Deed::Mend(all) | Deed::Leave(all)) = deed else { panic!("nothing differs: {deed:?}") };
    all.into_iter().map(|difference| difference.what).collect()
}

async fn made_as_needed(link: &Link) {
    let layout = layout(link, &["purchase:shop", "reporting:bi"]);
    let planned = plan(link, &layout).await.unwrap();
    assert!(planned.steps.iter().all(|step| step.deed == Deed::Create), "{planned:?}");
    let missing = check(link, &layout).await.unwrap();
    assert_eq!(missing.len(), planned.steps.len(), "{missing:?}");
    assert!(missing.iter().all(|flaw| matches!(flaw, Flaw::Missing { .. })), "{missing:?}");
    apply(link, &layout).await.unwrap();
    let flaws = check(link, &layout).await.unwrap();
    assert!(flaws.is_empty(), "{flaws:?}");
    assert!(apply(link, &layout).await.unwrap().is_done());
}

#[tokio::test]
async fn one_server_gets_what_a_ledger_needs_once() {
    let server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    made_as_needed(&link).await;
    let ledger = config(&link, "resit-ledger").await;
    assert!(ledger.deny_delete && ledger.deny_purge && ledger.allow_atomic_publish && ledger.allow_direct);
    assert_eq!(ledger.discard, DiscardPolicy::New);
    let names: Vec<_> = layout(&link, &["purchase:a.b"]).consumers.into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["outcomes-a=2Eb", "intake"]);
}

#[tokio::test]
async fn three_servers_get_what_a_ledger_needs_with_three_replicas() {
    let cluster = Cluster::start(&ServerConfig::default()).await;
    let link = link(&cluster.url(), 3).await;
    made_as_needed(&link).await;
    assert_eq!(config(&link, "KV_resit-leases").await.num_replicas, 3);
}

#[tokio::test]
async fn what_loses_nothing_is_mended() {
    let server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    let unguarded = Config {
        deny_delete: false,
        deny_purge: false,
        allow_atomic_publish: false,
        ..needs(&link, "resit-ledger")
    };
    link.jetstream.create_stream(unguarded).await.unwrap();
    let short = Config { max_age: Duration::from_hours(1), ..needs(&link, "resit-outcomes") };
    link.jetstream.create_stream(short).await.unwrap();
    let done = apply(&link, &layout(&link, &[])).await.unwrap();
    assert_eq!(differs_in(deed(&done, "resit-ledger")), ["deny_delete", "deny_purge", "allow_atomic"]);
    assert_eq!(differs_in(deed(&done, "resit-outcomes")), ["max_age in ns"]);
    assert!(config(&link, "resit-ledger").await.deny_purge);
    assert!(check(&link, &layout(&link, &[])).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_may_lose_something_is_left_as_it_is_and_told() {
    let server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    let vanishing = Config { allow_message_ttl: true, deny_delete: false, ..needs(&link, "resit-ledger") };
    link.jetstream.create_stream(vanishing).await.unwrap();
    let longer = Config { max_age: Duration::from_hours(10_000), ..needs(&link, "resit-outcomes") };
    link.jetstream.create_stream(longer).await.unwrap();
    let before = (config(&link, "resit-ledger").await, config(&link, "resit-outcomes").await);
    let done = apply(&link, &layout(&link, &[])).await.unwrap();
    assert!(matches!(deed(&done, "resit-ledger"), Deed::Leave(_)));
    assert_eq!(differs_in(deed(&done, "resit-ledger")), ["deny_delete", "allow_msg_ttl"]);
    assert!(matches!(deed(&done, "resit-outcomes"), Deed::Leave(_)));
    assert_eq!((config(&link, "resit-ledger").await, config(&link, "resit-outcomes").await), before);
    let flaws = check(&link, &layout(&link, &[])).await.unwrap();
    let told: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|flaw| flaw.starts_with(
            "the stream resit-ledger has allow_msg_ttl = true and needs false; it is left alone"
        )),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_consumer_that_reads_something_else_is_left_and_told() {
    let server = NatsServer::start(ServerConfig::default());
    let link = link(&server.url(), 1).await;
    apply(&link, &layout(&link, &[])).await.unwrap();
    let all = pull::Config { durable_name: Some("outcomes-shop".into()), ..pull::Config::default() };
    link.jetstream.create_consumer_on_stream(all, "resit-outcomes").await.unwrap();
    let done = apply(&link, &layout(&link, &["purchase:shop"])).await.unwrap();
    let found = differs_in(deed(&done, "resit-outcomes/outcomes-shop"));
    assert!(found.contains(&"filter_subject"), "{found:?}");
    let flaws = check(&link, &layout(&link, &["purchase:shop"])).await.unwrap();
    assert!(flaws.iter().all(|flaw| flaw.to_string().contains("resit-outcomes/outcomes-shop")), "{flaws:?}");
    assert_eq!(flaws.len(), found.len());
}

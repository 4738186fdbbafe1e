//! Every role on the three servers, each with its own key, and those who come to them from outside.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Message};
use futures_util::StreamExt as _;
use resit_nats::Link;
use serde_json::json;

use super::ROLES;
use super::three_servers::ThreeServers;
use crate::shell::{Answer, Shell};

/// A role's process, as long as this lives.
pub(super) struct Running {
    child: Child,
    pub(super) url: String,
}

impl Running {
    /// Starts a role with its own key, and waits until it is at work.
    #[track_caller]
    pub(super) fn start(three: &ThreeServers, role: &str) -> Self {
        let mut command = three.command(role);
        let mut child =
            command.arg(role).env("RESIT_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let url = said.split("http://").nth(1).unwrap_or_else(|| panic!("{role} said {said:?}"));
        let url = url.split([',', '\n']).next().unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads as somebody outside does, until so many messages came or none does for too long.
async fn read(link: &Link, stream: &str, consumer: &str, count: usize) -> Vec<Message> {
    let outside = jetstream::with_prefix(link.client.clone(), &link.names.readers_api());
    let consumer: PullConsumer =
        outside.get_consumer_from_stream::<pull::Config, _, _>(consumer, stream).await.unwrap();
    let batch =
        consumer.batch().max_messages(count).expires(Duration::from_secs(30)).messages().await.unwrap();
    batch.map(Result::unwrap).collect().await
}

/// An order of a shop, as an event.
async fn order(shop: &Link, number: &str, offer: &str) {
    let mut headers = HeaderMap::new();
    let event = [
        ("ce-specversion", "1.0"),
        ("ce-id", number),
        ("ce-source", "shop"),
        ("ce-type", "order-placed-v1"),
        ("content-type", "application/json"),
    ];
    for (name, value) in event {
        headers.insert(name, value);
    }
    let data = json!({ "shop": "shop", "number": number, "lines": [{ "line": 1, "offer": offer }] });
    let subject = shop.names.intake("purchase", "shop", "order-placed-v1");
    let sent = shop.jetstream.publish_with_headers(subject, headers, data.to_string().into()).await.unwrap();
    sent.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_works_there_with_its_own_key_and_no_other_right() {
    let mut three = ThreeServers::start();
    three.apply();
    three.run("command-handler", "init").with(0);
    let token = three.run("gateway", "--output json token make --role operator --name chief").with(0).json();
    let running = ROLES.map(|role| Running::start(&three, role));
    for process in &running {
        Shell::nowhere().run(&format!("health --server http://{}", process.url)).with(0);
    }
    let url = format!("http://{}", running[4].url);
    let asked = |words: &str| {
        let token = token["token"].as_str().unwrap();
        Shell::nowhere().run(&format!("--output json --server {url} --token {token} {words}"))
    };
    // While the servers choose who leads, the answer is to send it again with the same id.
    let settled = |words: &str| -> Answer {
        let mut answers = (0..30).map(|_| asked(words));
        answers.find(|answer| answer.code != 3).unwrap_or_else(|| asked(words)).with(0)
    };
    settled("--command-id offer offer publish exam-replay");
    let issued = settled("--command-id first issue exam-replay --order W-1").json();

    let (shop, bi) = (three.link("purchase_shop").await, three.link("reporting_bi").await);
    order(&shop, "W-2", "exam-replay").await;
    order(&shop, "W-3", "no offer at all").await;
    let outcomes = read(&shop, &shop.names.outcome_stream(), "outcomes-shop", 2).await;
    let mut kinds: Vec<&str> = outcomes
        .iter()
        .map(|outcome| outcome.headers.as_ref().unwrap().get("ce-type").unwrap().as_str())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["event-accepted-v1", "event-parked-v1"]);
    let facts = read(&bi, &bi.names.facts_stream(), "facts-bi", 3).await;
    assert_eq!(facts.len(), 3, "{facts:?}");
    let parked = three.run("operator_chief", "--output json parked list").with(0).json();
    assert_eq!(parked.as_array().unwrap().len(), 1, "{parked}");

    three.servers.kill(1);
    let again = settled("--command-id first issue exam-replay --order W-1").json();
    assert_eq!((&again["replayed"], &again["codes"]), (&true.into(), &issued["codes"]));
    settled("--command-id second issue exam-replay --order W-4");
    let listed = settled("look-up --offer exam-replay").json();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    settled("verify");
    let refused = Shell::nowhere().run(&format!("--server {url} status")).with(2).err;
    assert!(refused.contains("token"), "{refused}");
    let told = three.run("projector", "command-handler").with(2).err;
    assert!(told.contains("the seed of the user command-handler"), "{told}");
}

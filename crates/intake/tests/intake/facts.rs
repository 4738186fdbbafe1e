//! Facts go out once each, in order, without fingerprints.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use resit_event_log::Position;
use resit_intake::{Announcer, CloudEvent, Counts, Fact};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::world::{World, event, order};

/// All that was announced.
pub(crate) async fn announced(world: &World) -> Vec<(String, Fact)> {
    let stream = world.link.jetstream.get_stream("resit-facts").await.unwrap();
    let last = stream.get_info().await.unwrap().state.last_sequence;
    let mut facts = Vec::new();
    for sequence in 1..=last {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let event = CloudEvent::read(&message.headers, &message.payload).unwrap();
        let fact: Fact = serde_json::from_slice(&event.data).unwrap();
        assert_eq!(event.kind, fact.kind());
        facts.push((message.subject.to_string(), fact));
    }
    facts
}

pub(crate) fn announcer(world: &World) -> Announcer {
    Announcer::new(world.link.clone(), world.log.clone(), Arc::new(Counts::default()))
}

/// What ought to be announced.
pub(crate) async fn on_record(world: &World) -> Vec<Fact> {
    world.log.read(Position::START, usize::MAX).await.unwrap().iter().flat_map(Fact::of).collect()
}

/// Runs announcers side by side until all that is on record is announced; each that was outrun goes on.
pub(crate) async fn run(world: &World, many: usize) {
    let due = on_record(world).await.len();
    let mut facts = world.link.client.subscribe("resit.facts.>").await.unwrap();
    let already = announced(world).await.len();
    let mut stops = Vec::new();
    for _ in 0..many {
        let (stop, stopped) = oneshot::channel::<()>();
        let announcer = announcer(world);
        let running = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            tokio::pin!(stopped);
            announcer.run(&mut stopped).await.unwrap();
        });
        stops.push((stop, running));
    }
    let heard = async {
        while announced(world).await.len() < due {
            facts.next().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), heard).await.expect("all is announced");
    for (stop, running) in stops {
        drop(stop);
        running.await.unwrap();
    }
    assert!(already <= due);
}

async fn sell(world: &mut World, first: usize, last: usize) {
    for number in first..=last {
        world.send(&event(&format!("e-{number}"), "order-placed-v1", &order(&number.to_string()))).await;
        world.told().await;
    }
}

#[tokio::test]
async fn every_fact_is_announced_once_whoever_announces_and_however_often_it_starts() {
    announce_all(World::new().await).await;
}

#[tokio::test]
async fn every_fact_is_announced_once_on_three_servers() {
    announce_all(World::replicated().await).await;
}

async fn announce_all(mut world: World) {
    sell(&mut world, 1, 20).await;
    run(&world, 1).await;
    sell(&mut world, 21, 40).await;
    run(&world, 3).await;
    let told: Vec<Fact> = announced(&world).await.into_iter().map(|(_, fact)| fact).collect();
    assert_eq!(told, on_record(&world).await);
    assert_eq!(told.iter().filter(|fact| fact.r#type == "VoucherIssued").count(), 40);
}

#[tokio::test]
async fn no_fingerprint_is_announced() {
    let mut world = World::new().await;
    sell(&mut world, 1, 1).await;
    run(&world, 1).await;
    let facts = announced(&world).await;
    assert!(facts.iter().all(|(subject, _)| !subject.contains(".code.")));
    let issued = facts.iter().find(|(_, fact)| fact.r#type == "VoucherIssued").unwrap();
    assert_eq!(issued.0, "resit.facts.entitlement.voucher-issued-v1");
    for unit in issued.1.body["units"].as_array().unwrap() {
        assert_eq!(unit.as_object().unwrap().keys().collect::<Vec<_>>(), ["benefit"]);
    }
    let records = world.log.read(Position::START, usize::MAX).await.unwrap();
    let fingerprints: Vec<_> = records
        .iter()
        .filter(|record| record.stream.kind() == "code")
        .map(|record| record.stream.id().to_owned())
        .collect();
    assert!(!fingerprints.is_empty());
    let all = facts.iter().map(|(_, fact)| serde_json::to_string(fact).unwrap()).collect::<String>();
    assert!(fingerprints.iter().all(|fingerprint| !all.contains(fingerprint)));
}

#[test]
fn facts_of_every_type_are_told_without_what_looks_like_a_fingerprint() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto/golden/events/v1");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "msgpack") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let kind = name.split('-').next().unwrap().to_owned();
        let body = std::fs::read(&path).unwrap();
        let data = resit_event_log::EventData {
            kind: kind.into(),
            version: 1,
            happened_at: resit_domain::Timestamp::default(),
            body: body.into(),
        };
        let record = resit_event_log::Record {
            position: Position(1),
            recorded_at: resit_domain::Timestamp::default(),
            stream: "entitlement/01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
            previous: Position(0),
            command: "c".parse().unwrap(),
            command_body: bytes::Bytes::new(),
            actor: "web".parse().unwrap(),
            slice: 0,
            slices: 1,
            events: vec![data],
        };
        let facts = Fact::of(&record);
        assert!(!facts[0].body.is_null(), "{name}");
        assert!(fingerprint(&facts[0].body).is_none(), "{name}: {:?}", fingerprint(&facts[0].body));
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

/// A text of 32 hexadecimal digits, wherever it is.
fn fingerprint(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => {
            (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())).then_some(text)
        }
        Value::Array(items) => items.iter().find_map(fingerprint),
        Value::Object(fields) => fields.values().find_map(fingerprint),
        _ => None,
    }
}

//! What can't be taken is parked as it came, with the reason and the remedy.

use async_nats::HeaderMap;
use bytes::Bytes;
use resit_domain::{EntitlementId, PublishOffer};
use resit_intake::parked::{How, Mended};
use resit_intake::{CloudEvent, Encoding, IntakeError};
use resit_voucher_code::CodeKey;
use serde_json::json;

use crate::world::{World, event, order, parsed};

async fn parked(world: &mut World, reason: &str, field: &str) {
    let told = world.told().await;
    assert_eq!(told.kind, "event-parked-v1", "{}", told.data);
    assert_eq!(
        (&told.data["reason"], &told.data["error"]["field"]),
        (&json!(reason), &json!(field)),
        "{}",
        told.data
    );
    assert!(!told.data["error"]["remedy"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_done_of_an_order_that_is_parked_for_one_of_its_lines() {
    let mut world = World::new().await;
    let source = include_str!("../../../../deploy/offers/site-pack-500.toml").to_owned();
    world.yes("big", PublishOffer { source }.into()).await;
    let mut two = order("1001");
    let too_many = json!({ "line": 2, "offer": "site-pack-500", "quantity": 65_000 });
    two["lines"].as_array_mut().unwrap().push(too_many);
    world.send(&event("e-1", "order-placed-v1", &two)).await;
    parked(&mut world, "bad-data", "quantity").await;
    assert_eq!(world.count("VoucherIssued").await, 0, "the first line, too, was not taken");
    world.send(&event("e-2", "order-placed-v1", &order("1001"))).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
}

#[tokio::test]
async fn each_kind_of_poison_is_parked_with_its_reason() {
    let mut world = World::new().await;
    let good = event("e-1", "order-placed-v1", &order("1001"));
    let subject = "resit.intake.purchase.web.order-placed-v1";
    world.raw(subject, HeaderMap::new(), "not JSON").await;
    parked(&mut world, "not-a-cloud-event", "headers").await;
    for (name, value, field) in [
        ("ce-id", "", "id"),
        ("ce-specversion", "0.3", "specversion"),
        ("content-type", "text/xml", "datacontenttype"),
    ] {
        let (mut headers, payload) = good.binary();
        headers.insert(name, value);
        world.raw(subject, headers, payload).await;
        parked(&mut world, "not-a-cloud-event", field).await;
    }
    world.send(&event("e-2", "order-dreamt-v1", &order("1001"))).await;
    parked(&mut world, "unknown-type", "type").await;
    let (headers, payload) = good.binary();
    world.raw("resit.intake.purchase.web.order-refunded-v1", headers, payload).await;
    parked(&mut world, "wrong-subject", "subject").await;
    world.send(&CloudEvent { source: "kiosk".into(), ..good.clone() }).await;
    parked(&mut world, "wrong-source", "source").await;
    let mut theirs = order("1001");
    theirs["shop"] = json!("kiosk");
    world.send(&event("e-3", "order-placed-v1", &theirs)).await;
    parked(&mut world, "wrong-source", "shop").await;
    world.send(&event("e-4", "exam-result-v1", &json!({}))).await;
    parked(&mut world, "not-permitted", "type").await;
    for (data, field) in [
        (json!({ "shop": "web", "number": "1", "lines": [] }), "lines"),
        (json!({ "shop": "web", "number": "1", "lines": [{ "line": 1, "offer": "a b" }] }), "lines[0].offer"),
        (json!({ "shop": "web", "lines": [] }), "number"),
        (json!({ "shop": "web", "number": "1", "line": 1 }), "line"),
    ] {
        world.send(&event("e-5", "order-placed-v1", &data)).await;
        parked(&mut world, "bad-data", field).await;
    }
    let packed =
        CloudEvent { encoding: Encoding::MessagePack, data: Bytes::from_static(&[0xc1]), ..good.clone() };
    world.send(&packed).await;
    parked(&mut world, "bad-data", "data").await;
    // The good one is taken all the same.
    world.send(&good).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    world
        .send(&event("e-1", "order-placed-v1", &{
            let mut other = order("1001");
            other["paid"] = json!(false);
            other
        }))
        .await;
    parked(&mut world, "id-reused", "id").await;
    assert_eq!(world.count("VoucherIssued").await, 1);
}

#[tokio::test]
async fn what_is_parked_is_there_byte_for_byte() {
    let mut world = World::new().await;
    let mut headers = HeaderMap::new();
    headers.insert("ce-id", "e-1");
    headers.append("X-Mine", "one");
    headers.append("X-Mine", "two");
    let bytes: Vec<u8> = (0..=255).collect();
    world.raw("resit.intake.purchase.web.order-placed-v1", headers.clone(), bytes.clone()).await;
    parked(&mut world, "not-a-cloud-event", "specversion").await;
    let events = world.parked().await;
    let one = events.open().next().unwrap();
    assert_eq!((one.payload.as_ref(), &one.headers), (&bytes[..], &headers));
    assert_eq!(one.note.subject, "resit.intake.purchase.web.order-placed-v1");
    assert!(!one.note.withheld && one.note.sent_at <= one.parked_at);
}

#[tokio::test]
async fn a_code_is_nowhere_in_a_stream() {
    let mut world = World::new().await;
    let code = CodeKey::from_bytes([7; 32]).derive(EntitlementId([1; 16]), 1, 0).expose().to_string();
    let cancelled = json!({ "voucher": code, "by": "provider" });
    world.send_as("delivery.web", &event("c-1", "booking-cancelled-v1", &cancelled)).await;
    parked(&mut world, "code-in-event", "voucher").await;
    world.stop().await;
    let mut events = world.parked().await;
    let one = events.open().next().unwrap().clone();
    assert!(one.note.withheld);
    assert!(!String::from_utf8_lossy(&one.payload).contains(&code[..9]));
    assert_eq!(world.left().await, 0, "it is gone from where it came in");
    let again = events.retry(one.number, parsed("desk"), world.now()).await;
    assert!(matches!(again, Err(IntakeError::Withheld(_))), "{again:?}");
}

#[tokio::test]
async fn a_parked_event_is_mended_under_an_id_that_leads_back() {
    let mut world = World::new().await;
    world.send(&event("e-1", "order-placed-v2", &order("1001"))).await;
    let number = world.told().await.data["parked"].as_u64().unwrap();
    let mut events = world.parked().await;
    let mended = Mended { data: order("1001").to_string().into(), kind: Some("order-placed-v1".to_owned()) };
    let settled = events.fix(number, mended.clone(), parsed("desk"), world.now()).await.unwrap();
    let How::Fixed { id } = &settled.how else { panic!("{settled:?}") };
    let told = world.told().await;
    assert_eq!((told.kind.as_str(), &told.data["event"]["id"]), ("event-accepted-v1", &json!(id)));
    assert!(id.starts_with("e-1."), "{id}");
    // Once is enough.
    let twice = world.parked().await.fix(number, mended, parsed("desk"), world.now()).await;
    assert!(matches!(twice, Err(IntakeError::Settled { how: "fixed", .. })), "{twice:?}");
    assert_eq!(world.count("VoucherIssued").await, 1);
}

#[tokio::test]
async fn what_was_no_event_at_all_can_be_mended_too() {
    let mut world = World::new().await;
    world.raw("resit.intake.purchase.web.order-placed-v1", HeaderMap::new(), "{").await;
    let number = world.told().await.data["parked"].as_u64().unwrap();
    let mended = Mended { data: order("1001").to_string().into(), kind: None };
    // It was sent when the server took it, which is later than the test's clock stands.
    world.later(std::time::Duration::from_mins(1));
    world.parked().await.fix(number, mended, parsed("desk"), world.now()).await.unwrap();
    assert_eq!(world.told().await.kind, "event-accepted-v1");
}

#[tokio::test]
async fn a_discarded_event_keeps_a_record() {
    let mut world = World::new().await;
    world.send(&event("e-1", "order-dreamt-v1", &order("1001"))).await;
    let number = world.told().await.data["parked"].as_u64().unwrap();
    let mut events = world.parked().await;
    events.discard(number, "a test of theirs".to_owned(), parsed("desk"), world.now()).await.unwrap();
    let events = world.parked().await;
    assert_eq!((events.open().count(), events.all().count()), (0, 1));
    let settled = events.get(number).unwrap().settled.clone().unwrap();
    assert_eq!((settled.how.word(), settled.by.as_str()), ("discarded", "desk"));
    assert!(matches!(
        world.parked().await.retry(99, parsed("desk"), world.now()).await,
        Err(IntakeError::NotParked(99))
    ));
}

#[tokio::test]
async fn what_is_as_large_as_a_server_takes_is_parked_too() {
    let mut world = World::new().await;
    let good = event("e-1", "order-placed-v1", &order("1001"));
    let subject = "resit.intake.purchase.web.order-placed-v1";
    // A header is as long as one can be, and there would be no room for what is said about it.
    let (mut headers, payload) = good.binary();
    headers.insert("ce-type", "x".repeat(60_000));
    world.raw(subject, headers, payload.clone()).await;
    parked(&mut world, "not-a-cloud-event", "type").await;
    let (headers, _) = good.binary();
    world.raw(subject, headers.clone(), vec![b'x'; 4_000_000]).await;
    parked(&mut world, "bad-data", "body").await;
    world.raw(&format!("{subject}{}", ".x".repeat(1_500)), headers.clone(), payload).await;
    parked(&mut world, "wrong-subject", "subject").await;
    let mut lengthy = order("1001");
    lengthy["channel"] = json!("\u{e4}".repeat(500_000));
    world.send(&event("e-2", "order-placed-v1", &lengthy)).await;
    parked(&mut world, "bad-data", "channel").await;
    let mut events = world.parked().await;
    let kept: Vec<_> = events.open().map(|one| (one.note.withheld, one.payload.len() > 1_000)).collect();
    assert_eq!(kept, [(true, false), (false, true), (false, false), (false, true)]);
    let first = events.open().next().unwrap().number;
    let again = events.retry(first, parsed("desk"), world.now()).await;
    assert!(matches!(again, Err(IntakeError::Withheld(_))), "{again:?}");
    // What could not be parked is not let in at all, and its sender knows.
    let too_long = vec![b'x'; 4 << 20];
    let sent = world.link.jetstream.publish_with_headers(subject, headers, too_long.into()).await;
    assert!(sent.unwrap().await.is_err());
    world.stop().await;
    assert_eq!(world.left().await, 0);
}

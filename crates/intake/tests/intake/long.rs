//! What is longer than the servers take is told in a shorter form, and keeps nothing that comes after it waiting.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::stream::Config;
use resit_intake::parked::Mended;
use resit_intake::{CloudEvent, Encoding, EventAnswered};
use serde_json::json;

use crate::facts::{announced, announcer, on_record, run};
use crate::world::{Told, World, event, order};

/// An order of `web` whose one line has a tier of so many control letters, each of which JSON writes in six bytes.
fn order_with_tier(id: &str, number: &str, letters: usize) -> CloudEvent {
    let line = json!({ "line": 1, "offer": "exam-replay", "tier": "\u{1}".repeat(letters) });
    let data = json!({ "shop": "web", "number": number, "lines": [line] });
    CloudEvent {
        encoding: Encoding::MessagePack,
        data: rmp_serde::to_vec_named(&data).unwrap().into(),
        ..event(id, "order-placed-v1", &data)
    }
}

fn order_of(number: &str, lines: u32, quantity: u32) -> serde_json::Value {
    let lines: Vec<_> = (1..=lines)
        .map(|line| json!({ "line": line, "offer": "exam-replay", "quantity": quantity }))
        .collect();
    json!({ "shop": "web", "number": number, "lines": lines })
}

fn answered(told: &Told) -> EventAnswered {
    serde_json::from_value(told.data.clone()).unwrap()
}

/// Asks that no event comes again: what was acknowledged last is gone as soon as the server has heard of it.
async fn all_are_settled(world: &mut World) {
    world.stop().await;
    let mut look = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..200 {
        look.tick().await;
        if world.left().await == 0 {
            return;
        }
    }
    panic!("{} events come again", world.left().await);
}

/// Facts of these tiers are announced, each in its place, and only `short` of them lack something.
async fn announces(mut world: World, tiers: &[usize], short: usize) {
    for (n, letters) in tiers.iter().enumerate() {
        world.send(&order_with_tier(&format!("e-{n}"), &n.to_string(), *letters)).await;
        assert_eq!(world.told().await.kind, "event-accepted-v1");
    }
    run(&world, 1).await;
    let (told, due) = (announced(&world).await, on_record(&world).await);
    assert_eq!(told.len(), due.len());
    let mut lack = 0;
    for ((_, told), due) in told.iter().zip(&due) {
        let Some(lacks) = &told.truncated else {
            assert_eq!(told, due);
            continue;
        };
        lack += 1;
        let without = |fact: &resit_intake::Fact| {
            (
                fact.position,
                fact.index,
                fact.kind(),
                fact.stream.clone(),
                fact.happened_at,
                fact.command.clone(),
            )
        };
        assert_eq!(without(told), without(due));
        assert_eq!(lacks.omitted, ["tier"], "the rest of its body is there");
        assert_eq!(lacks.read, format!("GET /v1/log?after={}&limit=1", due.position.0 - 1));
        assert!(lacks.bytes > due.body["tier"].as_str().unwrap().len() as u64);
    }
    assert_eq!(lack, short);
}

#[tokio::test]
async fn a_fact_of_more_than_the_servers_take_is_announced_shorter_and_those_after_it_whole() {
    announces(World::new().await, &[3, 1_600_000, 5, 1_400_000, 7], 2).await;
}

#[tokio::test]
async fn a_fact_is_shortened_only_where_it_has_to_be() {
    // Some 64,000 bytes are left beside the headers and the other fields.
    announces(World::that_takes("64KB").await, &[0, 10_000, 11_000, 200_000 / 6, 1], 2).await;
}

#[tokio::test]
async fn an_outcome_of_more_than_the_servers_take_is_told_shorter() {
    let mut world = World::that_takes("64KB").await;
    // Lines, pieces of each, and what the outcome lacks.
    for (n, (lines, quantity)) in [(3, 1_000), (1, 5_000), (600, 1), (20, 200)].into_iter().enumerate() {
        world
            .send(&event(&format!("e-{n}"), "order-placed-v1", &order_of(&n.to_string(), lines, quantity)))
            .await;
        let told = world.told().await;
        assert_eq!(told.kind, "event-accepted-v1", "{n}");
        let answered = answered(&told);
        assert_eq!(told.data["event"]["id"], format!("e-{n}"));
        let all = answered.truncated.as_ref().map_or(answered.commands.len() as u64, |lacks| lacks.commands);
        assert_eq!(all, u64::from(lines));
        let short =
            answered.truncated.is_some() || answered.commands.iter().any(|one| one.truncated.is_some());
        assert!(short, "{n}: {} commands", answered.commands.len());
    }
    assert_eq!(world.count("VoucherIssued").await, 3_000 + 5_000 + 600 + 4_000, "each piece once");
    all_are_settled(&mut world).await;
}

#[tokio::test]
async fn an_outcome_that_refuses_says_so_whatever_it_lacks() {
    let mut world = World::that_takes("64KB").await;
    let mut data = order_of("1", 600, 1);
    data["lines"][599]["offer"] = json!("unheard-of");
    world.send(&event("e-1", "order-placed-v1", &data)).await;
    let told = world.told().await;
    assert_eq!(told.kind, "event-refused-v1");
    let lacks = answered(&told).truncated.unwrap();
    assert_eq!((lacks.commands, lacks.refused), (600, 1));
    assert!(lacks.read.starts_with("GET /v1/commands/ce-") && lacks.read.ends_with(".1"), "{}", lacks.read);
}

#[tokio::test]
async fn what_can_not_be_parked_whole_is_parked_without_its_end() {
    let mut world = World::that_takes("64KB").await;
    let subject = "resit.intake.purchase.web.order-placed-v1";
    // Each of their names gets a longer one.
    let many = (1_000..4_000).map(|n| (format!("X-{n}"), "v".to_owned()));
    let long = [("X-Long".to_owned(), "v".repeat(40_000))];
    // The last has a reason whose letters take six bytes each in a header.
    let unknown = [("ce-id", "1"), ("ce-source", "web"), ("ce-specversion", "1.0"), ("ce-type", "%01")];
    let unknown = unknown.map(|(name, text)| (name.to_owned(), text.replace("%01", &"%01".repeat(1_000))));
    for (n, (headers, bytes)) in
        [(Vec::new(), 65_400), (many.collect(), 1_000), (long.into(), 20_000), (unknown.into(), 58_000)]
            .into_iter()
            .enumerate()
    {
        let headers: HeaderMap = headers
            .into_iter()
            .map(|(name, text): (String, String)| (name.parse().unwrap(), text.parse().unwrap()))
            .collect();
        world.raw(subject, headers, vec![b'x'; bytes]).await;
        let told = world.told().await;
        assert_eq!(told.kind, "event-parked-v1", "{n}: {}", told.data);
    }
    all_are_settled(&mut world).await;
    let parked = world.parked().await;
    let kept: Vec<_> = parked.all().map(|one| (one.note.withheld, one.payload.len())).collect();
    assert_eq!(kept.iter().map(|(withheld, _)| *withheld).collect::<Vec<_>>(), [true, true, true, true]);
    assert!(kept[0].1 > 60_000 && kept[1].1 == 1_000 && kept[2].1 == 20_000, "{kept:?}");
}

#[tokio::test]
async fn a_parked_event_is_sent_again_without_the_headers_of_the_protocol() {
    let subject = "resit.intake.purchase.web.order-placed-v1";
    for (n, (name, text)) in [
        ("Nats-Msg-Id", "1"),
        ("Nats-Expected-Last-Sequence", "0"),
        ("Nats-Expected-Stream", "resit-intake"),
        ("X-Own", "kept"),
    ]
    .into_iter()
    .enumerate()
    {
        // The stream of each is empty, so that the first time is as the header expects it.
        let mut world = World::new().await;
        let (mut headers, payload) = event("e-1", "order-placed-v1", &json!({})).binary();
        headers.insert(name, text);
        world.raw(subject, headers, payload).await;
        assert_eq!(world.told().await.kind, "event-parked-v1");
        let mut parked = world.parked().await;
        let number = parked.open().next().unwrap().number;
        parked.retry(number, "dana".parse().unwrap(), world.now()).await.unwrap();
        assert_eq!(world.told().await.kind, "event-parked-v1", "{n}: it came in again");
        let again = world.parked().await;
        let again = again.open().next().unwrap();
        assert_eq!(again.headers.get(name).is_some(), name == "X-Own");
    }
}

#[tokio::test]
async fn an_event_whose_attributes_no_header_can_have_is_fixed_without_them() {
    let mut world = World::new().await;
    let subject = "resit.intake.purchase.web.order-placed-v1";
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/cloudevents+json");
    let whole = json!({
        "specversion": "1.0", "id": "e".repeat(1_020), "source": "web", "type": "order-placed-v1", "data": {},
        "a name: with blanks": "1", "traceparent": "no\r\ntrace", "long": "l".repeat(100_000), "kept": "yes",
    });
    world.raw(subject, headers, whole.to_string()).await;
    assert_eq!(world.told().await.kind, "event-parked-v1");
    let mut parked = world.parked().await;
    let number = parked.open().next().unwrap().number;
    let mended = Mended { data: order("1001").to_string().into(), kind: None };
    parked.fix(number, mended, "dana".parse().unwrap(), world.now()).await.unwrap();
    let told = world.told().await;
    assert_eq!(told.kind, "event-accepted-v1", "{}", told.data);
    assert_eq!(told.data["event"]["id"], format!("parked-{number}.fix"));
}

/// Changes how many bytes a stream may have.
async fn room_for(world: &World, stream: &str, max_bytes: i64) {
    let info = world.link.jetstream.get_stream(stream).await.unwrap();
    let config = Config { max_bytes, ..info.cached_info().config.clone() };
    world.link.jetstream.update_stream(config).await.unwrap();
}

#[tokio::test]
async fn an_event_that_the_full_parking_stream_does_not_take_waits_and_is_told_to_whoever_watches() {
    let mut world = World::new().await;
    room_for(&world, "resit-parked", 1).await;
    world.raw("resit.intake.purchase.web.order-placed-v1", HeaderMap::new(), "no event").await;
    let mut look = tokio::time::interval(Duration::from_millis(50));
    let reason = loop {
        look.tick().await;
        if let Some(reason) = world.failing() {
            break reason;
        }
    };
    assert!(reason.contains("resit.parked.") && reason.contains("maximum bytes exceeded"), "{reason}");
    // Others are taken all the while.
    world.send(&event("e-1", "order-placed-v1", &order("1001"))).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    room_for(&world, "resit-parked", 1 << 30).await;
    assert_eq!(world.told().await.kind, "event-parked-v1");
    while world.failing().is_some() {
        look.tick().await;
    }
}

#[tokio::test]
async fn announcing_that_stands_still_says_where_and_why_until_it_gets_on() {
    let mut world = World::new().await;
    world.send(&event("e-1", "order-placed-v1", &order("1001"))).await;
    world.told().await;
    room_for(&world, "resit-facts", 1).await;
    let announcer = announcer(&world);
    let mut trouble = announcer.trouble();
    for tries in 1..=3 {
        let error = announcer.run(std::future::pending()).await.unwrap_err();
        assert!(error.to_string().contains("resit.facts."), "{error}");
        let met = trouble.borrow_and_update().clone().unwrap();
        assert_eq!((met.tries, met.position), (tries, resit_event_log::Position::START));
        assert!(met.reason.contains("maximum bytes exceeded"), "{}", met.reason);
    }
    room_for(&world, "resit-facts", -1).await;
    let running = tokio::spawn(async move { announcer.run(std::future::pending()).await });
    while trouble.borrow_and_update().is_some() {
        trouble.changed().await.unwrap();
    }
    while announced(&world).await.len() < on_record(&world).await.len() {
        tokio::task::yield_now().await;
    }
    running.abort();
}

//! What comes in is done once, and told.

use resit_domain::EntitlementId;
use resit_intake::Encoding;
use serde_json::json;

use crate::world::{World, entitlement, event, order};

#[tokio::test]
async fn an_order_is_issued_and_told_without_its_codes() {
    let mut world = World::new().await;
    world.send(&event("e-1", "order-placed-v1", &order("1001"))).await;
    let told = world.told().await;
    assert_eq!(
        (told.subject.as_str(), told.kind.as_str()),
        ("resit.outcome.web.event-accepted-v1", "event-accepted-v1")
    );
    assert_eq!(told.data["event"], json!({ "id": "e-1", "source": "web", "type": "order-placed-v1" }));
    let command = &told.data["commands"][0];
    assert_eq!(command["entitlements"], json!([entitlement("1001").to_string()]));
    assert_eq!(command["line"], 1);
    assert!(command.get("codes").is_none() && !told.data.to_string().contains("code"), "{}", told.data);
    world.stop().await;
    assert_eq!((world.count("VoucherIssued").await, world.left().await), (1, 0));
}

#[tokio::test]
async fn a_duplicate_is_answered_as_the_first() {
    let mut world = World::new().await;
    let sent = event("e-1", "order-placed-v1", &order("1001"));
    world.send(&sent).await;
    let first = world.told().await;
    world.send(&sent).await;
    let again = world.told().await;
    assert_eq!((again.id, again.data), (first.id, first.data));
    assert_eq!(world.count("VoucherIssued").await, 1);
}

#[tokio::test]
async fn both_modes_and_both_encodings_say_the_same() {
    let mut world = World::new().await;
    let json = event("e-1", "order-placed-v1", &order("1001"));
    let packed = resit_intake::CloudEvent {
        encoding: Encoding::MessagePack,
        data: rmp_serde::to_vec_named(&order("1001")).unwrap().into(),
        ..json.clone()
    };
    let mut answers = Vec::new();
    for sent in [&json, &packed] {
        world.send(sent).await;
        answers.push(world.told().await.data);
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("Content-Type", "application/cloudevents+json; charset=utf-8");
        let payload = sent.structured().unwrap();
        world.raw("resit.intake.purchase.web.order-placed-v1", headers, payload.clone()).await;
        answers.push(world.told().await.data);
        // The binding for NATS before headers: nothing but the payload.
        world.raw("resit.intake.purchase.web.order-placed-v1", async_nats::HeaderMap::new(), payload).await;
        answers.push(world.told().await.data);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert_eq!(world.count("VoucherIssued").await, 1);
}

#[tokio::test]
async fn a_refusal_is_told_with_clause_facts_and_remedy_and_stays_on_record() {
    let mut world = World::new().await;
    let mut free = order("1001");
    free["paid"] = json!(false);
    world.send(&event("e-1", "order-placed-v1", &free)).await;
    let told = world.told().await;
    assert_eq!(told.kind, "event-refused-v1");
    let refusal = &told.data["commands"][0]["refusal"];
    assert_eq!(refusal["rule"], "payment");
    assert!(refusal["clause"].is_string() && refusal["remedy"].is_string() && refusal["facts"].is_array());
    assert_eq!(world.count("CommandRefused").await, 1);
}

#[tokio::test]
async fn every_line_of_an_order_is_answered() {
    let mut world = World::new().await;
    let lines =
        json!([{ "line": 1, "offer": "exam-replay", "quantity": 2 }, { "line": 7, "offer": "unknown" }]);
    let order = json!({ "shop": "web", "number": "1001", "lines": lines });
    world.send(&event("e-1", "order-placed-v1", &order)).await;
    let told = world.told().await;
    assert_eq!(told.kind, "event-refused-v1");
    let commands = told.data["commands"].as_array().unwrap();
    assert_eq!(commands[0]["entitlements"].as_array().unwrap().len(), 2);
    assert_eq!((&commands[1]["line"], &commands[1]["refusal"]["rule"]), (&json!(7), &json!("known-offer")));
}

#[tokio::test]
async fn an_event_counts_from_when_it_happened() {
    let mut world = World::new().await;
    let happened_at = world.now().plus_millis(-86_400_000);
    let sent = resit_intake::CloudEvent {
        time: Some(happened_at),
        ..event("e-1", "order-placed-v1", &order("1001"))
    };
    world.send(&sent).await;
    world.told().await;
    let seen = resit_command_handler::Seen::default();
    let view = world.handler.view(entitlement("1001"), seen).await.unwrap().unwrap();
    assert_eq!(view.purchased_at, happened_at);
}

#[tokio::test]
async fn a_trace_goes_on_in_what_is_told() {
    let mut world = World::new().await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let sent = event("e-1", "order-placed-v1", &order("1001"));
    let (mut headers, payload) = sent.binary();
    headers.insert("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    world.raw("resit.intake.purchase.web.order-placed-v1", headers, payload).await;
    let told = world.told().await;
    let goes_on = told.headers.get("traceparent").unwrap().as_str();
    assert!(
        goes_on.starts_with(&format!("00-{trace}-")) && !goes_on.contains("00f067aa0ba902b7"),
        "{goes_on}"
    );
    assert_eq!(told.headers.get("ce-traceparent").unwrap().as_str(), goes_on);
}

#[tokio::test]
async fn a_shop_refunds_what_it_sold() {
    let mut world = World::new().await;
    world.send(&event("e-1", "order-placed-v1", &order("1001"))).await;
    world.told().await;
    let refund = json!({ "entitlement": entitlement("1001").to_string(), "reason": "refund" });
    world.send(&event("e-2", "order-refunded-v1", &refund)).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    assert_eq!(world.count("Revoked").await, 1);
}

#[tokio::test]
async fn a_life_comes_in_from_a_provider() {
    let mut world = World::new().await;
    world.send(&event("e-1", "order-placed-v1", &order("1001"))).await;
    world.told().await;
    let voucher = unit(entitlement("1001"));
    let (booked_at, sit_at) = (world.now(), world.now().plus_millis(3_600_000));
    let booking = json!({
        "voucher": voucher, "candidate": "anna", "exam": "EX-1", "booked_at": booked_at, "sit_at": sit_at,
        "delivery": "online", "provider": "pearson-vue",
    });
    let of_vue = |id: &str, kind: &str, data| {
        let source = "vue/europe".to_owned();
        resit_intake::CloudEvent { source, ..event(id, kind, &data) }
    };
    world.send_as("delivery.vue", &of_vue("b-1", "exam-booked-v1", booking)).await;
    let told = world.told().await;
    assert_eq!(
        (told.kind.as_str(), told.subject.as_str()),
        ("event-accepted-v1", "resit.outcome.vue.event-accepted-v1")
    );
    world.later(std::time::Duration::from_hours(2));
    let result = json!({ "voucher": voucher, "result": "pass" });
    world.send_as("delivery.vue", &of_vue("r-1", "exam-result-v1", result)).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    assert_eq!(world.count("ExamPassed").await, 1);
}

fn unit(entitlement: EntitlementId) -> String {
    format!("{entitlement}.1")
}

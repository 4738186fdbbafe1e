//! What comes too early waits, and is not refused for ever.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{World, entitlement, event, order};

fn booking(world: &World) -> Value {
    booking_in(world, 0, 1_000)
}

/// A booking that is made in so many milliseconds, for a sitting so many after that. It is never older than the code.
fn booking_in(world: &World, ahead_ms: i64, sits_after_ms: i64) -> Value {
    let booked_at = world.now().plus_millis(ahead_ms);
    json!({
        "voucher": format!("{}.1", entitlement("1001")), "candidate": "anna", "exam": "EX-1",
        "booked_at": booked_at, "sit_at": booked_at.plus_millis(sits_after_ms),
        "delivery": "online", "provider": "pearson-vue",
    })
}

fn of_vue(id: &str, kind: &str, data: &Value) -> resit_intake::CloudEvent {
    resit_intake::CloudEvent { source: "vue".to_owned(), ..event(id, kind, data) }
}

#[tokio::test]
async fn a_result_waits_for_its_booking_and_that_for_its_order() {
    let mut world = World::new().await;
    let (voucher, booking) = (format!("{}.1", entitlement("1001")), booking_in(&world, 3_000, 0));
    let mut placed = order("1001");
    placed["purchased_at"] = json!(world.now());
    world.later(Duration::from_secs(3));
    let result = json!({ "voucher": voucher, "result": "fail" });
    world.send_as("delivery.vue", &of_vue("r-1", "exam-result-v1", &result)).await;
    world.send_as("delivery.vue", &of_vue("b-1", "exam-booked-v1", &booking)).await;
    world.send(&event("e-1", "order-placed-v1", &placed)).await;
    let mut told = Vec::new();
    for _ in 0..3 {
        let one = world.told().await;
        assert_eq!(one.kind, "event-accepted-v1", "{}", one.data);
        told.push(one.data["event"]["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(told, ["e-1", "b-1", "r-1"]);
    assert_eq!((world.count("ExamFailed").await, world.count("CommandRefused").await), (1, 0));
}

#[tokio::test]
async fn the_fail_of_a_retake_waits_for_the_retake_s_booking() {
    let mut world = World::new().await;
    let mut placed = order("1001");
    placed["purchased_at"] = json!(world.now());
    world.send(&event("e-1", "order-placed-v1", &placed)).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    let first = booking(&world);
    world.send_as("delivery.vue", &of_vue("b-1", "exam-booked-v1", &first)).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    world.later(Duration::from_secs(2));
    let fail = json!({ "voucher": first["voucher"], "result": "fail" });
    world.send_as("delivery.vue", &of_vue("r-1", "exam-result-v1", &fail)).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    let second = booking(&world);
    world.later(Duration::from_secs(2));
    // The same words, and another sitting.
    world.send_as("delivery.vue", &of_vue("r-2", "exam-result-v1", &fail)).await;
    world.send_as("delivery.vue", &of_vue("b-2", "exam-booked-v1", &second)).await;
    for expected in ["b-2", "r-2"] {
        let told = world.told().await;
        assert_eq!(
            (told.kind.as_str(), told.data["event"]["id"].as_str()),
            ("event-accepted-v1", Some(expected)),
            "{}",
            told.data
        );
    }
    assert_eq!((world.count("ExamFailed").await, world.count("CommandRepeated").await), (2, 0));
}

#[tokio::test]
async fn what_waited_too_long_is_parked_and_can_be_taken_later() {
    let mut world = World::new().await;
    let booking = booking_in(&world, 5 * 3_600_000, 1_000);
    world.send_as("delivery.vue", &of_vue("b-1", "exam-booked-v1", &booking)).await;
    world.later(Duration::from_hours(5));
    let told = world.told().await;
    assert_eq!(told.kind, "event-parked-v1");
    assert_eq!(
        (&told.data["reason"], &told.data["refusal"]["rule"]),
        (&json!("waited-too-long"), &json!("known-voucher"))
    );
    assert_eq!(world.count("CommandRefused").await, 0);
    // The order comes after all.
    let mut placed = order("1001");
    placed["purchased_at"] = json!(world.now().plus_millis(-6 * 3_600_000));
    world.send(&event("e-1", "order-placed-v1", &placed)).await;
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    let mut parked = world.parked().await;
    let number = told.data["parked"].as_u64().unwrap();
    parked.retry(number, "desk".parse().unwrap(), world.now()).await.unwrap();
    let told = world.told().await;
    assert_eq!((told.kind.as_str(), &told.data["event"]["id"]), ("event-accepted-v1", &json!("b-1")));
    assert_eq!(world.parked().await.open().count(), 0);
}

#[tokio::test]
async fn a_duplicate_of_what_was_done_does_not_wait() {
    let mut world = World::new().await;
    let mut placed = order("1001");
    placed["purchased_at"] = json!(world.now());
    let booking = booking(&world);
    world.send(&event("e-1", "order-placed-v1", &placed)).await;
    world.told().await;
    world.send_as("delivery.vue", &of_vue("b-1", "exam-booked-v1", &booking)).await;
    world.told().await;
    let cancelled =
        of_vue("c-1", "booking-cancelled-v1", &json!({ "voucher": booking["voucher"], "by": "provider" }));
    world.send_as("delivery.vue", &cancelled).await;
    let first = world.told().await;
    assert_eq!(first.kind, "event-accepted-v1");
    // There is no registration any more, and the answer is known all the same.
    world.send_as("delivery.vue", &cancelled).await;
    assert_eq!(world.told().await.data, first.data);
}

#[tokio::test]
async fn an_event_of_a_clock_that_is_a_little_ahead_waits_until_then() {
    let mut world = World::new().await;
    let sent = resit_intake::CloudEvent {
        time: Some(world.now().plus_millis(2_000)),
        ..event("e-1", "order-placed-v1", &order("1001"))
    };
    world.send(&sent).await;
    world.later(Duration::from_secs(3));
    assert_eq!(world.told().await.kind, "event-accepted-v1");
    let far =
        resit_intake::CloudEvent { id: "e-2".into(), time: Some(world.now().plus_millis(3_600_000)), ..sent };
    world.send(&far).await;
    let told = world.told().await;
    assert_eq!((told.kind.as_str(), &told.data["error"]["field"]), ("event-parked-v1", &json!("time")));
}

#[tokio::test]
async fn what_another_shop_sold_is_as_if_it_were_not_there() {
    let mut world = World::new().await;
    world.send(&event("e-1", "order-placed-v1", &order("1001"))).await;
    world.told().await;
    let refund = |number: &str| json!({ "entitlement": entitlement(number).to_string(), "reason": "refund" });
    for (id, number) in [("x-1", "1001"), ("x-2", "9999")] {
        let theirs = resit_intake::CloudEvent {
            source: "kiosk".into(),
            ..event(id, "order-refunded-v1", &refund(number))
        };
        world.send_as("purchase.kiosk", &theirs).await;
    }
    world.later(Duration::from_hours(5));
    let (one, other) = (world.told().await, world.told().await);
    for told in [&one, &other] {
        assert_eq!(
            (told.kind.as_str(), &told.data["refusal"]["rule"]),
            ("event-parked-v1", &json!("known-voucher"))
        );
    }
    assert_eq!(one.data["error"], other.data["error"], "the two can't be told apart");
    assert_eq!(world.count("Revoked").await, 0);
}

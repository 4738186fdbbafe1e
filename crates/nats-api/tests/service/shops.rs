//! A purchase system is its shop, also over NATS: of what others bought it hears nothing.

use serde_json::{Value, json};

use crate::world::{Answer, World, answer, order};

/// What came of a request.
async fn asked(world: &World, subject: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    answer(&world.ask(subject, headers, body.to_string()).await)
}

#[tokio::test]
async fn a_shop_neither_orders_nor_reads_nor_refunds_for_another() {
    let world = World::start().await;
    let service = world.serve().await;
    let key = |key| [("Idempotency-Key", key)];
    let first = asked(&world, "resit.api.purchase.web.issue", &key("w-1"), &order("W-1")).await;
    assert_eq!(first.status, 200, "{first:?}");
    let entitlement = first.body["entitlements"][0]["id"].as_str().unwrap();
    let refund = json!({ "entitlement": entitlement, "reason": "refund" });
    let path = format!("/v1/entitlements/{entitlement}");

    let same_line = asked(&world, "resit.api.purchase.other.issue", &key("o-1"), &order("W-1")).await;
    assert_eq!((same_line.status, &same_line.body["type"]), (403, &json!("/problems/forbidden")));
    for (route, headers, body) in [
        ("answer", ("Resit-Path", "/v1/commands/w-1"), Value::Null),
        ("why", ("Resit-Path", "/v1/commands/w-1/why"), Value::Null),
        ("entitlement", ("Resit-Path", path.as_str()), Value::Null),
        ("revoke", ("Idempotency-Key", "o-2"), refund.clone()),
    ] {
        let subject = format!("resit.api.purchase.other.{route}");
        let heard = asked(&world, &subject, &[headers], &body).await;
        assert_eq!(heard.status, 404, "{route}: {heard:?}");
    }
    let pretends = [("Idempotency-Key", "o-3"), ("Resit-Shop", "web")];
    let pretends = asked(&world, "resit.api.purchase.other.issue", &pretends, &order("W-1")).await;
    assert_eq!((pretends.status, &pretends.body["errors"][0]["field"]), (400, &json!("resit-shop")));

    let own = asked(&world, "resit.api.purchase.web.revoke", &key("w-2"), &refund).await;
    assert_eq!(own.status, 200, "its own shop may: {own:?}");
    service.stop().await;
}

#[tokio::test]
async fn a_token_of_the_gateway_may_be_called_as_one_likes() {
    let world = World::start().await;
    let service = world.serve().await;
    let by_gateway = "resit.api.gateway.purchase-till-7.issue";
    let bound = [("Idempotency-Key", "t-1"), ("Resit-Shop", "web")];
    let bound = asked(&world, by_gateway, &bound, &order("W-1")).await;
    assert_eq!(bound.status, 200, "{bound:?}");
    let elsewhere = [("Idempotency-Key", "t-2"), ("Resit-Shop", "other")];
    assert_eq!(asked(&world, by_gateway, &elsewhere, &order("W-2")).await.status, 403);
    let unbound = asked(&world, by_gateway, &[("Idempotency-Key", "t-3")], &order("W-3")).await;
    assert_eq!(unbound.status, 200, "{unbound:?}");
    service.stop().await;
}

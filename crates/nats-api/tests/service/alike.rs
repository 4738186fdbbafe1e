//! HTTP, NATS, and HTTP with NATS behind it answer alike.

use resit_gateway::{Auth, router};
use serde_json::{Value, json};

use crate::world::{World, answer, order, over_http, over_http_with};

#[tokio::test]
async fn both_doors_give_the_same_answers() {
    let world = World::start().await;
    let service = world.serve().await;
    let (http, gateway) = (router(&world.handler(Auth::Open)), world.gateway());
    let first =
        world.ask("resit.api.operator.web.issue", &[("Idempotency-Key", "i-1")], order("W-1").to_string());
    let first = answer(&first.await);
    assert_eq!((first.status, &first.body["replayed"]), (200, &json!(false)));
    let entitlement = first.body["entitlements"][0]["id"].as_str().unwrap().to_owned();
    let history = format!("/v1/entitlements/{entitlement}/history");
    let stood = format!("/v1/entitlements/{entitlement}?as_of=2026-01-05");
    for (verb, path, route, key, body) in [
        ("POST", "/v1/commands/issue", "issue", "i-1", order("W-1")),
        ("POST", "/v1/commands/issue", "issue", "i-1", order("W-2")),
        ("POST", "/v1/commands/issue", "issue", "i-2", json!({ "order": 7 })),
        ("POST", "/v1/commands/issue?dry_run=true", "issue", "i-3", order("W-3")),
        ("POST", "/v1/commands/issue?dry_ran=true", "issue", "i-3", order("W-3")),
        ("GET", &history, "history", "", Value::Null),
        ("GET", &stood, "entitlement", "", Value::Null),
        ("GET", "/v1/entitlements/none", "entitlement", "", Value::Null),
        ("GET", "/v1/commands/i-1/why", "why", "", Value::Null),
        ("GET", "/v1/commands/issue", "answer", "", Value::Null),
        ("GET", "/v1/orders/web/W-1/1", "order-line", "", Value::Null),
        ("GET", "/v1/log?after=0&limit=2", "log", "", Value::Null),
        ("GET", "/v1/rules", "rules", "", Value::Null),
    ] {
        let here = over_http(&http, verb, path, key, &body).await;
        let mut headers = vec![("Resit-Path", path)];
        if !key.is_empty() {
            headers.push(("Idempotency-Key", key));
        }
        let subject = format!("resit.api.operator.web.{route}");
        let there = world.ask(&subject, &headers, body.to_string()).await;
        let is_problem = there.headers.as_ref().unwrap().get("Nats-Service-Error-Code").is_some();
        assert_eq!(is_problem, here.status >= 400, "{verb} {path}");
        assert_eq!(answer(&there), here, "{verb} {path} over NATS");
        assert_eq!(
            over_http(&gateway, verb, path, key, &body).await,
            here,
            "{verb} {path} through a gateway"
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn a_caller_may_do_what_its_role_may_and_reaches_the_route_of_its_subject_alone() {
    let world = World::start().await;
    let service = world.serve().await;
    let refused =
        world.ask("resit.api.reporting.bi.issue", &[("Idempotency-Key", "i-1")], order("W-1").to_string());
    let refused = answer(&refused.await);
    assert_eq!((refused.status, &refused.body["type"]), (403, &json!("/problems/forbidden")));
    let elsewhere = world.ask("resit.api.reporting.bi.rules", &[("Resit-Path", "/v1/log")], Vec::new()).await;
    assert_eq!(answer(&elsewhere).status, 404, "the path of another route leads nowhere");
    let nobody = world.ask("resit.api.king.bi.rules", &[], Vec::new()).await;
    assert_eq!(answer(&nobody).status, 401);
    let pathless = answer(&world.ask("resit.api.support.desk.history", &[], Vec::new()).await);
    assert_eq!((pathless.status, &pathless.body["errors"][0]["field"]), (400, &json!("resit-path")));
    let bound = [("Idempotency-Key", "i-2"), ("Resit-Shop", "other")];
    let bound = world.ask("resit.api.gateway.purchase-web.issue", &bound, order("W-1").to_string()).await;
    assert_eq!(answer(&bound).status, 403, "its shop is another");
    service.stop().await;
}

#[tokio::test]
async fn message_pack_is_understood_and_a_trace_goes_on() {
    let world = World::start().await;
    let service = world.serve().await;
    let packed = rmp_serde::to_vec_named(&order("W-1")).unwrap();
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers = [
        ("Idempotency-Key", "i-1"),
        ("Content-Type", "application/msgpack"),
        ("Accept", "application/msgpack"),
        ("traceparent", trace),
    ];
    let message = world.ask("resit.api.purchase.web.issue", &headers, packed).await;
    let reply: Value = rmp_serde::from_slice(&message.payload).unwrap();
    assert_eq!(reply["outcome"], "accepted", "{reply}");
    let headers = message.headers.unwrap();
    assert_eq!(headers.get("Content-Type").unwrap().as_str(), "application/msgpack");
    let goes_on = headers.get("traceparent").unwrap().as_str();
    assert!(goes_on.starts_with(&trace[..35]) && goes_on != trace, "the same trace, another span: {goes_on}");
    service.stop().await;
}

#[tokio::test]
async fn headers_of_an_http_caller_mean_nothing_to_the_servers() {
    let world = World::start().await;
    let service = world.serve().await;
    let gateway = world.gateway();
    for (n, more) in [
        vec![("Status", "503"), ("Description", "No Responders")],
        vec![("Nats-Trace-Dest", "somewhere"), ("Nats-Trace-Only", "true")],
        vec![("NATS-Expected-Stream", "another"), ("nats-msg-id", "1")],
        vec![("Resit-Status", "503"), ("Resit-Shop", "other"), ("Resit-Answer-Form", "1")],
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("i-{n}");
        let answer = over_http_with(&gateway, &more, "POST", "/v1/commands/issue", &id, &order(&id)).await;
        assert_eq!(
            (answer.status, &answer.body["outcome"]),
            (200, &json!("accepted")),
            "{more:?}: {answer:?}"
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn an_answer_that_is_too_long_in_json_fits_in_message_pack() {
    let world = World::that_takes("64KB").await;
    let service = world.serve().await;
    let control = "\u{1}".repeat(20_000);
    let mut long = order("W-1");
    long["tier"] = json!(control);
    let issue = "resit.api.operator.web.issue";
    let packed =
        [("Idempotency-Key", "i-1"), ("Content-Type", "application/msgpack"), ("Prefer", "return=minimal")];
    let first = world.ask(issue, &packed, rmp_serde::to_vec_named(&long).unwrap()).await;
    assert_eq!(answer(&first).status, 200, "{:?}", answer(&first).body);
    let entitlement = answer(&first).body["entitlements"][0]["id"].clone();
    let after = answer(&first).position.unwrap().parse::<u64>().unwrap() - 2;
    let path = format!("/v1/log?after={after}&limit=2");
    let in_json =
        answer(&world.ask("resit.api.operator.web.log", &[("Resit-Path", &path)], Vec::new()).await);
    assert_eq!((in_json.status, &in_json.body["type"]), (413, &json!("/problems/too-large")));
    let headers = [("Resit-Path", path.as_str()), ("Accept", "application/msgpack")];
    let message = world.ask("resit.api.operator.web.log", &headers, Vec::new()).await;
    assert_eq!(message.headers.as_ref().unwrap().get("Resit-Status").unwrap().as_str(), "200");
    let read: Value = rmp_serde::from_slice(&message.payload).unwrap();
    assert!(read.to_string().contains("\\u0001\\u0001"), "{entitlement}");
    service.stop().await;
}

#[tokio::test]
async fn the_service_is_found_and_tells_what_it_did() {
    let world = World::start().await;
    let service = world.serve().await;
    world.ask("resit.api.support.desk.rules", &[], Vec::new()).await;
    let found = world.ask("$SRV.PING.resit-command-handler", &[], Vec::new()).await;
    let found: Value = serde_json::from_slice(&found.payload).unwrap();
    assert_eq!(found["name"], "resit-command-handler");
    let stats = world.ask("$SRV.STATS.resit-command-handler", &[], Vec::new()).await;
    let stats: Value = serde_json::from_slice(&stats.payload).unwrap();
    let of =
        |name: &str| stats["endpoints"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
    assert_eq!(of("rules").unwrap()["num_requests"], 1, "{stats}");
    assert_eq!(of("rules").unwrap()["queue_group"], "command-handler");
    assert_eq!(of("verify"), None, "that is another's");
    service.stop().await;
}

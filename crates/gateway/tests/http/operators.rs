//! What an operator asks: ends on record, checks, health, metrics.

use std::time::{Duration, Instant};

use resit_gateway::Work;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn what_is_due_is_shown_and_put_on_record_once() {
    let world = World::open();
    world.stock().await;
    world.issue("W-1").await;
    world.at("2031-01-01");
    let due = world.post("/v1/expire-due?dry_run=true").send().await.is(200);
    assert_eq!((due["due"].as_array().unwrap().len(), &due["events"]), (1, &json!([])));
    assert_eq!(world.get("/v1/status").send().await.is(200)["agenda"]["overdue"], 1);
    let done = world.post("/v1/expire-due").send().await.is(200);
    assert_eq!(done["events"][0]["type"], "Expired");
    assert_eq!(world.post("/v1/expire-due").send().await.is(200)["events"], json!([]));
}

#[tokio::test]
async fn read_models_are_verified_and_rebuilt() {
    let world = World::open();
    world.stock().await;
    world.issue("W-1").await;
    let rebuilt = world.post("/v1/rebuild").send().await.is(200);
    let verified = world.post("/v1/verify").send().await.is(200);
    assert_eq!((&verified["sound"], &verified["differing"]), (&json!(true), &json!([])));
    assert_eq!(verified["compared_up_to"], rebuilt["position"]);
}

#[tokio::test]
async fn a_server_is_ready_while_it_can_work() {
    let world = World::open();
    assert_eq!(world.get("/health/live").send().await.is(200)["health"], "live");
    assert_eq!(world.get("/health/ready").send().await.is(200)["health"], "ready");
    let reason =
        async || world.get("/health/ready").send().await.is(503)["reasons"][0].as_str().unwrap().to_owned();
    world.gauges.note_append(Err("2019-09-01T10:00Z".parse().unwrap()));
    assert!(reason().await.contains("could not be written"));
    world.command("define-exam", "k-1", &json!({ "exam": "AZ-104" })).await.is(200);
    assert_eq!(world.get("/health/ready").send().await.is(200)["health"], "ready");
    // Somebody has to try again, some time.
    world.gauges.note_append(Err("2019-09-01T09:59:30Z".parse().unwrap()));
    world.get("/health/ready").send().await.is(200);
    world.gauges.note_free_disk(4_000_000);
    assert!(reason().await.contains("4000000 bytes left"));
    world.gauges.note_free_disk(5_000_000);
    world.get("/health/ready").send().await.is(200);
    world.gauges.note_stopping();
    assert_eq!(world.get("/health/ready").send().await.is(503)["health"], "not-ready");
    assert_eq!(world.get("/health/live").send().await.is(200)["health"], "live");
}

/// The instant of measuring; nothing is judged by it.
#[expect(clippy::disallowed_methods, reason = "tasks are watched by the time that passes")]
fn stopwatch() -> Instant {
    Instant::now()
}

#[tokio::test]
async fn a_background_task_that_fails_stands_still_or_ends_is_a_reason_and_a_metric() {
    let world = World::open();
    let (begin, minute) = (stopwatch(), Duration::from_mins(1));
    let task = world.gauges.task("indexer", minute, begin);
    let shown = async |line: &str| {
        let page = world.get("/metrics").send().await.is(200).as_str().unwrap().to_owned();
        assert!(page.contains(line), "{line}\n{page}");
    };
    let reasons = async || world.get("/health/ready").send().await.is(503)["reasons"].clone();
    world.get("/health/ready").send().await.is(200);
    shown("resit_fault{about=\"indexer\"} 0").await;
    task.fails("the disk is full", begin);
    assert_eq!(reasons().await, json!(["indexer fails: the disk is full"]));
    shown("resit_fault{about=\"indexer\"} 1").await;
    task.moves(stopwatch());
    world.get("/health/ready").send().await.is(200);
    // A machine that was begun less than an hour ago has no instant that long ago.
    if let Some(long_ago) = begin.checked_sub(2 * minute) {
        task.moves(long_ago);
        assert!(reasons().await[0].as_str().unwrap().contains("indexer has not moved for 12"));
    }
    task.waits();
    world.get("/health/ready").send().await.is(200);
    task.ended();
    assert!(reasons().await[0].as_str().unwrap().contains("indexer has ended"));
    world.gauges.note_fault("log", Some("the index can't be stored".to_owned()));
    shown("resit_fault{about=\"log\"} 1").await;
    world.gauges.note_fault("log", None);
    shown("resit_fault{about=\"log\"} 0").await;
    let one = world.gauges.works().begin(Work::Verify, "2026-01-05".parse().unwrap(), 50);
    one.done(20);
    shown("resit_work_left{work=\"verify\"} 30").await;
    let status = world.get("/v1/status").send().await.is(200);
    assert_eq!(status["under_way"][0]["done"], 20, "{status}");
}

#[tokio::test]
async fn metrics_tell_commands_refusals_and_lags() {
    let world = World::open();
    world.stock().await;
    world.issue("W-1").await;
    let nowhere = json!({ "order": { "shop": "web", "number": "9", "line": 1 }, "offer": "none" });
    world.command("issue", "i-9", &nowhere).await.is(422);
    world.gauges.note_next_due(Some("2019-09-01T09:59:50Z".parse().unwrap()));
    world.gauges.note_free_disk(4096);
    let page = world.get("/metrics").send().await;
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let page = page.is(200).as_str().unwrap().to_owned();
    for line in [
        r#"resit_commands_total{command="issue",outcome="accepted"} 1"#,
        r#"resit_commands_total{command="issue",outcome="refused"} 1"#,
        r#"resit_refusals_total{clause="ledger",rule="known-offer"} 1"#,
        r#"resit_http_requests_total{route="issue",status="422"} 1"#,
        "resit_command_latency_seconds_count 4",
        "resit_expiry_lag_seconds 10",
        "resit_free_disk_bytes 4096",
        "resit_http_in_flight 1",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    let head = world.get("/v1/log").send().await.is(200)["head"].clone();
    assert!(page.contains(&format!("resit_projector_lag_records {head}")), "{page}");
    world.project().await;
    let page = world.get("/metrics").send().await.is(200).as_str().unwrap().to_owned();
    assert!(page.contains("resit_projector_lag_records 0"), "{page}");
}

#[tokio::test]
async fn the_document_and_the_rules_are_told() {
    let world = World::open();
    assert_eq!(world.get("/openapi.json").send().await.is(200), resit_api::openapi());
    let rules = world.get("/v1/rules").send().await.is(200);
    assert_eq!(rules[0]["rule"], "known-voucher");
}

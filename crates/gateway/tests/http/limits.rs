//! What is too much, and what should never happen.

use std::sync::Arc;

use async_trait::async_trait;
use resit_api::{ExpireDue, Rebuilt, Status, Verified};
use resit_domain::Timestamp;
use resit_gateway::{Limits, Upkeep, UpkeepFailure};
use serde_json::json;

use crate::world::{Unusual, World};

#[tokio::test]
async fn a_body_has_an_end() {
    let limits = Limits { body_bytes_max: 100, ..Limits::default() };
    let world = World::unusual(Unusual { limits: Some(limits), ..Unusual::default() });
    let body = json!({ "source": "x".repeat(100) });
    let ask = || world.post("/v1/commands/publish-offer").key("k").body(&body);
    ask().send().await.problem("too-large");
    ask().header("content-length", "5000000").send().await.problem("too-large");
}

#[tokio::test]
async fn more_than_so_many_requests_wait_elsewhere() {
    let limits = Limits { in_flight_max: 0, ..Limits::default() };
    let world = World::unusual(Unusual { limits: Some(limits), ..Unusual::default() });
    let answer = world.get("/v1/rules").send().await;
    assert_eq!(answer.headers["retry-after"], "1");
    answer.problem("overloaded");
    // A busy server is alive, and nobody should end it for being busy.
    assert_eq!(world.get("/health/live").send().await.is(200)["health"], "live");
}

#[tokio::test]
async fn what_is_nowhere_is_told() {
    let world = World::open();
    world.get("/v1/nowhere").send().await.problem("not-found");
    world.post("/v1/commands/dance").key("k").body(&json!({})).send().await.problem("method-not-allowed");
    world.get("/v1/orders").send().await.problem("method-not-allowed");
}

/// Roles with a bug, and with damage.
struct Broken;

#[async_trait]
impl Upkeep for Broken {
    async fn expire_due(&self, _: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        panic!("a bug")
    }

    async fn due(&self, _: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        panic!("a bug")
    }

    async fn verify(&self) -> Result<Verified, UpkeepFailure> {
        Err(UpkeepFailure::Damaged("segment 1 is damaged at byte 7".to_owned()))
    }

    async fn rebuild(&self) -> Result<Rebuilt, UpkeepFailure> {
        Err(UpkeepFailure::Unavailable("the disk is full".to_owned()))
    }

    async fn status(&self, _: Timestamp) -> Result<Status, UpkeepFailure> {
        Err(UpkeepFailure::Unavailable("the disk is full".to_owned()))
    }
}

#[tokio::test]
async fn a_bug_ends_one_request_and_nothing_else() {
    let world = World::unusual(Unusual { upkeep: Some(Arc::new(Broken)), ..Unusual::default() });
    let problem = world.post("/v1/expire-due").send().await.problem("bug");
    assert!(!problem["detail"].as_str().unwrap().contains("a bug"), "what a bug says stays in the log");
    assert_eq!(world.post("/v1/verify").send().await.problem("damaged")["status"], 500);
    let later = world.post("/v1/rebuild").send().await;
    assert_eq!(later.headers["retry-after"], "5");
    later.problem("unavailable");
    let page = world.get("/metrics").send().await.is(200).as_str().unwrap().to_owned();
    assert!(
        page.contains("resit_http_in_flight 1"),
        "the place of a request that met a bug is free again: {page}"
    );
}

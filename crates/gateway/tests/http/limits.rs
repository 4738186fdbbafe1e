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
async fn what_a_number_or_a_flag_may_be_is_said() {
    let world = World::open();
    let reason = async |path: &str| {
        let problem = world.get(path).send().await.problem("bad-input");
        problem["errors"][0]["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        reason("/v1/log?limit=many").await,
        format!("`many` is not a whole number from 0 to {}", u64::MAX)
    );
    assert!(reason("/v1/orders/web/1/x").await.ends_with("`x` is not a whole number from 0 to 4294967295"));
    let flag = world.post("/v1/expire-due?dry_run=yes").send().await.problem("bad-input");
    assert_eq!(flag["errors"][0]["reason"], "`yes` is not `true` or `false`");
}

#[tokio::test]
async fn a_command_has_one_key() {
    let world = World::open();
    let ask = world.post("/v1/commands/define-exam").key("k-1").key("k-2").body(&json!({ "exam": "AZ-104" }));
    assert_eq!(ask.send().await.problem("bad-input")["errors"][0]["field"], "idempotency-key");
}

#[tokio::test]
async fn more_than_so_many_requests_wait_elsewhere() {
    let limits = Limits { in_flight_max: 0, ..Limits::default() };
    let world = World::unusual(Unusual { limits: Some(limits), ..Unusual::default() });
    let answer = world.get("/v1/rules").send().await;
    assert_eq!(answer.headers["retry-after"], "1");
    answer.problem("overloaded");
    for path in ["/v1/status", "/metrics", "/health/ready"] {
        world.get(path).send().await.is(200);
    }
    // A busy server is alive, and nobody should end it for being busy.
    assert_eq!(world.get("/health/live").send().await.is(200)["health"], "live");
}

#[tokio::test]
async fn who_waits_for_more_takes_no_place() {
    let limits = Limits { in_flight_max: 1, ..Limits::default() };
    let world = World::unusual(Unusual { limits: Some(limits), ..Unusual::default() });
    let exam = json!({ "exam": "AZ-104" });
    // Until the reader has begun to wait, it has the only place.
    let taken = async {
        loop {
            let answer = world.command("define-exam", "k-1", &exam).await;
            if answer.status != 503 {
                break answer.is(200);
            }
            tokio::task::yield_now().await;
        }
    };
    let (page, taken) = tokio::join!(world.get("/v1/log?wait_s=30").send(), taken);
    assert_eq!(page.is(200)["records"][0]["position"], taken["position"]);
}

#[tokio::test]
async fn what_is_nowhere_is_told() {
    let world = World::open();
    world.get("/v1/nowhere").send().await.problem("not-found");
    for (word, says) in [
        ("isue", "there is no command `isue`; did you mean `issue`?"),
        ("waltzing", "there is no command `waltzing`; GET /openapi.json lists them"),
    ] {
        let path = format!("/v1/commands/{word}");
        let problem = world.post(&path).key("k").body(&json!({})).send().await.problem("not-found");
        assert_eq!(problem["detail"], says);
    }
    world.post("/v1/commands/k/why").key("k").body(&json!({})).send().await.problem("method-not-allowed");
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

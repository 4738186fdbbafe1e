//! Orders of many lines.

use serde_json::{Value, json};

use crate::world::World;

fn order(number: &str, lines: &[Value]) -> Value {
    json!({ "shop": "web", "number": number, "lines": lines })
}

fn lines(count: u32) -> Vec<Value> {
    (1..=count).map(|line| json!({ "line": line, "offer": "exam-replay" })).collect()
}

#[tokio::test]
async fn hundreds_of_lines_are_one_request_and_the_same_again() {
    let world = World::open();
    world.stock().await;
    let body = order("W-1", &lines(300));
    let first = world.post("/v1/orders").key("o-1").body(&body).send().await;
    assert!(first.position() >= 300);
    let first = first.is(200);
    assert_eq!((&first["accepted"], &first["failed"]), (&json!(300), &json!(0)));
    let codes = |reply: &Value| -> Vec<Value> {
        reply["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["reply"]["codes"][0]["code"].clone())
            .collect()
    };
    assert_eq!(codes(&first).len(), 300);
    assert_eq!(first["lines"][41]["reply"]["command"], "o-1.42");
    let again = world.post("/v1/orders").key("o-1").body(&body).send().await.is(200);
    assert_eq!(codes(&again), codes(&first));
    assert!(again["lines"].as_array().unwrap().iter().all(|line| line["reply"]["replayed"] == true));
}

#[tokio::test]
async fn each_line_is_judged_by_itself() {
    let world = World::open();
    world.stock().await;
    let mut some = lines(3);
    some[1]["offer"] = json!("none");
    let told = world.post("/v1/orders").key("o-1").body(&order("W-1", &some)).send().await.is(207);
    assert_eq!((&told["accepted"], &told["refused"]), (&json!(2), &json!(1)));
    assert_eq!(told["lines"][1]["reply"]["refusal"]["rule"], "known-offer");
    // Line 3 asks for something else under the same key.
    some[2]["quantity"] = json!(2);
    let told = world.post("/v1/orders").key("o-1").body(&order("W-1", &some)).send().await.is(207);
    assert_eq!(told["lines"][2]["problem"]["type"], "/problems/id-reused");
}

#[tokio::test]
async fn a_line_that_asks_for_more_than_it_did_is_told_what_it_bought() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-77").await;
    let order = json!({ "shop": "web", "number": "W-77", "line": 1 });
    let more = json!({ "order": order, "offer": "exam-replay", "quantity": 2 });
    let refused = world.command("issue", "more", &more).await.problem("refused");
    assert_eq!(refused["rule"], "order-unchanged");
    assert_eq!(refused["entitlements"], issued["entitlements"]);
    let again = world.get("/v1/commands/more").send().await.is(200);
    assert_eq!(again["entitlements"], issued["entitlements"]);
}

#[tokio::test]
async fn lines_are_told_briefly_to_who_prefers_that() {
    let world = World::open();
    world.stock().await;
    let mut some = lines(2);
    some[1]["offer"] = json!("none");
    let ask = || world.post("/v1/orders").key("o-1").body(&order("W-1", &some));
    let whole = ask().send().await.is(207);
    let brief = ask().header("prefer", "return=minimal").send().await.is(207);
    let (told, done) = (&whole["lines"][0]["reply"], &brief["lines"][0]["reply"]);
    assert!(told["events"][0].is_object() && told["entitlements"][0].is_object(), "{told:#}");
    assert_eq!((&done["events"], &done["entitlements"]), (&json!([]), &json!([])));
    assert_eq!((&done["codes"], &done["outcome"]), (&told["codes"], &json!("accepted")));
    // A refusal is told in full.
    assert_eq!(brief["lines"][1]["reply"]["refusal"], whole["lines"][1]["reply"]["refusal"]);
}

#[tokio::test]
async fn refused_lines_are_mended_under_a_new_key() {
    let world = World::open();
    world.stock().await;
    let mut some = lines(3);
    some[1]["offer"] = json!("none");
    let first = world.post("/v1/orders").key("o-1").body(&order("W-1", &some)).send().await.is(207);
    let mended = order("W-1", &lines(3));
    let told = world.post("/v1/orders").key("o-1").body(&mended).send().await.is(207);
    assert_eq!((&told["accepted"], &told["failed"]), (&json!(2), &json!(1)));
    assert_eq!(told["lines"][1]["problem"]["type"], "/problems/id-reused");
    let told = world.post("/v1/orders").key("o-2").body(&mended).send().await.is(200);
    assert_eq!(told["accepted"], 3);
    for line in [0, 2] {
        assert_eq!(told["lines"][line]["reply"]["codes"], first["lines"][line]["reply"]["codes"]);
    }
    assert_eq!(told["lines"][1]["reply"]["codes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_order_is_judged_before_it_is_sent() {
    let world = World::open();
    world.stock().await;
    let head = world.get("/v1/log").send().await.is(200)["head"].clone();
    let told = world.post("/v1/orders?dry_run=true").body(&order("W-1", &lines(2))).send().await.is(200);
    assert_eq!(told["lines"][1]["judged"]["outcome"], "accepted");
    assert_eq!(world.get("/v1/log").send().await.is(200)["head"], head);
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_bad_input() {
    let world = World::open();
    let long = "k".repeat(62);
    for (key, body, field) in [
        ("k", order("W-1", &[]), "lines"),
        ("k", order("W-1", &lines(1001)), "lines"),
        ("k", order("W-1", &[lines(1), lines(1)].concat()), "lines[1].line"),
        ("k", json!({ "shop": "web", "number": "1", "lines": [{ "line": 1 }] }), "lines[0].offer"),
        (long.as_str(), order("W-1", &lines(10)), "idempotency-key"),
    ] {
        let problem = world.post("/v1/orders").key(key).body(&body).send().await.problem("bad-input");
        assert_eq!(problem["errors"][0]["field"], field, "{problem:#}");
    }
    world.post("/v1/orders").body(&order("W-1", &lines(1))).send().await.problem("key-required");
    assert_eq!(world.get("/v1/log").send().await.is(200)["head"], 0, "no line of theirs was begun");
}

#[tokio::test]
async fn a_line_that_one_commit_cannot_hold_is_answered_whole_again() {
    let world = World::open();
    world.stock().await;
    let body = json!({
        "order": { "shop": "web", "number": "W-1", "line": 1 }, "offer": "exam-replay", "quantity": 1200,
    });
    let issued = world.command("issue", "i-1", &body).await.is(200);
    assert_eq!(issued["codes"].as_array().unwrap().len(), 1200);
    let again = world.get("/v1/commands/i-1").send().await.is(200);
    assert_eq!(again["codes"], issued["codes"]);
    assert_eq!((&again["position"], &again["replayed"]), (&issued["position"], &json!(true)));
}

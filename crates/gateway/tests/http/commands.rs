//! Commands: answered, refused, repeated, judged.

use resit_gateway::Limits;
use serde_json::{Value, json};

use crate::ask::Answer;
use crate::world::{Unusual, World, code, entitlement, offer};

fn sitting(voucher: &str) -> Value {
    json!({
        "voucher": voucher, "candidate": "anna", "exam": "AZ-104", "sit_at": "2019-10-01T09:00:00Z",
        "delivery": "online",
    })
}

#[tokio::test]
async fn a_voucher_lives_from_order_to_pass() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    let code = code(&issued);
    let scheduled = world.command("schedule", "s-1", &sitting(code)).await;
    let position = scheduled.position();
    let scheduled = scheduled.is(200);
    assert_eq!(scheduled["position"], position);
    assert_eq!(scheduled["events"][1]["type"], "ExamScheduled");
    world.at("2019-10-01T11:00Z");
    let failed =
        world.command("record-result", "r-1", &json!({ "voucher": code, "result": "fail" })).await.is(200);
    assert_eq!(failed["entitlements"][0]["units"][0]["stands"], "retake");
    let mut retake = sitting(&format!("{}.1", entitlement(&issued)));
    retake["sit_at"] = json!("2019-11-05T09:00:00Z");
    world.command("schedule", "s-2", &retake).await.is(200);
    world.at("2019-11-05T11:00Z");
    let passed =
        world.command("record-result", "r-2", &json!({ "voucher": code, "result": "pass" })).await.is(200);
    assert_eq!(passed["entitlements"][0]["units"][0]["stands"], "used");
}

#[tokio::test]
async fn a_refusal_is_a_problem_with_all_that_it_rests_on() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    world.command("schedule", "s-1", &sitting(code(&issued))).await.is(200);
    let refused = world.command("schedule", "s-2", &sitting(code(&issued))).await;
    let position = refused.position();
    let problem = refused.problem("refused");
    assert_eq!(problem["status"], 422);
    assert_eq!(
        (problem["rule"].as_str(), problem["clause"].as_str()),
        (Some("retake-needs-fail"), Some("S0-7"))
    );
    assert_eq!((problem["command"].as_str(), problem["layer"].as_str()), (Some("s-2"), Some("offer")));
    assert_eq!(problem["position"], position);
    assert!(!problem["remedy"].as_str().unwrap().is_empty() && problem["facts"].is_array());
    assert_eq!(problem["entitlements"][0]["id"], entitlement(&issued));
    let again = world.command("schedule", "s-2", &sitting(code(&issued))).await.problem("refused");
    assert_eq!((again["replayed"].as_bool(), &again["position"]), (Some(true), &problem["position"]));
}

#[tokio::test]
async fn the_same_key_is_the_same_command() {
    let world = World::open();
    world.stock().await;
    let first = world.issue("W-1").await;
    let mut again = world.issue("W-1").await;
    assert_eq!(again["replayed"], true);
    again["replayed"] = json!(false);
    assert_eq!(again, first);
    let other = json!({ "order": { "shop": "web", "number": "W-2", "line": 1 }, "offer": "exam-replay" });
    let problem = world.command("issue", "issue-W-1", &other).await.problem("id-reused");
    assert_eq!((problem["status"].as_u64(), &problem["command"]), (Some(409), &json!("issue-W-1")));
}

#[tokio::test]
async fn an_id_that_only_the_ledger_gives_is_nobodys_key() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    let order = json!({ "order": { "shop": "web", "number": "W-2", "line": 1 }, "offer": "exam-replay" });
    let due = format!("expire:{}:1922572800000", entitlement(&issued));
    for key in [due.as_str(), "ce-0123456789abcdef0123456789abcdef"] {
        let problem = world.command("issue", key, &order).await.problem("bad-input");
        assert_eq!(problem["errors"][0]["field"], "Idempotency-Key", "{problem:#}");
        assert!(problem["detail"].as_str().unwrap().contains(key), "{problem:#}");
        let dry = world.post("/v1/commands/issue?dry_run=true").key(key).body(&order).send();
        dry.await.problem("bad-input");
    }
    let lines = json!({ "shop": "web", "number": "W-2", "lines": [{ "line": 1, "offer": "exam-replay" }] });
    world.post("/v1/orders").key(&due).body(&lines).send().await.problem("bad-input");
    let first = world.command("issue", "web:W-2", &order).await.is(200);
    assert_eq!(first["events"][0]["type"], "VoucherIssued", "nothing of it was done before: {first:#}");
}

#[tokio::test]
async fn a_dry_run_judges_and_does_nothing() {
    let world = World::open();
    world.stock().await;
    let head = world.get("/v1/log").send().await.is(200)["head"].clone();
    let body = json!({ "order": { "shop": "web", "number": "W-1", "line": 1 }, "offer": "exam-replay" });
    let judged = world.post("/v1/commands/issue?dry_run=true").body(&body).send().await.is(200);
    assert_eq!((judged["dry_run"].as_bool(), judged["outcome"].as_str()), (Some(true), Some("accepted")));
    let nowhere = json!({ "order": { "shop": "web", "number": "W-1", "line": 1 }, "offer": "none" });
    let judged = world.post("/v1/commands/issue?dry_run=true").body(&nowhere).send().await.is(200);
    assert_eq!(judged["refusal"]["rule"], "known-offer");
    assert_eq!(world.get("/v1/log").send().await.is(200)["head"], head);
}

#[tokio::test]
async fn bad_input_names_the_field_and_the_remedy() {
    let world = World::open();
    let order = json!({ "shop": "web", "number": "W-1", "line": 1 });
    for (body, field) in [
        (json!({ "order": order }), "offer"),
        (json!({ "order": order, "offer": "a b" }), "offer"),
        (json!({ "order": { "shop": "web", "number": "W-1", "line": "one" }, "offer": "x" }), "order.line"),
        (json!({ "order": order, "offer": "x", "colour": "red" }), "colour"),
        (json!([]), "body"),
    ] {
        let problem = world.command("issue", "k", &body).await.problem("bad-input");
        assert_eq!(problem["errors"][0]["field"], field, "{problem:#}");
        assert!(!problem["errors"][0]["remedy"].as_str().unwrap().is_empty());
    }
    let fingerprint = json!({ "voucher": "ab".repeat(16) });
    let problem = world.command("unassign", "k", &fingerprint).await.problem("bad-input");
    assert_eq!(problem["errors"][0]["field"], "voucher");
    assert!(!problem.to_string().contains("abab"), "what may be a code is not repeated");
}

#[tokio::test]
async fn a_command_needs_a_key_that_is_one() {
    let world = World::open();
    let body = json!({ "voucher": "01ARZ3NDEKTSV4RRFFQ69G5FAV.1" });
    let ask = || world.post("/v1/commands/unassign").body(&body);
    let problem = ask().send().await.problem("key-required");
    assert_eq!(problem["errors"][0]["field"], "idempotency-key");
    for key in ["", "a b", &"x".repeat(65)] {
        let problem = ask().key(key).send().await.problem("bad-input");
        assert_eq!(problem["errors"][0]["field"], "idempotency-key");
    }
}

#[tokio::test]
async fn what_is_no_json_is_not_taken() {
    let world = World::open();
    let ask = || world.post("/v1/commands/unassign").key("k");
    ask().text("{}").send().await.problem("unsupported-media-type");
    let form = ask().header("content-type", "application/x-www-form-urlencoded").text("{}");
    form.send().await.problem("unsupported-media-type");
    let broken = ask().header("content-type", "application/json; charset=utf-8").text("{\"voucher\"");
    assert_eq!(broken.send().await.problem("bad-input")["errors"][0]["field"], "body");
}

#[tokio::test]
async fn parameters_that_nobody_knows_are_told() {
    let world = World::open();
    let problem = world.get("/v1/log?after=0&form=xml").send().await.problem("bad-input");
    assert_eq!(problem["errors"][0]["field"], "form");
    let problem = world.get("/v1/log?after=0&after=1").send().await.problem("bad-input");
    assert_eq!(problem["errors"][0]["field"], "after");
    let problem = world.get("/v1/log?limit=0").send().await.problem("bad-input");
    assert_eq!(problem["errors"][0]["field"], "limit");
    let problem = world.get("/v1/entitlements/%ff%fe").send().await.problem("bad-input");
    assert_eq!(problem["errors"][0]["field"], "path");
    let problem = world.get("/v1/entitlements/here").send().await.problem("bad-input");
    assert_eq!(problem["errors"][0]["field"], "id");
}

#[tokio::test]
async fn a_whole_entitlement_may_be_named_by_a_code() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    let body = json!({ "entitlement": code(&issued), "reason": "refund" });
    let revoked = world.command("revoke", "v-1", &body).await.is(200);
    assert_eq!(revoked["entitlements"][0]["units"][0]["stage"], "revoked");
}

#[tokio::test]
async fn only_a_rehearsals_clock_can_be_set() {
    async fn set(world: &World) -> Answer {
        let ask = world.post("/v1/commands/define-exam").key("k").body(&json!({ "exam": "AZ-104" }));
        ask.header("resit-clock", "2031-03-02T09:00Z").send().await
    }
    set(&World::open()).await.problem("clock-fixed");
    let rehearsal = World::unusual(Unusual { rehearsal: true, ..Unusual::default() });
    let reply = set(&rehearsal).await.is(200);
    assert_eq!(reply["recorded_at"], "2031-03-02T09:00:00Z");
    let status = rehearsal.get("/v1/status").send().await.is(200);
    assert_eq!(status["now"], "2031-03-02T09:00:00Z");
}

#[tokio::test]
async fn a_request_that_is_turned_away_moves_no_time() {
    async fn now(world: &World) -> Value {
        world.get("/v1/status").send().await.is(200)["now"].clone()
    }
    let world = World::unusual(Unusual { rehearsal: true, ..Unusual::default() });
    world.stock().await;
    let before = now(&world).await;
    let later = |path: &str| world.post(path).header("resit-clock", "2031-03-02T09:00Z");
    later("/v1/commands/define-exam").key("k").body(&json!({ "exam": 7 })).send().await.problem("bad-input");
    later("/v1/commands/define-exam").body(&json!({ "exam": "X" })).send().await.problem("key-required");
    later("/v1/commands/define-exam").key("k").text("{}").send().await.problem("unsupported-media-type");
    later("/v1/commands/define-exam")
        .key("exam")
        .body(&json!({ "exam": "X" }))
        .send()
        .await
        .problem("id-reused");
    later("/v1/orders")
        .key("k")
        .body(&json!({ "shop": "web", "number": "1", "lines": [] }))
        .send()
        .await
        .problem("bad-input");
    later("/v1/expire-due?dry_run=true").send().await.is(200);
    assert_eq!(now(&world).await, before);
    // A refusal is on record by then, and so it is that time.
    let unknown = json!({ "voucher": "01ARZ3NDEKTSV4RRFFQ69G5FAV.1", "result": "fail" });
    later("/v1/commands/record-result").key("r").body(&unknown).send().await.problem("refused");
    assert_eq!(now(&world).await, "2031-03-02T09:00:00Z");
    world.post("/v1/expire-due").header("resit-clock", "2031-03-03").send().await.is(200);
    assert_eq!(now(&world).await, "2031-03-03T00:00:00Z");
}

#[tokio::test]
async fn the_actor_of_an_open_server_is_who_the_caller_says() {
    let world = World::open();
    let define =
        |key: &'static str| world.post("/v1/commands/define-exam").key(key).body(&json!({ "exam": key }));
    define("a").send().await.is(200);
    define("b").header("resit-actor", "desk").send().await.is(200);
    let problem = define("c").header("resit-actor", "a b").send().await.problem("bad-input");
    assert_eq!(problem["errors"][0]["field"], "resit-actor");
    let records = world.get("/v1/log").send().await.is(200);
    assert_eq!(
        (&records["records"][0]["actor"], &records["records"][1]["actor"]),
        (&json!("http"), &json!("desk"))
    );
}

#[tokio::test]
async fn a_reader_that_is_ahead_of_the_log_is_told_so() {
    let world = World::open();
    world.stock().await;
    let page = world.get("/v1/log").send().await.is(200);
    let head = page["head"].as_u64().unwrap();
    let at_the_end = world.get(format!("/v1/log?after={head}")).send().await.is(200);
    assert_eq!((&at_the_end["next"], &at_the_end["head"]), (&page["head"], &page["head"]));
    for wait in ["", "&wait_s=30"] {
        let asked = format!("/v1/log?after={}{wait}", head + 1);
        let problem = world.get(&asked).send().await.problem("bad-input");
        assert_eq!(problem["errors"][0]["field"], "after");
        let detail = problem["detail"].as_str().unwrap();
        let end = format!("{} is behind the log's end, {head}", head + 1);
        assert!(detail.contains(&end) && detail.contains("begin again at 0"), "{detail}");
    }
}

#[tokio::test]
async fn one_key_at_the_same_time_has_one_effect() {
    let world = World::open();
    world.stock().await;
    let issue = || world.issue("W-1");
    let (a, b, c, d) = tokio::join!(issue(), issue(), issue(), issue());
    let answers = [a, b, c, d];
    assert_eq!(answers.iter().filter(|answer| answer["replayed"] == false).count(), 1);
    assert!(answers.iter().all(|answer| code(answer) == code(&answers[0])));
    assert!(answers.iter().all(|answer| answer["position"] == answers[0]["position"]));
}

#[tokio::test]
async fn whoever_publishes_an_offer_hears_what_its_examples_leave_unproven() {
    let world = World::open();
    world.stock().await;
    let wrong = offer().replace("sit_by = \"purchase + P12M\"", "sit_by = \"purchase + P6M\"");
    assert_ne!(wrong, offer());
    let body = json!({ "source": wrong });
    let judged = world.post("/v1/commands/publish-offer?dry_run=true").body(&body).send().await.is(200);
    let published = world.command("publish-offer", "o-2", &body).await.is(200);
    for answer in [&judged, &published, &world.command("publish-offer", "o-2", &body).await.is(200)] {
        assert_eq!(answer["outcome"], "accepted");
        let [warning] = answer["warnings"].as_array().unwrap().as_slice() else { panic!("{answer:#}") };
        let text = warning["text"].as_str().unwrap();
        assert!(text.starts_with("3 of 4 examples do not come true"), "{text}");
        assert!(text.contains("resit offer check"), "{text}");
    }
    let versions = published["offer"]["versions"].as_array().unwrap();
    assert_eq!((versions.len(), &published["offer"]["offer"]), (2, &json!("exam-replay")));
    let in_force = |version: usize| versions[version - 1]["in_force"].as_bool();
    assert_eq!((in_force(1), in_force(2)), (Some(false), Some(true)));

    let sound = json!({ "source": format!("{}\n", offer()) });
    let answer = world.command("publish-offer", "o-3", &sound).await.is(200);
    assert_eq!(answer["warnings"], json!([]));
}

#[tokio::test]
async fn examples_that_take_too_long_are_not_waited_for() {
    let limits = Limits { examples_millis_max: 0, ..Limits::default() };
    let world = World::unusual(Unusual { limits: Some(limits), ..Unusual::default() });
    let orders: Vec<_> = (1..1_000).map(|order| format!("when issue A{order}")).collect();
    let orders = orders.join("\n");
    let long = format!(
        "[[example]]\nname = \"Long\"\nstory = '''\nat 2019-09-01T10:00Z\n{orders}\nexpect A1 unused\n'''\n"
    );
    let body = json!({ "source": format!("{}\n{long}", offer()) });
    let answer = world.command("publish-offer", "o-1", &body).await.is(200);
    let text = answer["warnings"][0]["text"].as_str().unwrap();
    assert!(text.contains("took more than 0 ms"), "{text}");
}

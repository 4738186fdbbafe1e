//! Questions about one entitlement, one command, one offer; and the log.

use serde_json::{Value, json};

use crate::world::{World, code, entitlement, offer};

/// A world with a voucher that was scheduled for October.
async fn scheduled() -> (World, Value) {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    world.at("2019-09-10T10:00Z");
    let sitting = json!({
        "voucher": code(&issued), "candidate": "anna", "exam": "AZ-104", "sit_at": "2019-10-01T09:00:00Z",
        "delivery": "online",
    });
    world.command("schedule", "s-1", &sitting).await.is(200);
    (world, issued)
}

#[tokio::test]
async fn an_entitlement_is_shown_as_it_stands_and_as_it_stood() {
    let (world, issued) = scheduled().await;
    let path = format!("/v1/entitlements/{}", entitlement(&issued));
    let now = world.get(path.as_str()).send().await;
    assert_eq!(now.position(), world.get("/v1/log").send().await.is(200)["head"]);
    assert_eq!(now.is(200)["units"][0]["stands"], "registered");
    let then = world.get(format!("{path}?as_of=2019-09-05T00:00:00Z")).send().await.is(200);
    assert_eq!(then["units"][0]["stands"], "unused");
    let known = world.get(format!("{path}?known_at=2019-09-05")).send().await.is(200);
    assert_eq!(known["units"][0]["stands"], "unused");
    world.get(format!("{path}?as_of=2019-08-01")).send().await.problem("not-found");
    world.get("/v1/entitlements/01ARZ3NDEKTSV4RRFFQ69G5FAV").send().await.problem("not-found");
    // Nothing but its end has to come for it to be over.
    world.at("2031-01-01");
    assert_eq!(world.get(path).send().await.is(200)["units"][0]["stands"], "ended");
}

#[tokio::test]
async fn a_history_is_told_page_by_page() {
    let (world, issued) = scheduled().await;
    let path = format!("/v1/entitlements/{}/history", entitlement(&issued));
    let whole = world.get(path.as_str()).send().await.is(200);
    let kinds: Vec<_> = whole["items"].as_array().unwrap().iter().map(|item| item["type"].clone()).collect();
    assert_eq!(kinds, ["VoucherIssued", "HolderBound", "ExamScheduled"]);
    assert_eq!(whole["next"], Value::Null);
    let first = world.get(format!("{path}?limit=2")).send().await.is(200);
    let next = first["next"].as_str().unwrap();
    let second = world.get(format!("{path}?limit=2&after={next}")).send().await.is(200);
    assert_eq!(second["items"], json!([whole["items"][2]]));
    assert_eq!(second["next"], Value::Null);
    world.get(format!("{path}?after=middle")).send().await.problem("bad-input");
    world.get("/v1/entitlements/01ARZ3NDEKTSV4RRFFQ69G5FAV/history").send().await.problem("not-found");
}

#[tokio::test]
async fn a_command_is_answered_again_and_explained() {
    let (world, issued) = scheduled().await;
    let answer = world.get("/v1/commands/issue-W-1").send().await.is(200);
    assert_eq!((&answer["codes"], &answer["events"]), (&issued["codes"], &issued["events"]));
    assert_eq!(answer["replayed"], true);
    let why = world.get("/v1/commands/s-1/why").send().await.is(200);
    assert_eq!(why["agrees_with_record"], true);
    assert!(why["judgements"].as_array().unwrap().len() > 10);
    world
        .command("cancel", "c-1", &json!({ "voucher": entitlement(&issued), "by": "candidate" }))
        .await
        .is(200);
    world
        .command("cancel", "c-2", &json!({ "voucher": entitlement(&issued), "by": "candidate" }))
        .await
        .is(422);
    let refused = world.get("/v1/commands/c-2").send().await.is(200);
    assert_eq!(
        (&refused["outcome"], &refused["refusal"]["rule"]),
        (&json!("refused"), &json!("registration-open"))
    );
    world.get("/v1/commands/nobody").send().await.problem("not-found");
    let unknown = world.get("/v1/commands/o-77/why").send().await.problem("not-found");
    assert!(
        unknown["detail"].as_str().unwrap().contains("its lines are commands of their own: o-77.1"),
        "{unknown:#}"
    );
}

#[tokio::test]
async fn a_refusal_tells_who_asked_for_what_and_why_not() {
    let (world, issued) = scheduled().await;
    let id = entitlement(&issued);
    let why = format!("/v1/entitlements/{id}/why");
    world.get(why.as_str()).send().await.problem("not-found");
    let sitting = json!({
        "voucher": code(&issued), "candidate": "ben", "exam": "AZ-104", "sit_at": "2019-10-02T09:00:00Z",
        "delivery": "online",
    });
    let ask = world.post("/v1/commands/schedule").key("s-2").header("resit-actor", "desk").body(&sitting);
    ask.send().await.is(422);
    let told = world.get(format!("/v1/entitlements/{id}/history")).send().await.is(200);
    let items = told["items"].as_array().unwrap();
    let refused = items.last().unwrap();
    assert_eq!((&refused["type"], &refused["actor"]), (&json!("CommandRefused"), &json!("desk")));
    let asked = &refused["asked"]["schedule"];
    assert_eq!(
        (&asked["candidate"], &asked["exam"], &refused["unit"]),
        (&json!("ben"), &json!("AZ-104"), &json!(1))
    );
    assert!(items[..items.len() - 1].iter().all(|item| item["asked"].is_null()), "only a refusal says so");
    assert!(!told.to_string().contains(code(&issued)));
    let newest = world.get(why.as_str()).send().await.is(200);
    assert_eq!(newest, world.get("/v1/commands/s-2/why").send().await.is(200));
    assert_eq!((&newest["command"], &newest["voucher"]), (&json!("s-2"), &json!(format!("{id}.1"))));
    assert_eq!(world.get(format!("{why}?unit=1")).send().await.is(200), newest);
    world.get(format!("{why}?unit=2")).send().await.problem("not-found");
    world.get("/v1/entitlements/01ARZ3NDEKTSV4RRFFQ69G5FAV/why").send().await.problem("not-found");
    // What was asked of the whole concerns each unit.
    let step = json!({ "entitlement": id, "step": "no-such-step" });
    world.command("record-step", "p-1", &step).await.is(422);
    assert_eq!(world.get(format!("{why}?unit=2")).send().await.is(200)["command"], "p-1");
}

#[tokio::test]
async fn a_command_may_have_the_name_of_a_command_as_its_id() {
    let world = World::open();
    world.command("define-exam", "issue", &json!({ "exam": "X" })).await.is(200);
    assert_eq!(world.get("/v1/commands/issue").send().await.is(200)["command"], "issue");
    assert_eq!(world.get("/v1/commands/issue/why").send().await.is(200)["command"], "issue");
    world.get("/v1/commands/expire").send().await.problem("not-found");
}

#[tokio::test]
async fn a_code_leads_to_its_voucher() {
    let (world, issued) = scheduled().await;
    let typed = code(&issued).to_lowercase().replace('-', " ");
    let found = world.post("/v1/codes/look-up").body(&json!({ "code": typed })).send().await.is(200);
    assert_eq!((&found["unit"], &found["entitlement"]["id"]), (&json!(1), &json!(entitlement(&issued))));
}

#[tokio::test]
async fn an_offer_tells_its_versions_and_its_text() {
    let (world, issued) = scheduled().await;
    let told = world.get("/v1/offers/exam-replay").send().await.is(200);
    let hash = told["versions"][0]["terms"].as_str().unwrap();
    assert_eq!(issued["entitlements"][0]["terms"], hash);
    assert_eq!(told["versions"][0]["in_force"], true);
    let path = format!("/v1/terms/{hash}?offer=exam-replay");
    assert_eq!(world.get(path.as_str()).send().await.is(200)["source"], offer());
    let text = world.get(path).header("accept", "text/plain").send().await;
    assert_eq!(text.body, offer());
    world.get("/v1/offers/none").send().await.problem("not-found");
    world.get(format!("/v1/terms/{hash}")).send().await.problem("bad-input");
    world.get(format!("/v1/terms/{}?offer=exam-replay", "0".repeat(64))).send().await.problem("not-found");
    let refused = json!({ "order": { "shop": "web", "number": "9", "line": 1 }, "offer": "none" });
    world.command("issue", "i-9", &refused).await.is(422);
    world.get("/v1/offers/none").send().await.problem("not-found");
}

#[tokio::test]
async fn a_policy_tells_its_versions_and_which_is_in_force() {
    let world = World::open();
    world.at("2026-02-01T10:00Z");
    world.get("/v1/policies/cert").send().await.problem("not-found");
    let policy = |head: &str| {
        format!(
            "programme = \"cert\"\n{head}[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\n\
             wait = \"none\"\ncaps = [{{ max = 2, window = \"none\" }}]\ncounts_over = \"ever\"\n\
             lock_after_pass = \"none\"\nbeta_once = false\n"
        )
    };
    world.command("publish-policy", "p-1", &json!({ "source": policy("") })).await.is(200);
    let short = json!({ "source": policy("first_day = 2026-03-01\nlast_day = 2026-03-31\n") });
    world.command("publish-policy", "p-2", &short).await.is(200);
    world.command("publish-policy", "p-3", &short).await.is(422);
    world.command("publish-policy", "p-4", &json!({ "source": "programme = 7" })).await.is(422);
    for (at, in_force) in
        [("2026-02-28T23:59:59Z", 1), ("2026-03-01", 2), ("2026-03-31T23:59:59Z", 2), ("2026-04-01", 1)]
    {
        world.at(at);
        let told = world.get("/v1/policies/cert").send().await.is(200);
        assert_eq!(told["in_force"], in_force, "{told}");
        assert_eq!(told["versions"].as_array().unwrap().len(), 2);
        assert_eq!(told["versions"][in_force - 1]["in_force"], true);
        assert_eq!(told["says"][0]["words"], "2 attempts, and no more after them");
    }
    world.get("/v1/policies/other").send().await.problem("not-found");
}

#[tokio::test]
async fn the_log_is_read_from_anywhere_and_waited_for() {
    let (world, _) = scheduled().await;
    let whole = world.get("/v1/log").send().await.is(200);
    let head = whole["head"].as_u64().unwrap();
    assert_eq!(whole["records"].as_array().unwrap().len() as u64, head);
    let mut read = Vec::new();
    let mut after = 0;
    while after < head {
        let page = world.get(format!("/v1/log?after={after}&limit=2")).send().await.is(200);
        read.extend(page["records"].as_array().unwrap().clone());
        after = page["next"].as_u64().unwrap();
    }
    assert_eq!(json!(read), whole["records"]);
    let nothing = world.get(format!("/v1/log?after={head}")).send().await.is(200);
    assert_eq!((&nothing["records"], &nothing["next"]), (&json!([]), &json!(head)));
    let path = format!("/v1/log?after={head}&wait_s=30");
    let exam = json!({ "exam": "X" });
    let (waited, written) = tokio::join!(world.get(path).send(), world.command("define-exam", "e-2", &exam));
    written.is(200);
    assert_eq!(waited.is(200)["records"][0]["command"], "e-2");
}

#[tokio::test]
async fn what_is_no_entitlements_id_is_told_what_one_is() {
    let (world, issued) = scheduled().await;
    let (id, code) = (entitlement(&issued), code(&issued));
    for (named, reason, remedy) in [
        ("xx", "26 symbols", "POST /v1/codes/look-up"),
        (&format!("{id}.1"), "the id of one voucher", "leave `.1` out"),
        (code, "it is a code", "POST /v1/codes/look-up"),
    ] {
        for rest in ["", "/history"] {
            let problem =
                world.get(format!("/v1/entitlements/{named}{rest}")).send().await.problem("bad-input");
            let error = &problem["errors"][0];
            assert!(error["reason"].as_str().unwrap().contains(reason), "{error:#}");
            assert!(error["remedy"].as_str().unwrap().contains(remedy), "{error:#}");
            assert!(!problem.to_string().contains(code), "{problem:#}");
        }
    }
    let problem = world.get("/v1/terms/abc?offer=exam-replay").send().await.problem("bad-input");
    assert_eq!(problem["errors"][0]["reason"], "a terms hash has 64 hex digits");
}

#[tokio::test]
async fn why_tells_what_the_catalogue_said_then() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    let sitting = json!({
        "voucher": entitlement(&issued), "candidate": "anna", "exam": "AZ-104",
        "sit_at": "2019-10-01T09:00:00Z", "delivery": "online",
    });
    let define = |categories: &str| json!({ "exam": "AZ-104", "facts": { "categories": [categories], "deliveries": ["online"] } });
    world.command("define-exam", "e-1", &define("fundamentals")).await.is(200);
    world.command("schedule", "s-1", &sitting).await.problem("refused");
    let told = world.get("/v1/commands/s-1/why").send().await.is(200);
    world.command("define-exam", "e-2", &define("associate")).await.is(200);
    world.command("schedule", "s-2", &sitting).await.is(200);
    world.command("define-exam", "e-3", &define("fundamentals")).await.is(200);
    // Each answer stands by the catalogue of its moment (R9, S3-30).
    assert_eq!(world.get("/v1/commands/s-1/why").send().await.is(200), told);
    assert_eq!(told["agrees_with_record"], true);
    let yes = world.get("/v1/commands/s-2/why").send().await.is(200);
    assert_eq!(yes["agrees_with_record"], true);
    let judged = yes["judgements"].as_array().unwrap().iter().find(|one| one["rule"] == "exam-eligible");
    assert!(judged.unwrap().to_string().contains("associate"), "{yes:#}");
}

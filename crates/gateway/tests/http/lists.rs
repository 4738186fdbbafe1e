//! Lists from the read models, and reading one's own writes.

use serde_json::{Value, json};

use crate::world::{Unusual, World, code, entitlement, offer};
use resit_gateway::Limits;

async fn all_pages(world: &World, path: &str, limit: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page = world.get(format!("{path}?limit={limit}{after}")).send().await.is(200);
        let more = page["items"].as_array().unwrap();
        assert!(more.len() <= limit);
        items.extend(more.clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return items,
        }
    }
}

#[tokio::test]
async fn lists_are_paged_and_whole() {
    let world = World::open();
    world.stock().await;
    let order = json!({ "shop": "web", "number": "W-1", "line": 1 });
    let body = json!({ "order": order, "offer": "exam-replay", "quantity": 5, "holder": "anna" });
    let issued = world.command("issue", "i-1", &body).await.is(200);
    world.issue("W-2").await;
    world.project().await;
    let ids = |items: &[Value], field: &str| {
        let mut ids: Vec<_> = items.iter().map(|item| item[field].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let bought = ids(issued["entitlements"].as_array().unwrap(), "id");
    for limit in [1, 2, 5, 6] {
        let line = all_pages(&world, "/v1/orders/web/W-1/1", limit).await;
        assert_eq!(ids(&line, "id"), bought, "{limit}");
        assert_eq!(all_pages(&world, "/v1/offers/exam-replay/vouchers", limit).await.len(), 6);
    }
    let first = entitlement(&issued);
    let sitting = json!({
        "voucher": first, "candidate": "anna", "exam": "AZ-104", "sit_at": "2019-10-01T09:00:00Z",
        "delivery": "online",
    });
    world.command("schedule", "s-1", &sitting).await.is(200);
    world.project().await;
    let annas = all_pages(&world, "/v1/candidates/anna/vouchers", 2).await;
    let registered: Vec<_> = annas.iter().filter(|row| row["stands"] == "registered").collect();
    assert_eq!(registered.len(), 1);
    assert_eq!((&registered[0]["entitlement"], &registered[0]["unit"]), (&json!(first), &json!(1)));
    assert_eq!(
        (&registered[0]["ends_at"], &registered[0]["ends_by"]),
        (&json!("2020-09-02T00:00:00Z"), &json!("S0-6"))
    );
    assert_eq!((&registered[0]["attempts_used"], &registered[0]["attempts_max"]), (&json!(1), &json!(2)));
    assert!(all_pages(&world, "/v1/orders/web/W-9/1", 5).await.is_empty());
    world.get("/v1/offers/exam-replay/vouchers?after=x").send().await.problem("bad-input");
}

/// Opens an agreement, and issues what an order line bought under it; the reply.
async fn bought_under_an_agreement(world: &World, more: &Value) -> Value {
    let source = include_str!("../../../../deploy/offers/volume-licensing-exam-voucher.toml");
    world.command("publish-offer", "o", &json!({ "source": source })).await.is(200);
    let opened = json!({
        "agreement": "EA-1", "programme": "volume-licensing", "first_day": "2019-07-01", "last_day": "2020-06-30",
    });
    world.command("open-agreement", "a", &opened).await.is(200);
    let order = json!({ "shop": "web", "number": "W-1", "line": 1 });
    let mut body = json!({
        "order": order, "offer": "volume-licensing-exam-voucher", "agreement": "EA-1", "tier": "level-c",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.command("issue", "i-1", &body).await.is(200)
}

#[tokio::test]
async fn an_agreement_has_what_was_bought_under_it() {
    let world = World::open();
    let issued = bought_under_an_agreement(&world, &json!({ "quantity": 4 })).await;
    world.project().await;
    let inventory = world.get("/v1/agreements/EA-1/inventory").send().await.is(200);
    assert_eq!(inventory["offers"], json!({ "volume-licensing-exam-voucher": { "unused": 4 } }));
    assert_eq!(inventory["position"], issued["position"]);
    world.at("2020-07-01");
    let inventory = world.get("/v1/agreements/EA-1/inventory").send().await.is(200);
    assert_eq!(inventory["offers"], json!({ "volume-licensing-exam-voucher": { "ended": 4 } }));
}

#[tokio::test]
async fn whoever_asks_for_its_own_write_waits_for_it() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    let position = issued["position"].as_u64().unwrap();
    let path = "/v1/offers/exam-replay/vouchers";
    let behind = world.get(path).send().await;
    assert_eq!(behind.position(), 0);
    assert_eq!(behind.is(200)["items"], json!([]));
    let waits = world.get(path).header("resit-at-least", &position.to_string()).send();
    let (answer, ()) = tokio::join!(waits, world.project());
    assert!(answer.position() >= position);
    assert_eq!(answer.is(200)["items"][0]["id"], entitlement(&issued));
    let answer = world.get(format!("{path}?at_least={position}")).send().await;
    assert_eq!(answer.is(200)["items"].as_array().unwrap().len(), 1);
    assert!(!code(&issued).is_empty());
}

#[tokio::test]
async fn an_order_line_is_there_as_soon_as_it_is_acknowledged() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    let path = "/v1/orders/web/W-1/1";
    let answer = world.get(path).send().await;
    assert!(answer.position() >= issued["position"].as_u64().unwrap());
    assert_eq!(answer.is(200)["items"][0]["id"], entitlement(&issued), "no read model is asked");
    let answer = world.get(path).header("resit-at-least", "1000").send().await;
    assert_eq!(answer.is(200)["items"].as_array().unwrap().len(), 1, "there is nothing to wait for");
    world.get(format!("{path}?after=65536")).send().await.problem("bad-input");
    assert_eq!(world.get(format!("{path}?after=65535")).send().await.is(200)["items"], json!([]));
}

#[tokio::test]
async fn pieces_that_were_passed_over_are_no_end_of_their_line() {
    let world = World::open();
    world.stock().await;
    let order = json!({ "shop": "web", "number": "W-1", "line": 1 });
    for (key, first, last) in [("i-1", 1, 10), ("i-2", 21, 30), ("i-3", 48, 49)] {
        let pieces = json!({ "first": first, "last": last });
        let body = json!({ "order": order, "offer": "exam-replay", "quantity": 50, "pieces": pieces });
        world.command("issue", key, &body).await.is(200);
    }
    world.issue("W-10").await;
    let path = "/v1/orders/web/W-1/1";
    let whole = all_pages(&world, path, 1_000).await;
    assert_eq!(whole.len(), 22);
    for limit in [1, 7, 50] {
        assert_eq!(all_pages(&world, path, limit).await, whole, "{limit}");
    }
    // A page is so many pieces of the line, whether they are there or not.
    let passed_over = world.get(format!("{path}?after=10&limit=10")).send().await.is(200);
    assert_eq!((&passed_over["items"], &passed_over["next"]), (&json!([]), &json!("20")));
    let last = world.get(format!("{path}?after=40&limit=10")).send().await.is(200);
    assert_eq!((last["items"].as_array().unwrap().len(), &last["next"]), (2, &Value::Null));

    world.project().await;
    let told = world.get("/v1/orders/web/W-1").send().await.is(200);
    let line = &told["items"][0];
    assert_eq!((&line["quantity"], &line["issued"]), (&json!(50), &json!(22)));
    assert_eq!(world.post("/v1/verify").send().await.is(200)["differing"], json!([]));
}

#[tokio::test]
async fn a_clock_that_is_behind_the_record_does_not_bring_back_what_has_ended() {
    let world = World::open();
    let issued = bought_under_an_agreement(&world, &json!({ "holder": "anna" })).await;
    world.at("2020-07-01");
    world.command("expire", "e-1", &json!({ "entitlement": entitlement(&issued) })).await.is(200);
    world.project().await;
    world.at("2020-06-30T12:00:00Z");
    for (path, pointer) in [
        (format!("/v1/entitlements/{}", entitlement(&issued)), "/units/0/stands"),
        ("/v1/orders/web/W-1/1".to_owned(), "/items/0/units/0/stands"),
        ("/v1/offers/volume-licensing-exam-voucher/vouchers".to_owned(), "/items/0/units/0/stands"),
        ("/v1/candidates/anna/vouchers".to_owned(), "/items/0/stands"),
        ("/v1/commands/i-1".to_owned(), "/entitlements/0/units/0/stands"),
    ] {
        let shown = world.get(&path).send().await.is(200);
        assert_eq!(shown.pointer(pointer), Some(&json!("ended")), "{path}: {shown}");
    }
    let inventory = world.get("/v1/agreements/EA-1/inventory").send().await.is(200);
    assert_eq!(inventory["offers"], json!({ "volume-licensing-exam-voucher": { "ended": 1 } }));
    let before = format!("/v1/entitlements/{}?as_of=2020-06-30", entitlement(&issued));
    assert_eq!(world.get(before).send().await.is(200)["units"][0]["stands"], "unused");
}

#[tokio::test]
async fn what_does_not_come_in_time_is_behind() {
    let limits = Limits { behind_millis_max: 20, ..Limits::default() };
    let world = World::unusual(Unusual { limits: Some(limits), ..Unusual::default() });
    let answer = world.get("/v1/offers/exam-replay/vouchers?at_least=1000").send().await;
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(answer.problem("behind")["status"], 503);
    world.get("/v1/offers/exam-replay/vouchers?at_least=soon").send().await.problem("bad-input");
}

#[tokio::test]
async fn offers_are_listed_as_they_are_on_record() {
    let world = World::open();
    world.project().await;
    assert_eq!(world.get("/v1/offers").send().await.is(200)["items"], json!([]));
    world.stock().await;
    let another = offer().replacen("id = \"exam-replay\"", "id = \"another\"", 1);
    world.command("publish-offer", "o-1", &json!({ "source": another })).await.is(200);
    let again = another.replacen("title = \"", "title = \"Better ", 1);
    world.pass_a_second();
    world.command("publish-offer", "o-2", &json!({ "source": again })).await.is(200);
    world.command("withdraw-offer", "o-3", &json!({ "offer": "exam-replay" })).await.is(200);
    // Asked for, and not there: that makes it no offer.
    world.command("withdraw-offer", "o-4", &json!({ "offer": "nothing" })).await.problem("refused");
    world.project().await;
    let whole = all_pages(&world, "/v1/offers", 100).await;
    assert_eq!(whole, all_pages(&world, "/v1/offers", 1).await);
    let of = |name: &str| whole.iter().map(|offer| offer[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("offer"), ["another", "exam-replay"]);
    assert_eq!(of("version"), [2, 1]);
    assert!(of("title")[0].as_str().unwrap().starts_with("Better "), "{whole:#?}");
    assert_eq!(of("published_at")[0], "2019-09-01T10:00:01Z");
    assert_eq!(of("withdrawn_at"), [Value::Null, "2019-09-01T10:00:01Z".into()]);
    let one = world.get("/v1/offers/another").send().await.is(200);
    assert_eq!(of("terms")[0], one["versions"][1]["terms"]);
    world.get("/v1/offers?after=a%20b").send().await.problem("bad-input");
}

#[tokio::test]
async fn an_order_is_told_line_by_line() {
    let world = World::open();
    world.stock().await;
    let line =
        |line: u32, offer: &str, quantity: u16| json!({ "line": line, "offer": offer, "quantity": quantity });
    let lines = [line(10, "exam-replay", 3), line(20, "another", 2), line(300, "none", 1)];
    let order = |lines: &[Value]| json!({ "shop": "web", "number": "W-1", "lines": lines });
    let first = world.post("/v1/orders").key("w-1").body(&order(&lines)).send().await.is(207);
    assert_eq!((&first["accepted"], &first["refused"]), (&json!(1), &json!(2)));
    world.project().await;
    let another = offer().replacen("id = \"exam-replay\"", "id = \"another\"", 1);
    world.command("publish-offer", "o", &json!({ "source": another })).await.is(200);
    let second = world.post("/v1/orders").key("w-2").body(&order(&lines[1..])).send().await.is(207);
    assert_eq!((&second["accepted"], &second["refused"]), (&json!(1), &json!(1)));
    // An order whose number goes on is another one.
    world.issue("W-10").await;
    world.project().await;

    let told = all_pages(&world, "/v1/orders/web/W-1", 100).await;
    for limit in [1, 2, 3] {
        assert_eq!(all_pages(&world, "/v1/orders/web/W-1", limit).await, told, "{limit}");
    }
    let of = |name: &str| told.iter().map(|line| line[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("line"), [10, 20, 300]);
    assert_eq!(of("offer"), ["exam-replay", "another", "none"]);
    assert_eq!(of("quantity"), [3, 2, 1]);
    assert_eq!(of("issued"), [3, 2, 0]);
    assert_eq!(of("refusals"), [0, 1, 2]);
    assert_eq!(told[0]["refused"], Value::Null);
    assert_eq!(told[1]["refused"]["command"], "w-1.20", "what was said before it was issued");
    let last = &told[2]["refused"];
    assert_eq!((&last["command"], &last["refusal"]["rule"]), (&json!("w-2.300"), &json!("known-offer")));
    assert!(last["refusal"]["remedy"].as_str().unwrap().contains("publish the offer"), "{last}");
    assert_eq!(world.get("/v1/orders/web/W-2").send().await.is(200)["items"], json!([]));
    world.get("/v1/orders/web/W-1?after=ten").send().await.problem("bad-input");
    let verified = world.post("/v1/verify").send().await.is(200);
    assert_eq!(verified["differing"], json!([]), "rows do not depend on how records came in");
}

#[tokio::test]
async fn what_was_sold_of_an_offer_that_is_not_there_is_no_empty_list() {
    let world = World::open();
    world.stock().await;
    let told = world.get("/v1/offers/nope/vouchers").send().await.problem("not-found");
    assert_eq!(told["detail"], "no offer nope was published");
    assert_eq!(
        world.get("/v1/offers/exam-replay/vouchers").send().await.is(200)["items"],
        serde_json::json!([])
    );
}

//! Goodwill by two persons, who show who they are; and what waits for the second one.

use resit_access::Role;
use serde_json::{Value, json};

use crate::world::{Unusual, World, code, entitlement, offer};

fn guarded() -> World {
    World::unusual(Unusual { tokens: true, ..Unusual::default() })
}

/// A ledger with some vouchers of an offer that asks for a second person, and the token of an operator.
async fn sold(vouchers: usize) -> (World, String, Vec<Value>) {
    let world = guarded();
    let boss = world.token("boss", Role::Operator, None);
    let source = json!({ "source": offer() });
    world.post("/v1/commands/publish-offer").key("o").token(&boss).body(&source).send().await.is(200);
    let mut issued = Vec::new();
    for number in 1..=vouchers {
        let order = json!({ "shop": "web", "number": number.to_string(), "line": 1 });
        let body = json!({ "order": order, "offer": "exam-replay" });
        let key = format!("i-{number}");
        let issue = world.post("/v1/commands/issue").key(&key).token(&boss).body(&body);
        issued.push(issue.send().await.is(200));
    }
    (world, boss, issued)
}

fn more(voucher: &str) -> Value {
    json!({ "voucher": voucher, "gift": "extra-attempt", "reason": "illness" })
}

#[tokio::test]
async fn the_second_person_is_another_token() {
    let (world, boss, issued) = sold(1).await;
    let (dana, other_dana) =
        (world.token("dana", Role::Support, None), world.token("Dana", Role::Operator, None));
    let shop = world.token("shop", Role::Purchase, None);
    let voucher = code(&issued[0]);
    let typed =
        json!({ "voucher": voucher, "gift": "extra-attempt", "reason": "illness", "approver": "boss" });
    let extend = |key: &str, body: &Value| world.post("/v1/commands/extend").key(key).token(&dana).body(body);
    let refused = extend("e-1", &typed).send().await.problem("refused");
    assert_eq!((&refused["rule"], &refused["clause"]), (&json!("goodwill-approved"), &json!("R17")));
    let proposed = extend("e-2", &more(voucher)).send().await.is(200);
    assert_eq!(proposed["events"][0]["type"], "GoodwillProposed");
    assert_eq!(proposed["entitlements"][0]["units"][0]["proposals"][0]["by"], "dana");
    let text = proposed["warnings"][0]["text"].as_str().unwrap();
    assert!(text.contains("proposal 1 waits until 2019-09-08T10:"), "{text}");

    let approve = json!({ "voucher": voucher, "proposal": 1 });
    let approved = |key: &str, token: &str| {
        // Whatever somebody calls herself, the token says who she is.
        let ask = world.post("/v1/commands/approve-goodwill").header("resit-actor", "boss");
        ask.key(key).token(token).body(&approve)
    };
    approved("a-1", &shop).send().await.problem("forbidden");
    for (key, own) in [("a-2", &dana), ("a-3", &other_dana)] {
        let refused = approved(key, own).send().await.problem("refused");
        assert_eq!(refused["rule"], "goodwill-approved");
    }
    let given = approved("a-4", &boss).send().await.is(200);
    assert_eq!(given["events"][0]["type"], "Extended");
    assert_eq!(given["entitlements"][0]["units"][0]["attempts_max"], 3);
    assert!(given["entitlements"][0]["units"][0]["proposals"].is_null());
}

#[tokio::test]
async fn a_server_that_believes_every_name_lets_nobody_approve() {
    let world = World::open();
    world.stock().await;
    let issued = world.issue("W-1").await;
    world.command("extend", "e-1", &more(code(&issued))).await.is(200);
    let approve = json!({ "voucher": code(&issued), "proposal": 1 });
    let ask = world.post("/v1/commands/approve-goodwill").key("a-1").header("resit-actor", "somebody-else");
    let problem = ask.body(&approve).send().await.problem("forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("resit token make"), "{problem:#}");
    // Whoever plays both persons says so by rehearsing.
    let world = World::unusual(Unusual { rehearsal: true, ..Unusual::default() });
    world.stock().await;
    let issued = world.issue("W-1").await;
    world.command("extend", "e-1", &more(code(&issued))).await.is(200);
    let approve = json!({ "voucher": code(&issued), "proposal": 1 });
    let ask = world.post("/v1/commands/approve-goodwill").key("a-1").header("resit-actor", "somebody-else");
    ask.body(&approve).send().await.is(200);
}

#[tokio::test]
async fn what_waits_is_listed_page_by_page_until_it_is_settled_or_expired() {
    let (world, boss, issued) = sold(5).await;
    let dana = world.token("dana", Role::Support, None);
    for (issued, n) in issued.iter().zip(1..) {
        let key = format!("e-{n}");
        let extend = world.post("/v1/commands/extend").key(&key).token(&dana).body(&more(code(issued)));
        extend.send().await.is(200);
        world.at(&format!("2019-09-0{}T12:00Z", n + 1));
    }
    world.project().await;
    let listed = async |limit: usize| {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let page = world.get(format!("/v1/goodwill/pending?limit={limit}{after}")).token(&boss);
            let page = page.send().await.is(200);
            items.extend(page["items"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return items,
            }
        }
    };
    for limit in [1, 2, 5, 9] {
        let items = listed(limit).await;
        let vouchers: Vec<_> = items.iter().map(|item| item["voucher"].as_str().unwrap()).collect();
        let asked: Vec<_> = issued.iter().map(|issued| format!("{}.1", entitlement(issued))).collect();
        assert_eq!(vouchers, asked, "what expires first comes first");
        assert_eq!((&items[0]["by"], &items[0]["proposal"]), (&json!("dana"), &json!(1)));
    }
    world.get("/v1/goodwill/pending?after=x").token(&boss).send().await.problem("bad-input");

    let settle = |key: &str, name: &str, n: usize| {
        let body = json!({ "voucher": code(&issued[n]), "proposal": 1 });
        world.post(format!("/v1/commands/{name}")).key(key).token(&boss).body(&body)
    };
    settle("a-1", "approve-goodwill", 1).send().await.is(200);
    settle("d-1", "decline-goodwill", 3).send().await.is(200);
    world.project().await;
    assert_eq!(listed(2).await.len(), 3);
    // The first was proposed on the first of September, and waits for seven days.
    world.at("2019-09-08T10:00:30Z");
    assert_eq!(listed(2).await.len(), 2);
    let problem = settle("a-2", "approve-goodwill", 0).send().await.problem("refused");
    assert_eq!(problem["rule"], "proposal-waits");
    let proof = world.post("/v1/verify").token(&boss).send().await.is(200);
    assert_eq!(proof["differing"], json!([]), "rows come back equal");
}

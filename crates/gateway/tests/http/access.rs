//! Who may do what.

use resit_access::Role;
use resit_api::{Operation, Verb, routes};
use serde_json::json;

use crate::world::{Unusual, World, code, entitlement};

fn guarded() -> World {
    World::unusual(Unusual { tokens: true, ..Unusual::default() })
}

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[tokio::test]
async fn each_role_has_its_rights_on_each_route_and_no_more() {
    let world = guarded();
    let tokens: Vec<_> =
        Role::ALL.into_iter().map(|role| (role, world.token(role.name(), role, None))).collect();
    let mut refused = 0;
    for route in routes() {
        let path = route.path.replace("{id}", ID).replace("{hash}", &"0".repeat(64));
        let path = path.replace("{shop}", "web").replace("{number}", "1").replace("{line}", "1");
        let path = path.replace("{name}", "bug");
        let ask = || match route.verb {
            Verb::Get => world.get(path.as_str()),
            Verb::Post => world.post(path.as_str()).body(&json!({})).key("k"),
        };
        let Some(right) = route.right else {
            assert_ne!(ask().send().await.status, 401, "{path}");
            continue;
        };
        ask().send().await.problem("unauthenticated");
        for (role, token) in &tokens {
            let answer = ask().token(token).send().await;
            assert_eq!(answer.status == 403, !role.has(right), "{role} {path}: {:#}", answer.body);
            if answer.status == 403 {
                refused += 1;
                let detail = answer.problem("forbidden")["detail"].as_str().unwrap().to_owned();
                assert!(detail.contains(right.name()) && detail.contains("operator"), "{detail}");
            }
        }
    }
    assert!(refused > 80, "{refused}");
}

#[tokio::test]
async fn a_report_may_prove_what_it_read_and_change_nothing() {
    let world = guarded();
    let token = world.token("bi", Role::Reporting, None);
    let read = world.get("/v1/log").token(&token).send().await.is(200);
    let proof = world.post("/v1/verify").token(&token).send().await.is(200);
    assert_eq!((&proof["sound"], &proof["differing"]), (&json!(true), &json!([])));
    assert!(proof["compared_up_to"].as_u64() >= read["next"].as_u64(), "{proof:#}");
    for path in ["/v1/rebuild", "/v1/expire-due"] {
        world.post(path).token(&token).send().await.problem("forbidden");
    }
}

#[tokio::test]
async fn a_token_is_worth_nothing_once_revoked_and_its_name_is_the_actor() {
    let world = guarded();
    let token = world.token("boss", Role::Operator, None);
    let define =
        |key: &'static str| world.post("/v1/commands/define-exam").key(key).body(&json!({ "exam": key }));
    define("a").token(&token).header("resit-actor", "somebody").send().await.is(200);
    let records = world.get("/v1/log").token(&token).send().await.is(200);
    assert_eq!(records["records"][0]["actor"], "boss");
    define("b").token(&token[..token.len() - 1]).send().await.problem("unauthenticated");
    define("b").header("authorization", &format!("Basic {token}")).send().await.problem("unauthenticated");
    world.revoke("boss");
    let answer = define("b").token(&token).send().await;
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
    answer.problem("unauthenticated");
}

#[tokio::test]
async fn a_shop_orders_for_itself_and_knows_nothing_of_others() {
    let world = guarded();
    let boss = world.token("boss", Role::Operator, None);
    let source = json!({ "source": crate::world::offer() });
    world.post("/v1/commands/publish-offer").key("o").token(&boss).body(&source).send().await.is(200);
    let web = world.token("web-shop", Role::Purchase, Some("web"));
    let other = world.token("other-shop", Role::Purchase, Some("other"));
    let order = json!({ "order": { "shop": "web", "number": "1", "line": 1 }, "offer": "exam-replay" });
    let issue = |token: &str, key: &str| world.post("/v1/commands/issue").key(key).token(token).body(&order);
    let problem = issue(&other, "i-1").send().await.problem("forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("other"), "{problem:#}");
    let issued = issue(&web, "i-2").send().await.is(200);
    let lines = json!({ "shop": "web", "number": "2", "lines": [{ "line": 1, "offer": "exam-replay" }] });
    world.post("/v1/orders").key("o-1").token(&other).body(&lines).send().await.problem("forbidden");

    // Keys are one space; where the key of another stands is not said.
    let theirs = json!({ "order": { "shop": "other", "number": "1", "line": 1 }, "offer": "exam-replay" });
    let reused = world.post("/v1/commands/issue").key("i-2").token(&other).body(&theirs);
    let reused = reused.send().await.problem("id-reused");
    assert!(
        reused["position"].is_null() && !reused["detail"].as_str().unwrap().contains("position"),
        "{reused:#}"
    );
    let (id, code) = (entitlement(&issued), code(&issued));
    let changed = json!({ "order": order["order"], "offer": "exam-replay", "quantity": 2 });
    let again = |token: &str| world.post("/v1/commands/issue").key("i-3").token(token).body(&changed);
    again(&web).send().await.is(422);
    let revoke = |token: &str, named: &str| {
        let body = json!({ "entitlement": named, "reason": "refund" });
        world.post("/v1/commands/revoke").key("v").token(token).body(&body)
    };
    // What another shop bought, and what nobody bought, are the same.
    let nobody = revoke(&other, ID).send().await.problem("not-found");
    assert_eq!(revoke(&other, id).send().await.problem("not-found"), nobody);
    assert_eq!(revoke(&other, code).send().await.problem("not-found"), nobody);
    let look_up = |token: &str| world.post("/v1/codes/look-up").token(token).body(&json!({ "code": code }));
    assert_eq!(look_up(&other).send().await.problem("not-found"), nobody);
    look_up(&web).send().await.is(200);
    for path in [
        format!("/v1/entitlements/{id}"),
        format!("/v1/entitlements/{id}/history"),
        "/v1/commands/i-2".to_owned(),
        "/v1/commands/i-2/why".to_owned(),
        format!("/v1/entitlements/{id}/why"),
    ] {
        world.get(path.as_str()).token(&other).send().await.problem("not-found");
        world.get(path.as_str()).token(&web).send().await.is(200);
    }
    for path in ["/v1/orders/web/1/1", "/v1/orders/web/1"] {
        world.get(path).token(&other).send().await.problem("forbidden");
        world.get(path).token(&web).send().await.is(200);
    }
    revoke(&web, id).send().await.is(200);
    // Nor does a shop hear why somebody else was refused on what it sold.
    let step = json!({ "entitlement": id, "step": "no-such-step" });
    world.post("/v1/commands/record-step").key("p-1").token(&boss).body(&step).send().await.is(422);
    world.get(format!("/v1/entitlements/{id}/why")).token(&web).send().await.problem("not-found");
    world.get(format!("/v1/entitlements/{id}/why")).token(&boss).send().await.is(200);
}

#[tokio::test]
async fn a_name_that_goes_to_another_shop_takes_no_answers_along() {
    let world = guarded();
    let boss = world.token("boss", Role::Operator, None);
    let source = json!({ "source": crate::world::offer() });
    world.post("/v1/commands/publish-offer").key("o").token(&boss).body(&source).send().await.is(200);
    let before = world.token("till", Role::Purchase, Some("web"));
    let order = json!({ "order": { "shop": "web", "number": "1", "line": 1 }, "offer": "exam-replay" });
    let issued = world.post("/v1/commands/issue").key("i").token(&before).body(&order).send().await.is(200);
    let refund = json!({ "entitlement": entitlement(&issued), "reason": "refund" });
    world.post("/v1/commands/revoke").key("v").token(&before).body(&refund).send().await.is(200);
    let paths = ["/v1/commands/i", "/v1/commands/i/why", "/v1/commands/v", "/v1/commands/v/why"];
    for path in paths {
        world.get(path).token(&before).send().await.is(200);
    }
    world.revoke("till");
    let now = world.token("till", Role::Purchase, Some("zeta"));
    for path in paths {
        world.get(path).token(&now).send().await.problem("not-found");
    }
}

#[tokio::test]
async fn codes_are_shown_again_only_to_those_who_may_make_them() {
    let world = guarded();
    let boss = world.token("boss", Role::Operator, None);
    let source = json!({ "source": crate::world::offer() });
    world.post("/v1/commands/publish-offer").key("o").token(&boss).body(&source).send().await.is(200);
    let order = json!({ "order": { "shop": "web", "number": "1", "line": 1 }, "offer": "exam-replay" });
    let issued = world.post("/v1/commands/issue").key("i").token(&boss).body(&order).send().await.is(200);
    let (shop, report) =
        (world.token("shop", Role::Purchase, None), world.token("report", Role::Reporting, None));
    let answer = world.get("/v1/commands/i").token(&shop).send().await.is(200);
    assert_eq!(answer["codes"], issued["codes"]);
    let answer = world.get("/v1/commands/i").token(&report).send().await.is(200);
    assert_eq!((&answer["codes"], &answer["entitlements"]), (&json!([]), &issued["entitlements"]));
}

#[tokio::test]
async fn an_open_server_answers_no_browser_and_no_other_name() {
    let world = World::open();
    let ask = || world.get("/v1/rules");
    ask().header("host", "127.0.0.1:7480").send().await.is(200);
    ask().header("host", "localhost").send().await.is(200);
    ask().header("host", "ledger.example.org").send().await.problem("not-local");
    ask().header("origin", "http://localhost:3000").send().await.problem("not-local");
    world.get("/health/live").header("host", "ledger.example.org").send().await.problem("not-local");
    let guarded = guarded();
    guarded.get("/health/live").header("host", "ledger.example.org").send().await.is(200);
}

#[test]
fn only_harmless_routes_are_open_to_everybody() {
    let open: Vec<_> =
        routes().into_iter().filter(|route| route.right.is_none()).map(|route| route.operation).collect();
    assert_eq!(open, [Operation::ProblemPage, Operation::OpenApi, Operation::Live, Operation::Ready]);
}

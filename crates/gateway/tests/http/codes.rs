//! Guessing codes is slow, and brings nothing.

use resit_domain::EntitlementId;
use resit_voucher_code::CodeKey;
use serde_json::{Value, json};

use crate::world::{World, code};

/// A well-formed code that opens nothing.
fn unknown(number: u8) -> String {
    CodeKey::from_bytes([9; 32]).derive(EntitlementId([number; 16]), 1, 0).expose().to_string()
}

fn unassign(code: &str) -> Value {
    json!({ "voucher": code })
}

#[tokio::test]
async fn after_ten_unknown_codes_right_and_wrong_are_answered_alike() {
    let world = World::open();
    world.stock().await;
    let right = code(&world.issue("W-1").await).to_owned();
    for number in 0..10 {
        let refused = world.command("unassign", &format!("u-{number}"), &unassign(&unknown(number))).await;
        assert_eq!(refused.problem("refused")["rule"], "known-voucher");
    }
    let slowed = world.command("unassign", "u-10", &unassign(&unknown(10))).await;
    assert_eq!(slowed.headers["retry-after"], "6");
    let wrong = slowed.problem("slow-down");
    assert_eq!(world.command("unassign", "u-11", &unassign(&right)).await.problem("slow-down"), wrong);
    let look_up = |code: &str| world.post("/v1/codes/look-up").body(&json!({ "code": code }));
    assert_eq!(look_up(&right).send().await.problem("slow-down"), wrong);
    assert_eq!(look_up(&unknown(3)).send().await.problem("slow-down"), wrong);
    let revoke = json!({ "entitlement": right, "reason": "refund" });
    assert_eq!(world.command("revoke", "v-1", &revoke).await.problem("slow-down"), wrong);
    // By id there is nothing to guess.
    world.issue("W-2").await;
    world.at("2019-09-01T10:00:06Z");
    look_up(&right).send().await.is(200);
}

#[tokio::test]
async fn a_look_up_of_an_unknown_code_counts_too() {
    let world = World::open();
    let look_up = |number| world.post("/v1/codes/look-up").body(&json!({ "code": unknown(number) }));
    for number in 0..10 {
        look_up(number).send().await.problem("not-found");
    }
    look_up(10).send().await.problem("slow-down");
}

#[tokio::test]
async fn an_unknown_code_and_somebody_elses_are_refused_alike() {
    let world = World::open();
    world.stock().await;
    let first = world.issue("W-1").await;
    let old = code(&first).to_owned();
    let sitting = |code: &str, candidate: &str| {
        json!({
            "voucher": code, "candidate": candidate, "exam": "AZ-104", "sit_at": "2019-10-01T09:00:00Z",
            "delivery": "online",
        })
    };
    world.command("schedule", "s-1", &sitting(&old, "anna")).await.is(200);
    world.command("replace-code", "c-1", &json!({ "voucher": old })).await.is(200);
    // A code that was replaced is known to its holder alone.
    let told = |mut problem: Value| {
        for own in ["command", "position", "recorded_at"] {
            problem[own] = Value::Null;
        }
        problem
    };
    let somebodys = told(world.command("schedule", "s-2", &sitting(&old, "eve")).await.problem("refused"));
    let nobodys =
        told(world.command("schedule", "s-3", &sitting(&unknown(1), "eve")).await.problem("refused"));
    assert_eq!(somebodys, nobodys);
    assert_eq!(somebodys["entitlements"], json!([]));
}

#[tokio::test]
async fn a_mistyped_code_is_told_and_not_repeated() {
    let world = World::open();
    let code = unknown(1);
    let mistyped =
        if let Some(rest) = code.strip_prefix('0') { format!("1{rest}") } else { format!("0{}", &code[1..]) };
    let answer = world.post("/v1/codes/look-up").body(&json!({ "code": mistyped })).send().await;
    let problem = answer.problem("bad-input");
    assert_eq!(problem["errors"][0]["field"], "code");
    assert!(!problem.to_string().contains(&mistyped));
}

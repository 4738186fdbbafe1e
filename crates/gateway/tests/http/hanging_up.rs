//! Callers who hang up: what they asked for is done to its end, and counts until then.

use std::time::Duration;

use resit_domain::Stream;
use resit_gateway::Limits;
use resit_states::{AsOf, stream_id};
use serde_json::{Value, json};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::world::{Unusual, World};

/// More steps than a command takes whose answer comes from the disk.
const STEPS_MAX: usize = 40;

fn exam(name: &str, category: &str) -> Value {
    json!({ "exam": name, "facts": { "categories": [category], "deliveries": ["online"] } })
}

/// Has what is known of an exam kept, as it is by whoever judges a registration.
async fn keep(world: &World, name: &str) {
    let stream = Stream::Exam(name.parse().unwrap());
    world.handler.states().load(&stream, AsOf::Cached).await.unwrap();
    assert!(world.handler.states().kept(&stream).is_some());
}

/// Whether what is kept of an exam, if anything is, is what is on record of it.
async fn is_fresh(world: &World, name: &str) -> bool {
    let stream = Stream::Exam(name.parse().unwrap());
    let on_record = world.handler.states().log().revision(&stream_id(&stream)).await.unwrap();
    world.handler.states().kept(&stream).is_none_or(|kept| kept.revision == on_record)
}

#[tokio::test]
async fn what_is_kept_is_what_is_on_record_though_callers_hang_up() {
    let world = World::open();
    let mut left = Vec::new();
    for steps in 1..=STEPS_MAX {
        let name = format!("EX-{steps}");
        world.command("define-exam", &format!("first-{steps}"), &exam(&name, "associate")).await.is(200);
        keep(&world, &name).await;
        let key = format!("second-{steps}");
        let ask = world.post("/v1/commands/define-exam").key(&key).body(&exam(&name, "fundamentals"));
        if ask.hang_up_after(steps).await {
            left.push((name, key));
        }
    }
    assert!(left.len() > 1, "callers hang up before the answer");
    for (name, key) in left {
        let done = async {
            // A command that was begun is put on record even if nobody waits for it.
            let key = key.parse().unwrap();
            while world.handler.states().log().find_command(&key).await.unwrap().is_empty()
                || !is_fresh(&world, &name).await
            {
                yield_now().await;
            }
        };
        let is_done = timeout(Duration::from_secs(20), done).await.is_ok();
        assert!(is_done, "{name} is not as it is on record, or {key} was dropped");
    }
}

#[tokio::test]
async fn a_command_whose_caller_hung_up_is_at_work_until_it_is_done() {
    let limits = Limits { in_flight_max: 1, ..Limits::default() };
    let world = World::unusual(Unusual { limits: Some(limits), ..Unusual::default() });
    let ask = world.post("/v1/commands/define-exam").key("left").body(&exam("EX-1", "associate"));
    assert!(ask.hang_up_after(1).await, "it waits for the disk");
    // Nothing else ran in between.
    world.get("/v1/rules").send().await.problem("overloaded");
    let done = async {
        while world.get("/v1/rules").send().await.status != 200 {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), done).await.expect("its place is free when it is done");
    assert_eq!(
        world.command("define-exam", "left", &exam("EX-1", "associate")).await.is(200)["replayed"],
        true
    );
}

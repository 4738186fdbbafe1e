//! Handlers come and go under load; callers notice nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use resit_event_log::Position;
use serde_json::json;

use crate::world::{World, answer, order, over_http};

const CALLERS: usize = 8;
const ORDERS: usize = 60;
/// After how many answers each of the handlers is replaced.
const RESTART_EVERY: usize = 40;
/// How long a handler is away that is slow to start, of the 15 seconds in which it is waited for.
const AWAY: Duration = Duration::from_secs(9);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_loses_and_doubles_nothing() {
    let world = std::sync::Arc::new(World::start().await);
    let (gateway, answered) = (world.gateway(), std::sync::Arc::new(AtomicUsize::new(0)));
    let mut services = vec![world.serve().await, world.serve().await];
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (gateway, answered, tell) = (gateway.clone(), answered.clone(), tell.clone());
            let world = world.clone();
            tokio::spawn(async move {
                for number in 0..ORDERS {
                    let id = format!("{caller}-{number}");
                    // Some come over HTTP; the others ask over NATS, once, and don't ask again.
                    let answer = if caller % 2 == 0 {
                        over_http(&gateway, "POST", "/v1/commands/issue", &id, &order(&id)).await
                    } else {
                        let headers = [("Idempotency-Key", id.as_str())];
                        let order = order(&id).to_string();
                        answer(&world.ask("resit.api.purchase.web.issue", &headers, order).await)
                    };
                    assert_eq!(
                        (answer.status, &answer.body["outcome"]),
                        (200, &json!("accepted")),
                        "{answer:?}"
                    );
                    if (answered.fetch_add(1, Ordering::SeqCst) + 1).is_multiple_of(RESTART_EVERY) {
                        tell.send(()).unwrap();
                    }
                }
            })
        })
        .collect();
    drop(tell);
    let mut restarts = 0;
    while told.recv().await.is_some() {
        // The new one is there before the old one goes.
        services.push(world.serve().await);
        services.remove(0).stop().await;
        restarts += 1;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(restarts, CALLERS * ORDERS / RESTART_EVERY);
    let records = world.log.read(Position::START, 100_000).await.unwrap();
    let issued =
        records.iter().flat_map(|record| &record.events).filter(|event| event.kind == "VoucherIssued");
    assert_eq!(issued.count(), CALLERS * ORDERS);
    for service in services {
        service.stop().await;
    }
}

#[tokio::test]
async fn what_has_come_in_when_a_process_leaves_is_answered() {
    const REQUESTS: usize = 300;
    let world = World::start().await;
    let service = world.serve().await;
    let asking = async_nats::connect(world.url()).await.unwrap();
    let mut answers = asking.subscribe("answers.*").await.unwrap();
    for n in 0..REQUESTS {
        let answer = format!("answers.{n}");
        asking.publish_with_reply("resit.api.support.desk.rules", answer, "".into()).await.unwrap();
    }
    // The server has sent them on when it says that it has them; nobody else is there to take them.
    asking.flush().await.unwrap();
    service.stop().await;
    let mut heard = std::collections::HashSet::new();
    while let Ok(Some(answer)) = tokio::time::timeout(Duration::from_secs(5), answers.next()).await {
        heard.insert(answer.subject.to_string());
        if heard.len() == REQUESTS {
            break;
        }
    }
    assert_eq!(heard.len(), REQUESTS);
}

#[tokio::test]
async fn a_request_that_nobody_serves_waits_for_somebody() {
    let world = World::start().await;
    let gateway = world.gateway();
    let early = tokio::spawn(async move { over_http(&gateway, "GET", "/v1/rules", "", &json!(null)).await });
    let service = world.serve().await;
    assert_eq!(early.await.unwrap().status, 200);
    service.stop().await;
}

/// How many questions whether handlers are there that takes at most, however many wait: two rounds of four.
const QUESTIONS_MAX: usize = 8;

#[tokio::test]
async fn of_all_orders_that_wait_one_asks_whether_handlers_are_there() {
    let world = World::start().await;
    let gateway = world.gateway();
    // It hears every question, and says nothing, as a handler that hangs.
    let questions = world.link.names.api_by_gateway("reporting", "gateway", "log");
    let mut questions = world.link.client.subscribe(questions).await.unwrap();
    let orders = (0..20).map(|n| {
        let lines = json!([{ "line": 1, "offer": "exam-replay" }]);
        let order = json!({ "shop": "web", "number": format!("W-{n}"), "lines": lines });
        let gateway = gateway.clone();
        async move { over_http(&gateway, "POST", "/v1/orders", &format!("o-{n}"), &order).await }
    });
    let mut orders = Box::pin(join_all(orders));
    assert!(tokio::time::timeout(AWAY, &mut orders).await.is_err(), "nobody was there, and one was given up");
    let service = world.serve().await;
    assert!(orders.await.iter().all(|answer| answer.status == 200));
    questions.unsubscribe().await.unwrap();
    let asked = questions.count().await;
    assert!((1..=QUESTIONS_MAX).contains(&asked), "{asked}");
    service.stop().await;
}

#[tokio::test]
async fn an_order_waits_as_long_as_any_command_for_a_handler_that_is_slow_to_start() {
    let world = World::start().await;
    let gateway = world.gateway();
    let order = json!({ "shop": "web", "number": "W-1", "lines": [{ "line": 1, "offer": "exam-replay" }] });
    let mut early = Box::pin(over_http(&gateway, "POST", "/v1/orders", "o-1", &order));
    let given_up = tokio::time::timeout(AWAY, &mut early).await;
    assert!(given_up.is_err(), "nobody was there, and it was given up: {given_up:?}");
    let service = world.serve().await;
    let answer = early.await;
    assert_eq!(answer.status, 200, "{answer:?}");
    service.stop().await;
}

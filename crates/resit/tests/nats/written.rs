//! Handlers come and go under the permissions that `resit nats users` writes; nobody's request is lost.
//!
//! `RESIT_RESTARTS=20 cargo test -p resit --test nats written` restarts that often.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_nats::{HeaderMap, Request};
use resit_nats::Link;
use resit_tests::process::Process;
use serde_json::json;

use crate::rights::Guarded;

/// How long somebody waits who asks once.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Who asks, each in its own name: callers in the account that is not trusted, and one in the ledger's.
const CALLERS: [&str; 5] =
    ["purchase:shop", "purchase:shop", "purchase:shop", "reporting:bi", "operator:chief"];

/// How many of each ask at a time: a request is lost only where one is on its way while a handler goes.
const AT_ONCE: usize = 8;

/// How many requests are answered between two restarts.
const BETWEEN: u64 = 500;

fn restarts() -> u64 {
    std::env::var("RESIT_RESTARTS").map_or(3, |count| count.parse().expect("RESIT_RESTARTS is a number"))
}

/// Asks once, and says with which status that was answered.
async fn asked(link: &Link, subject: String, key: &str, body: String) -> Result<String, String> {
    let mut headers = HeaderMap::new();
    headers.insert("Idempotency-Key", key);
    let request = Request::new().headers(headers).payload(body.into()).timeout(Some(ANSWER_MAX));
    let answer = link.client.send_request(subject, request).await.map_err(|error| error.to_string())?;
    let headers = answer.headers.unwrap_or_default();
    Ok(headers.get("Resit-Status").map(|status| status.as_str().to_owned()).unwrap_or_default())
}

/// Asks again and again, each request once, until it is time to stop. Returns what was not answered as it should be.
async fn calls(
    link: Link,
    n: usize,
    user: &str,
    answered: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
) -> Vec<String> {
    let (kind, name) = user.split_once(':').expect("a name");
    let mut lost = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let route = if kind == "purchase" { "issue" } else { "rules" };
        let order = json!({ "shop": "shop", "number": format!("{n}-{number}"), "line": 1 });
        let body = json!({ "order": order, "offer": "exam-replay" }).to_string();
        let key = format!("{n}-{number}");
        match asked(&link, link.names.api(kind, name, route), &key, body).await {
            Ok(status) if status == "200" => {}
            other => lost.push(format!("{user} {number}: {other:?}")),
        }
        answered.fetch_add(1, Ordering::SeqCst);
    }
    lost
}

#[expect(clippy::print_stdout, reason = "what was tried is told to whoever asks for it")]
fn lose_nothing(guarded: &Guarded) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let start =
        |n: u64| guarded.process("command-handler", "command-handler", &format!("handler-{n}")).at_work();
    let mut handlers: Vec<Process> = vec![start(0), start(1)];
    let published = runtime.block_on(async {
        let link = guarded.link("operator:chief").await;
        let source = include_str!("../../../../deploy/offers/exam-replay.toml");
        let subject = link.names.api("operator", "chief", "publish-offer");
        asked(&link, subject, "offer", json!({ "source": source }).to_string()).await
    });
    assert_eq!(published.as_deref(), Ok("200"));
    let (answered, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let callers: Vec<_> = CALLERS
        .iter()
        .cycle()
        .take(CALLERS.len() * AT_ONCE)
        .enumerate()
        .map(|(n, user)| {
            let link = runtime.block_on(guarded.link(user));
            runtime.spawn(calls(link, n, user, answered.clone(), stop.clone()))
        })
        .collect();
    let more = |count: u64| {
        let due = answered.load(Ordering::SeqCst) + count;
        while answered.load(Ordering::SeqCst) < due {
            std::thread::yield_now();
        }
    };
    more(BETWEEN);
    for restart in 0..restarts() {
        // The new one is there before the old one goes.
        handlers.push(start(2 + restart));
        handlers.remove(0).stop();
        more(BETWEEN);
    }
    stop.store(true, Ordering::Relaxed);
    let lost: Vec<String> =
        callers.into_iter().flat_map(|caller| runtime.block_on(caller).unwrap()).collect();
    let count = answered.load(Ordering::SeqCst);
    println!("{count} requests during {} restarts, {} lost", restarts(), lost.len());
    assert!(lost.is_empty(), "{} of {count} were not answered: {lost:#?}", lost.len());
    crate::processes::stopped(handlers);
}

#[test]
fn a_rolling_restart_by_the_written_permissions_loses_no_request() {
    lose_nothing(&Guarded::laid_out());
}

#[test]
fn a_rolling_restart_by_the_written_permissions_loses_no_request_on_three_servers() {
    lose_nothing(&Guarded::laid_out_on(&["n1", "n2", "n3"]));
}

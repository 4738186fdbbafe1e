//! The programs that the guide shows do what it says, and so do the words about parked events.

use std::process::Command;

use resit_intake::{CloudEvent, Encoding};
use resit_tests::tools::{node, python, repository, run};
use serde_json::{Value, json};

use crate::ledger::Ledger;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_placed_and_told_by_the_programs_in_python_and_javascript() {
    let ledger = Ledger::selling().await;
    let intake = ledger.start("intake");
    let mut in_python = Command::new(python("proto/examples/python/requirements.txt"));
    in_python.env("PYTHONDONTWRITEBYTECODE", "1").arg(repository("proto/examples/python/place_order.py"));
    let mut in_javascript = Command::new("node");
    in_javascript.current_dir(node("proto/examples/javascript")).arg("place-order.mjs");
    for (program, number) in [(&mut in_python, "PO-1"), (&mut in_javascript, "PO-2")] {
        let said = run(program.env("RESIT_NATS", ledger.url()).args(["web", number, "exam-replay"]));
        let told: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(
            (&told["type"], &told["event"]["id"]),
            (&json!("event-accepted-v1"), &json!(format!("order-{number}")))
        );
        assert_eq!(told["commands"][0]["entitlements"].as_array().unwrap().len(), 1);
    }
    intake.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn announcing_that_stands_still_is_a_reason_in_health_until_it_gets_on() {
    let ledger = Ledger::selling().await;
    let room = async |max_bytes: i64| {
        let facts = ledger.link.jetstream.get_stream("resit-facts").await.unwrap();
        let config =
            async_nats::jetstream::stream::Config { max_bytes, ..facts.cached_info().config.clone() };
        ledger.link.jetstream.update_stream(config).await.unwrap();
    };
    room(1).await;
    let intake = ledger.start("intake");
    let url = intake.said.split(' ').find(|word| word.starts_with("http://")).unwrap().trim().to_owned();
    let get = |path: &str| {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let mut answer = agent.get(format!("{url}{path}")).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    let failing_seconds = || {
        let metrics = get("/metrics").1;
        let row = metrics.lines().find_map(|line| line.strip_prefix("resit_announcer_failing_seconds "));
        row.unwrap().parse::<f64>().unwrap()
    };
    let mut look = tokio::time::interval(std::time::Duration::from_millis(100));
    let reasons = loop {
        look.tick().await;
        let (status, reasons) = get("/health/ready");
        if status == 503 && reasons.contains("are not announced") {
            break reasons;
        }
    };
    assert!(
        reasons.contains("facts after position 0 ") && reasons.contains("maximum bytes exceeded"),
        "{reasons}"
    );
    while failing_seconds() == 0.0 {
        look.tick().await;
    }
    room(-1).await;
    while get("/health/ready").0 != 200 {
        look.tick().await;
    }
    assert!(failing_seconds() == 0.0, "it gets on");
    intake.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parked_event_is_listed_shown_fixed_and_discarded_by_words() {
    let ledger = Ledger::selling().await;
    let intake = ledger.start("intake");
    for payload in ["{", "[]"] {
        let subject = "resit.intake.purchase.web.order-placed-v1";
        ledger.link.jetstream.publish(subject, payload.into()).await.unwrap().await.unwrap();
    }
    let mut look = tokio::time::interval(std::time::Duration::from_millis(50));
    while ledger.came_and_left().await != (2, 0) {
        look.tick().await;
    }
    // A third can be taken, and is refused.
    let data = json!({ "shop": "web", "number": "9", "lines": [{ "line": 1, "offer": "unheard-of" }] });
    let refused = CloudEvent {
        id: "9".to_owned(),
        source: "web".to_owned(),
        kind: "order-placed-v1".to_owned(),
        subject: None,
        time: None,
        extensions: [].into(),
        encoding: Encoding::Json,
        data: data.to_string().into(),
    };
    let (headers, payload) = refused.binary();
    let subject = "resit.intake.purchase.web.order-placed-v1";
    let sent = ledger.link.jetstream.publish_with_headers(subject, headers, payload).await.unwrap();
    sent.await.unwrap();
    let listed = || -> Vec<Value> {
        serde_json::from_str(&ledger.run(&["parked", "list", "--output", "json"])).unwrap()
    };
    let numbers: Vec<String> = listed().iter().map(|one| one["number"].to_string()).collect();
    assert_eq!(numbers.len(), 2);
    let shown = ledger.run(&["parked", "show", &numbers[0]]);
    assert!(shown.contains("It is no CloudEvent 1.0") && shown.contains("what to do"), "{shown}");
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("order.json");
    std::fs::write(&body, r#"{"shop":"web","number":"1","lines":[{"line":1,"offer":"exam-replay"}]}"#)
        .unwrap();
    let fixed = ledger.run(&["parked", "fix", &numbers[0], "--body", body.to_str().unwrap()]);
    assert!(fixed.contains("another was sent in its place"), "{fixed}");
    ledger.run(&["parked", "discard", &numbers[1], "--reason", "a test of theirs"]);
    assert!(listed().is_empty());
    let all = ledger.run(&["parked", "list", "--all"]);
    assert!(all.contains("fixed") && all.contains("discarded"), "{all}");
    while ledger.came_and_left().await != (4, 0) {
        look.tick().await;
    }
    // Whoever watches the process sees it.
    let url = intake.said.split(' ').find(|word| word.starts_with("http://")).unwrap().trim().to_owned();
    let mut metrics = ureq::get(format!("{url}/metrics")).call().unwrap();
    let metrics = metrics.body_mut().read_to_string().unwrap();
    for row in [
        "resit_intake_events_total{outcome=\"accepted\"} 1",
        "resit_intake_events_total{outcome=\"parked-not-a-cloud-event\"} 2",
        "resit_intake_events_total{outcome=\"refused\"} 1",
        "resit_intake_refusals_total{clause=\"ledger\",rule=\"known-offer\"} 1",
        "resit_parked_events ",
        "resit_intake_oldest_seconds ",
        "resit_announced_facts_total ",
        "resit_announcer_lag_records ",
    ] {
        assert!(metrics.lines().any(|line| line.starts_with(row)), "{row} is not in\n{metrics}");
    }
    assert_eq!(ureq::get(format!("{url}/health/ready")).call().unwrap().status(), 200);
    intake.stop();
}

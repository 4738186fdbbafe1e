//! Answers over NATS are answers to clients of other languages, whatever their status is.

use std::process::Command;

use resit_nats::is_protocol_header;
use resit_nats_fixture::ServerConfig;
use resit_tests::tools::{node, python, repository, run};
use serde_json::{Value, json};

use crate::processes::{Ledger, stopped, waited};

/// What the protocol of services has in the headers of an answer that is an error.
const OF_SERVICES: [&str; 2] = ["Nats-Service-Error", "Nats-Service-Error-Code"];

/// What the public clients of two languages make of the answer to a request.
fn asked(ledger: &Ledger, route: &str, headers: &Value, body: &Value) -> [Value; 2] {
    let mut in_python = Command::new(python("proto/examples/python/requirements.txt"));
    in_python.arg(repository("tests/publishers/ask.py"));
    let mut in_javascript = Command::new("node");
    in_javascript.current_dir(node("proto/examples/javascript"));
    in_javascript.args(["--input-type=module", "-e", include_str!("../../../../tests/publishers/ask.mjs")]);
    [in_python, in_javascript].map(|mut program| {
        program.env("RESIT_NATS", ledger.server.url()).arg(format!("shop.api.purchase.web.{route}"));
        serde_json::from_str(&run(program.args([headers.to_string(), body.to_string()]))).unwrap()
    })
}

#[track_caller]
fn has_status(answers: &[Value], status: u16) {
    for answer in answers {
        let headers = answer["headers"].as_object().unwrap();
        assert_eq!(headers["Resit-Status"], status.to_string(), "{answer}");
        let taken = headers.keys().filter(|name| is_protocol_header(name));
        let taken: Vec<_> = taken.filter(|name| !OF_SERVICES.contains(&name.as_str())).collect();
        assert!(taken.is_empty(), "the protocol has these names: {taken:?}");
        if status >= 400 {
            assert_eq!(answer["body"]["status"], status, "{answer}");
        }
    }
}

#[test]
fn every_status_reaches_clients_in_python_and_javascript() {
    let mut ledger = Ledger::durable();
    let processes = vec![ledger.start("command-handler", "handler"), ledger.start("gateway", "gateway")];
    ledger.run(&format!("--server {} offer publish exam-replay", processes[1].url), "nowhere").with(0);
    let order = json!({ "order": { "shop": "web", "number": "W-1", "line": 1 }, "offer": "exam-replay" });
    let key = |key: &str| json!({ "Idempotency-Key": key });
    has_status(&asked(&ledger, "issue", &key("i-1"), &order), 200);
    has_status(&asked(&ledger, "issue", &key("i-1"), &json!({})), 400);
    let unknown = json!({ "Resit-Path": "/v1/entitlements/01ARZ3NDEKTSV4RRFFQ69G5FAV" });
    has_status(&asked(&ledger, "entitlement", &unknown, &Value::Null), 404);
    let another = json!({ "order": { "shop": "other", "number": "W-1", "line": 1 }, "offer": "exam-replay" });
    has_status(&asked(&ledger, "issue", &key("i-2"), &another), 403);
    ledger.server.start_as(|config| ServerConfig { syncs_always: false, ..config });
    while !processes[0].get("/health/ready").1.contains("sync_interval: always") {}
    has_status(&asked(&ledger, "issue", &key("i-3"), &order), 503);
    stopped(processes);
}

#[test]
fn a_gateway_of_the_release_before_finds_the_status_where_it_looks() {
    let ledger = Ledger::named("shop");
    let handler = ledger.start("command-handler", "handler");
    let status = |subject: &str, form: Option<&str>| {
        waited(async {
            let link = ledger.link().await;
            let mut headers = async_nats::HeaderMap::new();
            if let Some(form) = form {
                headers.insert("Resit-Answer-Form", form);
            }
            let request = async_nats::Request::new().headers(headers);
            let answer = link.client.send_request(subject.to_owned(), request).await.unwrap();
            let headers = answer.headers.unwrap();
            ["Resit-Status", "Status"].map(|name| headers.get(name).map(|text| text.as_str().to_owned()))
        })
    };
    let ok = || Some("200".to_owned());
    assert_eq!(status("shop.api.gateway.reporting-bi.rules", None), [ok(), ok()]);
    assert_eq!(status("shop.api.gateway.reporting-bi.rules", Some("2")), [ok(), None]);
    assert_eq!(status("shop.api.reporting.bi.rules", None), [ok(), None]);
    stopped(vec![handler]);
}

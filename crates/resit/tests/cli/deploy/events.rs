//! A shop that is let in as the configuration in `deploy/nats` has it orders by the programs that the guide shows.

use std::process::Command;

use resit_tests::tools::{node, python, run};
use serde_json::{Value, json};

use super::roles::Running;
use super::three_servers::ThreeServers;
use crate::shell::{Shell, repository};

/// How often something is sent again while the servers choose who leads.
const TRIES: usize = 30;

/// A program in Python, and the same in JavaScript, that shows who it is as the shop does.
fn programs(three: &ThreeServers, name: &str) -> [Command; 2] {
    let mut in_python = Command::new(python("proto/examples/python/requirements.txt"));
    let file = format!("proto/examples/python/{}.py", name.replace('-', "_"));
    in_python.arg(repository().join(file)).env("PYTHONDONTWRITEBYTECODE", "1");
    let mut in_javascript = Command::new("node");
    in_javascript.current_dir(node("proto/examples/javascript")).arg(format!("{name}.mjs"));
    [in_python, in_javascript].map(|mut program| {
        for (name, value) in three.command("purchase_shop").get_envs() {
            if let Some(value) = value.filter(|_| name.to_string_lossy().starts_with("RESIT_NATS")) {
                program.env(name, value);
            }
        }
        program.env("RESIT_JS_API", "resit.js");
        program
    })
}

#[test]
fn a_shop_orders_and_gets_its_codes_by_its_own_key_and_in_its_own_name_alone() {
    let three = ThreeServers::start();
    three.apply();
    three.run("command-handler", "init").with(0);
    let token = three.run("gateway", "--output json token make --role operator --name chief").with(0).json();
    let [gateway, _handler, _intake] =
        ["gateway", "command-handler", "intake"].map(|role| Running::start(&three, role));
    let (url, token) = (&gateway.url, token["token"].as_str().unwrap());
    let publish =
        format!("--server http://{url} --token {token} --command-id offer offer publish exam-replay");
    let mut published = (0..TRIES).map(|_| Shell::nowhere().run(&publish));
    published.find(|answer| answer.code != 3).expect("the servers have a leader").with(0);

    for (mut program, number) in programs(&three, "place-order").into_iter().zip(["PO-1", "PO-2"]) {
        let told: Value = serde_json::from_str(&run(program.args(["shop", number, "exam-replay"]))).unwrap();
        assert_eq!(told["type"], "event-accepted-v1", "{told}");
    }
    // Whoever asks, the same line has the same codes.
    let codes = programs(&three, "ask-codes").map(|mut program| {
        serde_json::from_str::<Value>(&run(program.args(["shop", "PO-1", "exam-replay"]))).unwrap()
    });
    assert!(codes[0] == codes[1] && codes[0].as_array().unwrap().len() == 1, "{codes:?}");
    // In another's name it can neither send nor ask.
    for (mut program, number) in programs(&three, "ask-codes").into_iter().zip(["PO-1", "PO-2"]) {
        assert!(!program.args(["kiosk", number, "exam-replay"]).output().unwrap().status.success());
    }
    let listed = three.run("operator_chief", "parked list --output json").with(0).json();
    assert_eq!(listed, json!([]));
}

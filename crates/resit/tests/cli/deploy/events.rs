//! A shop that is let in as the configuration in `deploy/nats` has it sends orders by the programs that the guide shows.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use resit_tests::tools::{node, python, run};
use serde_json::{Value, json};

use super::three_servers::ThreeServers;
use crate::shell::{Shell, repository};

/// A role's process, as long as this lives.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    /// Starts a role with its own key to NATS, in the folder of another role.
    #[track_caller]
    fn start(three: &ThreeServers, role: &str, folder_of: &str) -> Self {
        let mut command = three.command(role);
        let envs = three.command(folder_of);
        let folder = envs.get_envs().find(|(name, _)| *name == "RESIT_LEDGER").and_then(|(_, value)| value);
        command.arg(role).env("RESIT_LEDGER", folder.unwrap()).env("RESIT_LISTEN", "127.0.0.1:0");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let url = said.split("http://").nth(1).unwrap_or_else(|| panic!("{role} said {said:?}"));
        let url = url.split([',', '\n']).next().unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets a program show who it is as the shop does.
fn as_the_shop(three: &ThreeServers, program: &mut Command) {
    for (name, value) in three.command("purchase_shop").get_envs() {
        if name.to_str().is_some_and(|name| name.starts_with("RESIT_NATS")) {
            program.env(name, value.unwrap());
        }
    }
    program.env("RESIT_JS_API", "resit.js").env("PYTHONDONTWRITEBYTECODE", "1");
}

#[test]
fn a_shop_places_orders_by_its_own_key_and_in_its_own_name_alone() {
    let three = ThreeServers::start();
    three.apply();
    three.run("command-handler", "init").with(0);
    let token = three.run("gateway", "--output json token make --role operator --name chief").with(0).json();
    let gateway = Running::start(&three, "gateway", "gateway");
    let _handler = Running::start(&three, "command-handler", "command-handler");
    let intake = Running::start(&three, "intake", "command-handler");
    let (url, token) = (&gateway.url, token["token"].as_str().unwrap());
    Shell::nowhere().run(&format!("--server http://{url} --token {token} offer publish exam-replay")).with(0);
    let mut in_python = Command::new(python("proto/examples/python/requirements.txt"));
    in_python.arg(repository().join("proto/examples/python/place_order.py"));
    let mut in_javascript = Command::new("node");
    in_javascript.current_dir(node("proto/examples/javascript")).arg("place-order.mjs");
    for (program, number) in [(&mut in_python, "PO-1"), (&mut in_javascript, "PO-2")] {
        as_the_shop(&three, program);
        let told: Value = serde_json::from_str(&run(program.args(["shop", number, "exam-replay"]))).unwrap();
        assert_eq!(told["type"], "event-accepted-v1", "{told}");
    }
    // In its own name alone: elsewhere it may not publish, and waits for an acknowledgement in vain.
    let mut other = Command::new(python("proto/examples/python/requirements.txt"));
    other.arg(repository().join("proto/examples/python/place_order.py")).args([
        "kiosk",
        "PO-3",
        "exam-replay",
    ]);
    as_the_shop(&three, &mut other);
    assert!(!other.output().unwrap().status.success());
    // The operator looks after what is parked.
    let listed = three.run("operator_chief", "parked list --output json").with(0).json();
    assert_eq!(listed, json!([]));
    Shell::nowhere().run(&format!("health --server http://{}", intake.url)).with(0);
}

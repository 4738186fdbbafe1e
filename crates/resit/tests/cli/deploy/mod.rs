//! What lies in `deploy` fits what the program is.

mod compose;
mod events;
mod kubernetes;
mod roles;
mod services;
mod systemd;
mod three_servers;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::shell::{Shell, repository};

/// The roles of a ledger on NATS, each a word of the command line.
const ROLES: [&str; 5] = ["command-handler", "projector", "expiry-scheduler", "intake", "gateway"];

fn deploy(path: &str) -> PathBuf {
    repository().join("deploy").join(path)
}

/// The documents of a YAML file, as JSON.
#[track_caller]
fn yaml(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let document = |from| {
        let mut value: serde_yaml_ng::Value = serde::Deserialize::deserialize(from).unwrap();
        // What is merged may merge something itself.
        value.apply_merge().and_then(|()| value.apply_merge()).unwrap();
        serde_json::to_value(value).unwrap()
    };
    serde_yaml_ng::Deserializer::from_str(&text).map(document).collect()
}

/// The variables that this program reads.
fn known_variables() -> BTreeSet<String> {
    let settings = Shell::nowhere().run("--output json config").with(0).json();
    let name = |row: &Value| format!("RESIT_{}", row["name"].as_str().unwrap().to_uppercase());
    let mut known: BTreeSet<String> = settings.as_array().unwrap().iter().map(name).collect();
    known.insert("RESIT_NATS_USERS".to_owned());
    known
}

/// The variables that the configuration of NATS servers stands on.
fn server_variables() -> BTreeSet<String> {
    let files = ["n1.conf", "common.conf"].map(|file| fs::read_to_string(deploy("nats").join(file)).unwrap());
    let text = files.concat();
    let named = text
        .split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>());
    named.collect()
}

/// What a server or a role is told must be what it reads.
#[track_caller]
fn check_variables(of: &str, given: &BTreeSet<String>) {
    let (servers, ours): (BTreeSet<_>, BTreeSet<_>) =
        given.iter().cloned().partition(|name| name.starts_with("NATS_"));
    let unknown: Vec<_> = ours
        .difference(&known_variables())
        .filter(|name| !["POD_NAME", "GOMEMLIMIT"].contains(&name.as_str()))
        .cloned()
        .collect();
    assert!(unknown.is_empty(), "{of} is told {unknown:?}, which nothing reads");
    if !servers.is_empty() {
        let lacks: Vec<_> = server_variables().difference(&servers).cloned().collect();
        assert!(lacks.is_empty(), "{of} is not told {lacks:?}");
    }
}

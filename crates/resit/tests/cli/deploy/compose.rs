//! The compose files: as their schema has them, and told what the programs in them read.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::{ROLES, check_variables, deploy, yaml};
use crate::shell::{Shell, repository};

fn files() -> [PathBuf; 2] {
    [repository().join("docker-compose.yml"), deploy("single/docker-compose.yml")]
}

#[track_caller]
fn services(file: &std::path::Path) -> Vec<(String, Value)> {
    let compose = yaml(file).remove(0);
    compose["services"].as_object().unwrap().clone().into_iter().collect()
}

#[test]
fn they_fit_the_schema_of_the_compose_specification() {
    let schema = fs::read_to_string(repository().join("tests/compose-spec/compose-spec.json")).unwrap();
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for file in files() {
        let compose = yaml(&file).remove(0);
        let wrong: Vec<String> =
            schema.iter_errors(&compose).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", file.display());
        let odd = serde_json::json!({ "services": { "x": { "image": 1 } } });
        assert!(!schema.is_valid(&odd), "the schema refuses something");
    }
}

#[test]
fn every_role_and_three_servers_run_with_health_checks_and_nothing_to_write_to() {
    let services = services(&files()[0]);
    for role in ROLES {
        let runs = services.iter().any(|(_, service)| service["command"][0] == role);
        assert!(runs, "{role} is in no service");
    }
    let servers =
        services.iter().filter(|(_, service)| service["image"].as_str().unwrap().starts_with("nats:"));
    assert_eq!(servers.count(), 3);
    for (name, service) in &services {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], serde_json::json!(["ALL"]), "{name}");
        let tool = service["profiles"] == serde_json::json!(["tools"]);
        assert!(tool || service["healthcheck"]["test"][0] == "CMD", "{name}");
    }
}

#[test]
fn words_and_variables_in_them_are_ones_that_there_are() {
    for (name, service) in files().iter().flat_map(|file| services(file)) {
        let told: BTreeSet<String> =
            service["environment"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        check_variables(&name, &told);
        if service["image"] == "resit"
            && let Some(word) = service["command"][0].as_str()
        {
            Shell::nowhere().run(&format!("{word} --help")).with(0);
        }
    }
    Shell::nowhere().run("health --help").with(0);
}

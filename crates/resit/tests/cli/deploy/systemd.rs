//! The units' files of variables say what the programs read.

use std::collections::BTreeSet;
use std::fs;

use super::{ROLES, check_variables, deploy};

/// The variables in a file of a unit, or in the unit itself.
fn told(path: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(deploy("systemd").join(path)).unwrap();
    let words = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    let names = words.filter_map(|word| word.trim_start_matches("Environment=").split_once('='));
    names
        .map(|(name, _)| name.to_owned())
        .filter(|name| name.contains("RESIT_") || name.contains("NATS_"))
        .collect()
}

#[test]
fn every_role_is_told_what_it_reads() {
    for role in ROLES {
        let files = ["env/nats.env".to_owned(), format!("env/{role}.env"), "resit@.service".to_owned()];
        let all: BTreeSet<String> = files.iter().flat_map(|file| told(file)).collect();
        for needed in
            ["RESIT_NATS", "RESIT_LISTEN", "RESIT_NATS_INBOX", "RESIT_NATS_NKEY_FILE", "RESIT_LEDGER"]
        {
            assert!(all.contains(needed), "{role} is not told {needed}");
        }
        check_variables(role, &all);
    }
}

#[test]
fn a_server_is_told_what_its_configuration_stands_on() {
    let mut told = told("env/nats-server.env");
    assert!(told.remove("NATS_CONFIG"), "which configuration");
    check_variables("nats-server", &told);
}

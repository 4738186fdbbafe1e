//! Ledgers of earlier releases open, verify, and explain their decisions: what today's law would decide otherwise is listed, with the
//! ruling.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::Value;

use crate::shell::{Shell, repository};

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// A copy of what was kept, as an upgrade finds it.
fn upgraded(kept: &Path) -> Shell {
    let shell = Shell::nowhere();
    fs::create_dir_all(shell.folder.join("log")).unwrap();
    for name in ["FORMAT", "REHEARSAL", "code.key"] {
        fs::copy(kept.join(name), shell.folder.join(name)).unwrap();
    }
    for segment in fs::read_dir(kept.join("log")).unwrap() {
        let segment = segment.unwrap();
        fs::copy(segment.path(), shell.folder.join("log").join(segment.file_name())).unwrap();
    }
    shell
}

/// The decisions that the law of today would make otherwise: the ledger, the command, and the ruling by which it is so.
const OTHERWISE: &[(&str, &str, &str)] = &[];

fn ruling(ledger: &str, command: &str) -> Option<&'static str> {
    OTHERWISE.iter().find(|(of, id, _)| *of == ledger && *id == command).map(|(.., ruling)| *ruling)
}

/// The rules that failed in an explanation.
fn failed(why: &Value) -> Vec<String> {
    let judgements = why["judgements"].as_array().unwrap();
    let failed = judgements.iter().filter(|judgement| judgement["outcome"] == "failed");
    failed.map(|judgement| judgement["rule"].to_string()).collect()
}

/// Checks a ledger; the types of its events.
fn check(kept: &Path) -> BTreeSet<String> {
    let shell = upgraded(kept);
    shell.run("log check").with(0);
    shell.run("verify").with(0);
    let said = fs::read_to_string(kept.join("why.jsonl")).unwrap();
    for line in said.lines() {
        let said: Value = serde_json::from_str(line).unwrap();
        let command = said["command"].as_str().unwrap();
        let now = shell.run(&format!("--output json why {command}")).with(0).json();
        for field in ["position", "judged_at", "actor", "asked", "voucher", "events"] {
            assert_eq!(now[field], said["why"][field], "{}: {field} of {command}", kept.display());
        }
        assert_eq!(now["law"], 1, "what is not recorded was judged by the first law");
        let name = kept.file_name().unwrap().to_string_lossy();
        let ruling = ruling(&name, command);
        assert_eq!(now["agrees_with_record"], ruling.is_none(), "{name}: {command}, {ruling:?}");
        if ruling.is_none() {
            assert_eq!(failed(&now), failed(&said["why"]), "{name}: {command}");
        }
    }
    let records = shell.dump();
    let records: Vec<Value> = records.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let commands: BTreeSet<_> = records.iter().map(|record| record["command"].to_string()).collect();
    assert_eq!(commands.len(), said.lines().count(), "each command is explained");
    let events = records.iter().flat_map(|record| record["events"].as_array().unwrap());
    events.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_decision_of_an_earlier_release_is_explained_as_it_was_then() {
    for release in folders(&repository().join("tests/releases")) {
        let ledgers = folders(&release);
        let kinds = thread::scope(|scope| {
            let checks: Vec<_> = ledgers.iter().map(|kept| scope.spawn(|| check(kept))).collect();
            let kinds = checks.into_iter().flat_map(|check| check.join().unwrap());
            kinds.collect::<BTreeSet<_>>()
        });
        assert!(kinds.len() >= 44, "{}: {kinds:?}", release.display());
    }
}

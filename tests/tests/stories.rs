//! Every story holds on both logs, every offer bears its own examples out, and every ambiguous offer is refused with
//! exactly the point that it leaves open.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resit_domain::CommandId;
use resit_domain::terms::{OfferError, OfferFile};
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, MemoryLog, Position};
use resit_story::{InProcess, OfferCheck, Runner, Story, check_offer_beside};
use resit_tests::handler;
use resit_voucher_code::CodeKey;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a folder with an ending, in order; none is a mistake of its own.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    assert!(!files.is_empty(), "{folder} holds no .{extension} file");
    files
}

fn built_in(id: &str) -> Option<String> {
    fs::read_to_string(root().join("deploy/offers").join(format!("{id}.toml"))).ok()
}

/// An error with its causes.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn all_hold(failures: &[String]) {
    assert!(failures.is_empty(), "{} do not hold:\n\n{}", failures.len(), failures.join("\n\n"));
}

async fn tell(file: &Path, log: Arc<dyn EventLog>) -> Result<(), String> {
    let name = file.file_name().unwrap().to_string_lossy();
    let story = Story::parse(&name, &fs::read_to_string(file).unwrap()).map_err(|e| e.to_string())?;
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    let venue = Arc::new(InProcess::new(log, key).unwrap());
    let runner = Runner::new(venue, built_in, file.parent().unwrap());
    let report = runner.run(&story, &mut |_| ()).await.map_err(|e| chain(&e))?;
    let unmet: Vec<String> = report.unmet.iter().map(|unmet| format!("{name}: {unmet}")).collect();
    if unmet.is_empty() { Ok(()) } else { Err(unmet.join("\n")) }
}

#[tokio::test]
async fn every_story_holds_on_the_memory_log() {
    let mut failures = Vec::new();
    for file in files("tests/stories", "story") {
        failures.extend(tell(&file, Arc::new(MemoryLog::new())).await.err());
    }
    all_hold(&failures);
}

#[tokio::test]
async fn every_story_holds_on_the_embedded_log() {
    let mut failures = Vec::new();
    for file in files("tests/stories", "story") {
        let folder = tempfile::tempdir().unwrap();
        let (log, _) = EmbeddedLog::open(folder.path(), &Config::default()).unwrap();
        failures.extend(tell(&file, Arc::new(log)).await.err());
    }
    all_hold(&failures);
}

/// Every command on a log, judged again by what was known when it came, comes out as it stands on record.
async fn judged_again(log: Arc<dyn EventLog>) -> Vec<String> {
    let handler = handler(&log);
    let records = log.read(Position::START, usize::MAX).await.unwrap();
    let commands: BTreeSet<CommandId> = records.into_iter().map(|record| record.command).collect();
    let mut differ = Vec::new();
    for command in commands {
        match handler.why(&command).await {
            Ok(explanation) if explanation.agrees => {}
            Ok(explanation) => differ.push(format!("{command}: {:?}", explanation.command)),
            Err(error) => differ.push(format!("{command}: {}", chain(&error))),
        }
    }
    differ
}

#[tokio::test]
async fn every_decision_of_every_story_is_judged_again_as_it_stands_on_record() {
    let mut failures = Vec::new();
    for file in files("tests/stories", "story") {
        let log = Arc::new(MemoryLog::new());
        drop(tell(&file, log.clone()).await);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        failures.extend(judged_again(log).await.into_iter().map(|differs| format!("{name}: {differs}")));
    }
    all_hold(&failures);
}

/// What an offer file gets wrong, by its own examples.
async fn examples(file: &Path) -> Vec<String> {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let source = fs::read_to_string(file).unwrap();
    match check_offer_beside(&source, built_in, file.parent().unwrap()).await {
        OfferCheck::Refused(error) => vec![format!("{name}: {error}")],
        OfferCheck::Read(read) if read.examples.is_empty() => vec![format!("{name} has no example")],
        OfferCheck::Read(read) => {
            let examples = read.examples.iter().flat_map(|example| match &example.outcome {
                Ok(report) => report.unmet.iter().map(|unmet| format!("{}: {unmet}", example.name)).collect(),
                Err(error) => vec![format!("{}: {}", example.name, chain(error))],
            });
            examples.map(|failure| format!("{name}: {failure}")).collect()
        }
    }
}

#[tokio::test]
async fn every_built_in_offer_bears_its_examples_out() {
    let mut failures = Vec::new();
    for file in files("deploy/offers", "toml") {
        failures.extend(examples(&file).await);
    }
    all_hold(&failures);
}

#[tokio::test]
async fn every_offer_from_elsewhere_bears_its_examples_out() {
    let mut failures = Vec::new();
    for file in files("tests/offers/elsewhere", "toml") {
        failures.extend(examples(&file).await);
    }
    all_hold(&failures);
}

/// The point that the first line of an ambiguous offer names: `# open: <ruling> <field>`.
fn announced(source: &str) -> Option<(String, String)> {
    let (ruling, field) = source.lines().next()?.strip_prefix("# open: ")?.split_once(' ')?;
    Some((ruling.to_owned(), field.trim().to_owned()))
}

#[test]
fn every_ambiguous_offer_is_refused_with_exactly_its_open_point() {
    let mut failures = Vec::new();
    for file in files("tests/offers/ambiguous", "toml") {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let source = fs::read_to_string(&file).unwrap();
        let Some(wanted) = announced(&source) else {
            failures.push(format!("{name} does not begin with `# open: <ruling> <field>`"));
            continue;
        };
        match OfferFile::parse(&source) {
            Err(OfferError::Open(points)) => {
                let found: Vec<_> =
                    points.iter().map(|point| (point.ruling.to_owned(), point.field.clone())).collect();
                if found != [wanted.clone()] {
                    failures.push(format!("{name}: announced {wanted:?}; found {found:?}"));
                }
            }
            Err(error) => failures.push(format!("{name}: {error}")),
            Ok(_) => failures.push(format!("{name} loads")),
        }
    }
    all_hold(&failures);
}

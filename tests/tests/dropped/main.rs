//! A command whose caller leaves is done to its end. Commands of all kinds are dropped at each of their awaits in turn;
//! afterwards the states that the handler keeps equal the log, and the same command again gets the first answer.

mod leaving;
mod stepping;

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use leaving::Leaving;
use resit_command_handler::Request;
use resit_domain::{ConfirmClock, CorrectTime, DefineExam, ExamFacts, Timestamp};
use resit_event_log::{EventLog, MemoryLog};
use resit_story::{Runner, Story, Venue as _};
use stepping::Stepping;

/// More awaits than any command has that fits into one commit. An order in many parts has more of the same.
const AWAITS_MAX: usize = 60;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn built_in(id: &str) -> Option<String> {
    fs::read_to_string(root().join("deploy/offers").join(format!("{id}.toml"))).ok()
}

fn stories() -> io::Result<Vec<PathBuf>> {
    let mut stories = Vec::new();
    for folder in [root().join("tests/stories"), root().join("tests/tests/dropped")] {
        for entry in fs::read_dir(folder)? {
            stories.push(entry?.path());
        }
    }
    stories.retain(|path| path.extension().is_some_and(|ending| ending == "story"));
    stories.sort();
    Ok(stories)
}

/// Plays a story in which each caller leaves after so many awaits. Returns the kinds of commands that were left.
async fn play(path: &Path, awaits: usize) -> BTreeSet<&'static str> {
    let name = path.file_name().unwrap().to_string_lossy();
    let story = Story::parse(&name, &fs::read_to_string(path).unwrap()).unwrap();
    let log: Arc<dyn EventLog> = Arc::new(Stepping(MemoryLog::new()));
    let leaving = Arc::new(Leaving::new(log, awaits));
    let runner = Runner::new(leaving.clone(), built_in, path.parent().unwrap());
    let report = runner.run(&story, &mut |_| ()).await.unwrap_or_else(|e| panic!("{name}, {awaits}: {e:?}"));
    assert!(report.unmet.is_empty(), "{name}, left after {awaits} awaits: {:?}", report.unmet);
    leaving.left()
}

/// The fewest stories, as far as a greedy choice finds them, that give every kind of command.
async fn stories_of_every_command() -> Vec<PathBuf> {
    let mut gives = Vec::new();
    for story in stories().unwrap() {
        gives.push((play(&story, 0).await, story));
    }
    let mut missing: BTreeSet<&str> = resit_domain::Command::NAMES.iter().copied().collect();
    // No story has a clock that could be confirmed or corrected: these are given by themselves below.
    missing.remove("ConfirmClock");
    missing.remove("CorrectTime");
    let mut chosen = Vec::new();
    while !missing.is_empty() {
        let (commands, story) =
            gives.iter().max_by_key(|(commands, _)| commands.intersection(&missing).count()).unwrap();
        assert!(!commands.is_disjoint(&missing), "no story gives {missing:?}");
        missing = &missing - commands;
        chosen.push(story.clone());
    }
    chosen
}

#[tokio::test]
async fn states_equal_the_log_wherever_a_caller_leaves() {
    for story in stories_of_every_command().await {
        for awaits in 1..AWAITS_MAX {
            if play(&story, awaits).await.is_empty() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn corrected_times_are_on_record_wherever_a_caller_leaves() {
    let wrong: Timestamp = "2036-01-05T09:00Z".parse().unwrap();
    let right: Timestamp = "2026-01-05T09:00:10Z".parse().unwrap();
    for awaits in 0..AWAITS_MAX {
        let log: Arc<dyn EventLog> = Arc::new(Stepping(MemoryLog::new()));
        let leaving = Leaving::new(log, awaits);
        let request = |id: &str, command| Request {
            id: id.parse().unwrap(),
            actor: "chief".parse().unwrap(),
            command,
            confirm: false,
        };
        let define = DefineExam { exam: "EX-1".parse().unwrap(), facts: ExamFacts::default() };
        leaving.handle(request("define", define.into()), None, wrong).await.unwrap();
        let ahead_ms = u64::try_from(wrong.millis() - right.millis() + 5_000).unwrap();
        let ahead_ms = NonZeroU64::new(ahead_ms).unwrap();
        let correct = CorrectTime { first: 1, last: None, ahead_ms, reason: "ten years".to_owned() };
        leaving.handle(request("correct", correct.into()), None, right).await.unwrap();
        if leaving.left().is_empty() {
            return;
        }
    }
}

#[tokio::test]
async fn a_confirmed_clock_is_in_the_states_wherever_a_caller_leaves() {
    let now: Timestamp = "2026-01-05T09:00Z".parse().unwrap();
    for awaits in 0..AWAITS_MAX {
        let log: Arc<dyn EventLog> = Arc::new(Stepping(MemoryLog::new()));
        let leaving = Leaving::new(log, awaits);
        let command = ConfirmClock { reads: now }.into();
        let request = Request {
            id: "confirm".parse().unwrap(),
            actor: "chief".parse().unwrap(),
            command,
            confirm: false,
        };
        leaving.handle(request, None, now).await.unwrap();
        if leaving.left().is_empty() {
            return;
        }
    }
}

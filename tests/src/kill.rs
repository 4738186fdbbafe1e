//! Kills a loaded ledger at random moments, and looks at what is left.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, Position, Record};

use crate::dice::Dice;

/// What the rounds came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Rounds played.
    pub rounds: u64,
    /// Answers that were read before a kill.
    pub acknowledged: usize,
    /// Records in the log at the end.
    pub records: u64,
    /// Commits in the log at the end.
    pub commands: usize,
    /// Tails that a kill had cut, and that were set aside at the next open.
    pub torn: u64,
}

const WORKERS: usize = 16;
/// How many commands each worker sends again after a kill.
const AGAIN: u64 = 3;

/// Plays `rounds` rounds on a ledger in `folder`: load, kill -9, open, check. Panics at the first thing that is wrong.
pub fn rounds(rounds: u64, seed: u64, folder: &Path, load: &Path) -> Counts {
    let mut counts = Counts::default();
    let mut answers: HashMap<String, u64> = HashMap::new();
    let mut dice = Dice::new(seed);
    for _ in 0..rounds {
        one_round(folder, load, dice.up_to(1_500), &mut answers);
        let (records, torn) = look(folder);
        check(&records, &answers);
        counts.rounds += 1;
        counts.torn += u64::from(torn);
        counts.acknowledged = answers.len();
        counts.records = records.last().map_or(0, |record| record.position.0);
        counts.commands = records.iter().filter(|record| record.slice == 0).count();
    }
    counts
}

/// The step at which each worker begins: a few before its last answer, which it then gets again.
fn begin(answers: &HashMap<String, u64>) -> String {
    let mut steps = [0; WORKERS];
    for id in answers.keys() {
        let (worker, step) = id[1..].split_once('-').expect("ids are w<worker>-<step>");
        let (worker, step): (usize, u64) =
            (worker.parse().expect("a number"), step.parse().expect("a number"));
        steps[worker] = steps[worker].max(step + 1);
    }
    steps.map(|step| step.saturating_sub(AGAIN).to_string()).join(",")
}

/// Loads until `kill_after` answers were read, and kills.
fn one_round(folder: &Path, load: &Path, kill_after: u64, answers: &mut HashMap<String, u64>) {
    let args = [folder.to_string_lossy().into_owned(), begin(answers)];
    let mut child = Command::new(load).args(args).stdout(Stdio::piped()).spawn().expect("the load runs");
    let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
    let mut take = |line: String| {
        let words: Vec<&str> = line.split(' ').collect();
        let [id, position, word] = words[..] else { panic!("half a line is no answer: {line}") };
        assert_eq!(word, "yes", "{id} is a step of a life, and each of them is permitted");
        let position = position.parse().expect("positions are numbers");
        let before = answers.insert(id.to_owned(), position);
        assert!(
            before.is_none_or(|before| before == position),
            "{id} was answered at {before:?} and then at {position}"
        );
    };
    for _ in 0..kill_after {
        take(lines.next().expect("the load goes on until it is killed").expect("its output can be read"));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    // What it had told before the kill still counts; a last line may have been cut by it.
    let mut rest: Vec<String> = lines.map_while(Result::ok).collect();
    if rest.last().is_some_and(|line| !line.ends_with("yes")) {
        rest.pop();
    }
    rest.into_iter().for_each(&mut take);
}

fn look(folder: &Path) -> (Vec<Record>, bool) {
    let (log, report) = EmbeddedLog::open(folder, &Config::default()).expect("a killed ledger opens");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let records = runtime.block_on(async {
        let mut records: Vec<Record> = Vec::new();
        loop {
            let after = records.last().map_or(Position::START, |record| record.position);
            let more = log.read(after, 10_000).await.expect("the log can be read");
            if more.is_empty() {
                return records;
            }
            records.extend(more);
        }
    });
    (records, report.torn.is_some())
}

/// Nothing acknowledged is lost, no position has a gap, no command has two effects.
fn check(records: &[Record], answers: &HashMap<String, u64>) {
    for (record, expected) in records.iter().zip(1..) {
        assert_eq!(record.position.0, expected, "positions have no gap");
    }
    let mut last: HashMap<&str, u64> = HashMap::new();
    let mut begun: HashSet<&str> = HashSet::new();
    for record in records {
        if record.slice == 0 {
            assert!(begun.insert(record.command.as_str()), "{} has two effects", record.command);
        }
        last.insert(record.command.as_str(), record.position.0);
    }
    for (id, position) in answers {
        assert_eq!(last.get(id.as_str()), Some(position), "{id} was acknowledged at {position}");
    }
    let mut issued: HashSet<&str> = HashSet::new();
    for record in
        records.iter().filter(|record| record.events.iter().any(|event| event.kind == "VoucherIssued"))
    {
        assert!(issued.insert(record.stream.as_str()), "{} was issued twice", record.stream);
    }
}

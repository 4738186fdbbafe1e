//! Kills a loaded ledger at random moments, and looks at what is left.

pub(crate) mod caller;
pub mod device;
pub(crate) mod record;
pub mod serve;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use resit_event_log::Record;

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

impl Counts {
    fn note(&mut self, records: &[Record], torn: bool, acknowledged: usize) {
        self.torn += u64::from(torn);
        self.acknowledged = acknowledged;
        self.records = records.last().map_or(0, |record| record.position.0);
        self.commands = records.iter().filter(|record| record.slice == 0).count();
    }
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
        let (records, torn) = record::look(folder);
        record::check(&records, &answers);
        counts.rounds += 1;
        counts.note(&records, torn, answers.len());
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

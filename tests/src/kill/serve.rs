//! Kills a loaded server at random moments, and looks at what is left. Its callers go on with the next one.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;

use resit_domain::Timestamp;

use super::caller::{Caller, Hand, Sent, asking};
use super::{Counts, record};
use crate::dice::Dice;
use crate::{Server, life};

/// What the rounds came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ServedCounts {
    /// As for a ledger without a server.
    pub ledger: Counts,
    /// Answers that said no.
    pub refused: usize,
    /// Commands that were on record when they were killed before their answer, and got it when they were sent again.
    pub late: usize,
    /// Ends that were put on record.
    pub expired: usize,
    /// How often the read models and the agenda were compared with the log.
    pub verified: u64,
    /// How far the clock was moved, in days.
    pub days: i64,
}

impl fmt::Display for ServedCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ledger, refused, late, expired, verified, days } = self;
        let Counts { rounds, acknowledged, records, commands, torn } = ledger;
        writeln!(
            f,
            "{rounds} rounds of kill -9: {acknowledged} commands acknowledged over HTTP, all on record, each once, as answered;"
        )?;
        writeln!(
            f,
            "{refused} of them refused; {late} on record before the kill, and answered when sent again behind it;"
        )?;
        writeln!(f, "{expired} ends put on record while the clock went {days} days ahead, each once;")?;
        write!(
            f,
            "{commands} commands and {records} records without a gap; {torn} cut tails set aside; read models and agenda \
             equal to the log {verified} times"
        )
    }
}

const CALLERS: u64 = 8;
const ANSWERS_MAX: u64 = 400;
/// After how many rounds everything derived is compared with the log.
const VERIFY_EVERY: u64 = 10;
const DAY_MS: i64 = 86_400_000;

/// Plays `rounds` rounds with the server of a binary on a new ledger in `folder`. Panics at the first thing that is wrong.
pub fn rounds(rounds: u64, seed: u64, folder: &Path, binary: &Path) -> ServedCounts {
    resit(binary, folder, &["init", "--rehearsal"]);
    // More than a year after the offer came out: vouchers were bought all the while.
    let begin = life::day_one().plus_millis(400 * DAY_MS);
    let (hand, mut dice) = (Hand::at(begin), Dice::new(seed));
    let mut counts = ServedCounts::default();
    let mut answers: HashMap<String, u64> = HashMap::new();
    let mut callers: Vec<Caller> = (0..CALLERS).map(|number| Caller::new(number, seed)).collect();
    for round in 1..=rounds {
        let server = Server::of(binary, folder, "--segment-bytes 262144");
        if round == 1 {
            set(&server.url);
        }
        one_round(server, dice.up_to(ANSWERS_MAX), &mut callers, &hand, (&mut answers, &mut counts));
        look(folder, &answers, &mut counts);
        counts.ledger.rounds = round;
        if round % VERIFY_EVERY == 0 || round == rounds {
            resit(binary, folder, &["verify"]);
            counts.verified += 1;
        }
    }
    end(binary, folder, &hand);
    look(folder, &answers, &mut counts);
    counts.days = (hand.shows().millis() - begin.millis()) / DAY_MS;
    counts
}

/// Publishes what vouchers are made by.
pub(super) fn set(url: &str) {
    let client = asking(url, Some(life::day_one()));
    for request in life::setting() {
        let sent = Sent::of(request, None);
        client.handle(&sent.id, &sent.body).expect("the first commands of a ledger are taken");
    }
}

/// Loads until `kill_after` commands were answered, and kills.
fn one_round(
    server: Server,
    kill_after: u64,
    callers: &mut [Caller],
    hand: &Hand,
    (answers, counts): (&mut HashMap<String, u64>, &mut ServedCounts),
) {
    let (tell, told) = mpsc::channel();
    let url = server.url.clone();
    let all = std::thread::scope(|scope| {
        for caller in callers {
            let (url, tell) = (&url, tell.clone());
            scope.spawn(move || caller.call(url, hand, &tell, &|| false));
        }
        drop(tell);
        let mut all: Vec<_> =
            told.iter().take(usize::try_from(kill_after).expect("a small number")).collect();
        server.kill();
        // What it had answered before the kill still counts.
        all.extend(told);
        all
    });
    for answer in all {
        counts.refused += usize::from(answer.refused);
        counts.late += usize::from(answer.late);
        let before = answers.insert(answer.id.to_string(), answer.position);
        assert_eq!(before, None, "{} was answered before", answer.id);
    }
}

/// Looks at what a kill has left.
fn look(folder: &Path, answers: &HashMap<String, u64>, counts: &mut ServedCounts) {
    let (records, torn) = record::look(folder);
    record::check(&records, answers);
    counts.ledger.note(&records, torn, answers.len());
    let events = records.iter().flat_map(|record| &record.events);
    counts.expired = events.filter(|event| event.kind == "Expired").count();
}

/// A last server puts on record what is due, and has nothing left to do.
fn end(binary: &Path, folder: &Path, hand: &Hand) {
    let server = Server::of(binary, folder, "");
    let now: Timestamp = hand.shows();
    let client = asking(&server.url, Some(now));
    client.expire_due().expect("what is due is put on record");
    assert!(client.due().expect("it can be asked").due.is_empty(), "nothing is left that is due");
    let verified = client.verify().expect("a running ledger can be verified");
    assert_eq!((verified.sound, &verified.differing), (true, &Some(Vec::new())), "{verified:?}");
    server.stop();
}

/// Says these words to the ledger, which must do as they say.
fn resit(binary: &Path, folder: &Path, words: &[&str]) {
    let mut command = Command::new(binary);
    let output = command.arg("--ledger").arg(folder).args(words).output().expect("the binary runs");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stdout));
}

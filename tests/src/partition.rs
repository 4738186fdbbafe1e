//! Three servers, a handler and a gateway beside each, and in each round the leader of the ledger's stream cut off from the two
//! others, while it still answers its own clients.

mod publication;
mod stage;

pub use publication::Publication;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use publication::{Round, Verdict};
use stage::Stage;

/// Callers beside each server.
const CALLERS: usize = 3;

/// How many answers each server's callers get before anything breaks, and how many that were asked for after the acknowledgement.
const BEFORE: usize = 4;
const AFTER: usize = 4;

/// Nobody waits for longer: servers elect, and find each other again.
const SILENCE_MAX: Duration = Duration::from_mins(3);

/// What the rounds came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct PartitionCounts {
    /// Rounds played.
    pub rounds: u64,
    /// Answers that were asked for after a publication's acknowledgement, beside the server that was cut off: judged by it.
    pub fresh_beside: usize,
    /// The same, without a judgement.
    pub unanswered_beside: usize,
    /// Answers that were asked for after the acknowledgement elsewhere, and judged by it.
    pub fresh: usize,
    /// Those that were judged by what was before: there must be none.
    pub stale: Vec<String>,
}

/// One answer.
struct Answer {
    /// Beside which server.
    server: usize,
    /// Whether it was asked for after the publication's acknowledgement.
    is_after: bool,
    verdict: Verdict,
    text: String,
}

/// Plays rounds with the roles of a binary, each with the next kind of publication.
pub fn rounds(rounds: u64, binary: &Path) -> PartitionCounts {
    let stage = Stage::set(binary);
    let mut counts = PartitionCounts::default();
    for (n, publication) in (1..=rounds).zip(Publication::ALL.into_iter().cycle()) {
        play(&stage, &Round::prepare(&stage, n, publication), &mut counts);
        counts.rounds = n;
    }
    stage.stop();
    counts
}

fn play(stage: &Stage, round: &Round, counts: &mut PartitionCounts) {
    let (is_acknowledged, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    let (tell, answers) = mpsc::channel();
    thread::scope(|scope| {
        for caller in 0..3 * CALLERS {
            let (tell, server) = (tell.clone(), caller % 3);
            let (is_acknowledged, is_over) = (&is_acknowledged, &is_over);
            scope.spawn(move || {
                for nth in 0.. {
                    if is_over.load(Ordering::SeqCst) {
                        return;
                    }
                    // Looked at before it is asked: what is asked after it was set comes after the acknowledgement.
                    let is_after = is_acknowledged.load(Ordering::SeqCst);
                    let (verdict, text) = round.ask(stage.gateway(server), caller, nth);
                    let answer = Answer { server, is_after, verdict, text };
                    if tell.send(answer).is_err() {
                        return;
                    }
                }
            });
        }
        let mut watch = Watch { answers: &answers, counts, cut_off: stage.leader(), round };
        // Every handler judges by what is before the publication, and keeps it.
        watch.until(BEFORE, |answer| answer.verdict == Verdict::Old);
        stage.servers.cut_off(watch.cut_off);
        round.publish(stage.gateway((watch.cut_off + 1) % 3));
        is_acknowledged.store(true, Ordering::SeqCst);
        watch.until(AFTER, |answer| answer.is_after);
        stage.servers.heal();
        // All that was broken is mended: everybody is judged by it.
        watch.until(AFTER, |answer| answer.is_after && answer.verdict == Verdict::New);
        is_over.store(true, Ordering::SeqCst);
        drop(tell);
        watch.rest();
    });
}

struct Watch<'a> {
    answers: &'a mpsc::Receiver<Answer>,
    counts: &'a mut PartitionCounts,
    cut_off: usize,
    round: &'a Round,
}

impl Watch<'_> {
    /// Waits until so many answers of each server's callers are as they are waited for.
    fn until(&mut self, count: usize, is_meant: impl Fn(&Answer) -> bool) {
        let mut missing = [count; 3];
        while missing != [0; 3] {
            let answer = self.answers.recv_timeout(SILENCE_MAX);
            let answer = answer.unwrap_or_else(|_| panic!("{}: {missing:?} are missing", self.round.name()));
            if is_meant(&answer) {
                missing[answer.server] = missing[answer.server].saturating_sub(1);
            }
            self.take(answer);
        }
    }

    /// Takes what was under way.
    fn rest(&mut self) {
        while let Ok(answer) = self.answers.recv_timeout(SILENCE_MAX) {
            self.take(answer);
        }
    }

    fn take(&mut self, answer: Answer) {
        if !answer.is_after {
            return;
        }
        let is_beside = answer.server == self.cut_off;
        match answer.verdict {
            Verdict::Old => self.counts.stale.push(format!("{}: {}", self.round.name(), answer.text)),
            Verdict::New if is_beside => self.counts.fresh_beside += 1,
            Verdict::New => self.counts.fresh += 1,
            Verdict::Unknown if is_beside => self.counts.unanswered_beside += 1,
            Verdict::Unknown => {}
        }
    }
}

impl fmt::Display for PartitionCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, fresh_beside, unanswered_beside, fresh, stale } = self;
        writeln!(f, "{rounds} rounds with the leader of the ledger's stream cut off;")?;
        writeln!(
            f,
            "asked for after an acknowledgement: {fresh} answers elsewhere, all judged by the publication;"
        )?;
        writeln!(
            f,
            "beside the leader {fresh_beside} judged by the publication, {unanswered_beside} not judged;"
        )?;
        write!(f, "{} judged by what was before", stale.len())
    }
}

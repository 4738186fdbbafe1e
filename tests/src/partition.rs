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

/// Callers beside each server who never stop, and how many of their answers are waited for before anything breaks.
const CALLERS: usize = 2;
const BEFORE: usize = 4;

/// Callers beside each server who ask once, just after the acknowledgement.
const AFTER: usize = 6;

/// Nobody waits for longer: servers elect, and find each other again.
const SILENCE_MAX: Duration = Duration::from_mins(5);

/// What the rounds came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct PartitionCounts {
    /// Rounds played.
    pub rounds: u64,
    /// Answers that were asked for after a publication's acknowledgement, and are judged by it: beside the server that was cut off.
    pub beside: usize,
    /// The same elsewhere.
    pub elsewhere: usize,
    /// How often it was answered beside the server that was cut off that nothing can be judged.
    pub unjudged: usize,
    /// Answers that were asked for after the acknowledgement and judged by what was before: there must be none.
    pub stale: Vec<String>,
}

/// What a caller tells.
enum Told {
    /// It asks now.
    Asks,
    /// It was answered.
    Answered { server: usize, is_after: bool, verdict: Verdict, text: String },
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
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        for caller in 0..3 * CALLERS {
            let (tell, server) = (tell.clone(), caller % 3);
            let (is_acknowledged, is_over) = (&is_acknowledged, &is_over);
            scope.spawn(move || {
                for nth in (0..).take_while(|_| !is_over.load(Ordering::SeqCst)) {
                    // Looked at before it is asked: what is asked after it was set comes after the acknowledgement.
                    let is_after = is_acknowledged.load(Ordering::SeqCst);
                    let (verdict, text) = round.ask(stage.gateway(server), &format!("{caller}-{nth}"));
                    drop(tell.send(Told::Answered { server, is_after, verdict, text }));
                }
            });
        }
        let mut watch = Watch { told: &told, counts, cut_off: stage.leader(), round };
        // Every handler judges by what is before the publication, and keeps it.
        watch.answered(BEFORE, |is_after, verdict| !is_after && verdict == Verdict::Old);
        stage.servers.cut_off(watch.cut_off);
        round.publish(stage.gateway((watch.cut_off + 1) % 3));
        is_acknowledged.store(true, Ordering::SeqCst);
        for caller in 0..3 * AFTER {
            let (tell, server) = (tell.clone(), caller % 3);
            scope.spawn(move || {
                drop(tell.send(Told::Asks));
                // Who is told that it is not done, or that nobody knows, sends it again with the same key.
                loop {
                    let (verdict, text) = round.ask(stage.gateway(server), &format!("after-{caller}"));
                    drop(tell.send(Told::Answered { server, is_after: true, verdict, text }));
                    if verdict != Verdict::Unknown {
                        return;
                    }
                }
            });
        }
        watch.asked(3 * AFTER);
        stage.servers.heal();
        watch.answered(AFTER, |is_after, verdict| is_after && verdict != Verdict::Unknown);
        is_over.store(true, Ordering::SeqCst);
        drop(tell);
        watch.rest();
    });
}

struct Watch<'a> {
    told: &'a mpsc::Receiver<Told>,
    counts: &'a mut PartitionCounts,
    cut_off: usize,
    round: &'a Round,
}

impl Watch<'_> {
    /// Waits until so many callers have asked.
    fn asked(&mut self, mut missing: usize) {
        while missing > 0 {
            match self.next() {
                Told::Asks => missing -= 1,
                Told::Answered { server, is_after, verdict, text } => {
                    self.take(server, is_after, verdict, &text);
                }
            }
        }
    }

    /// Waits until so many answers beside each server are as they are waited for.
    fn answered(&mut self, count: usize, is_meant: impl Fn(bool, Verdict) -> bool) {
        let mut missing = [count; 3];
        while missing != [0; 3] {
            let Told::Answered { server, is_after, verdict, text } = self.next() else { continue };
            if is_meant(is_after, verdict) {
                missing[server] = missing[server].saturating_sub(1);
            }
            self.take(server, is_after, verdict, &text);
        }
    }

    fn next(&self) -> Told {
        let told = self.told.recv_timeout(SILENCE_MAX);
        told.unwrap_or_else(|_| panic!("{}: nobody is answered any more", self.round.name()))
    }

    /// Takes what was under way.
    fn rest(&mut self) {
        while let Ok(told) = self.told.recv_timeout(SILENCE_MAX) {
            if let Told::Answered { server, is_after, verdict, text } = told {
                self.take(server, is_after, verdict, &text);
            }
        }
    }

    fn take(&mut self, server: usize, is_after: bool, verdict: Verdict, text: &str) {
        match verdict {
            _ if !is_after => {}
            Verdict::Old => self.counts.stale.push(format!("{}: {text}", self.round.name())),
            Verdict::New if server == self.cut_off => self.counts.beside += 1,
            Verdict::New => self.counts.elsewhere += 1,
            Verdict::Unknown if server == self.cut_off => self.counts.unjudged += 1,
            Verdict::Unknown => {}
        }
    }
}

impl fmt::Display for PartitionCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, beside, elsewhere, unjudged, stale } = self;
        writeln!(
            f,
            "{rounds} rounds with the leader of the ledger's stream cut off; asked for after an acknowledgement:"
        )?;
        writeln!(
            f,
            "{beside} answers beside that leader and {elsewhere} elsewhere that are judged by the publication,"
        )?;
        writeln!(f, "{unjudged} beside it that nothing can be judged,")?;
        write!(f, "{} judged by what was before", stale.len())
    }
}

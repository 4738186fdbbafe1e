//! Lets the device under a loaded server fail, restarts the server as a supervisor would, drops the page cache, and looks at
//! what is left. Its callers go on with the next server.
//!
//! Needs a mount namespace of its own, and root in it: see `tests/device-rounds`.

use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;

use super::caller::{Caller, Hand};
use super::serve::set;
use crate::device::Device;
use crate::dice::Dice;
use crate::life;

/// What the rounds came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct DeviceCounts {
    /// Rounds played.
    pub rounds: u64,
    /// Rounds in which the device failed while the server took commands.
    pub failed: u64,
    /// Servers that went on answering after the failure and refused every command.
    pub unwritten: u64,
    /// Servers that were killed with SIGKILL, and those that were stopped with SIGTERM.
    pub killed: u64,
    /// See `killed`.
    pub stopped: u64,
    /// Starts on a device that still failed, and said what is in doubt.
    pub in_doubt: u64,
    /// Starts on a device that still failed, and could not write what they need.
    pub unopened: u64,
    /// Starts on a device that still failed, and found nothing in doubt.
    pub started: u64,
    /// How often the page cache was dropped before the ledger was opened again, and after.
    pub dropped: u64,
    /// Answers that said that a command is on record.
    pub acknowledged: usize,
    /// Records at the end.
    pub records: u64,
}

impl fmt::Display for DeviceCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, failed, unwritten, killed, stopped, in_doubt, unopened, started, dropped, .. } =
            self;
        writeln!(
            f,
            "{rounds} rounds: the device failed under load in {failed}, after which {unwritten} servers refused to write;"
        )?;
        writeln!(f, "{killed} killed with SIGKILL, {stopped} stopped with SIGTERM;")?;
        writeln!(
            f,
            "starts on the failing device: {in_doubt} refused and said what is in doubt, {unopened} could not write what they \
             need, {started} had nothing in doubt;"
        )?;
        write!(
            f,
            "page cache dropped {dropped} times; {} commands acknowledged, all on record as answered; {} records without a gap",
            self.acknowledged, self.records
        )
    }
}

const CALLERS: u64 = 8;
const ANSWERS_MAX: u64 = 300;
const DAY_MS: i64 = 86_400_000;
const DEVICE_BYTES: usize = 192 << 20;

/// Plays `rounds` rounds with the server of a binary on a new ledger on a device below `folder`. Panics at the first thing
/// that is wrong.
pub fn rounds(rounds: u64, seed: u64, folder: &Path, binary: &Path) -> DeviceCounts {
    let device = Device::below(folder, DEVICE_BYTES);
    let begin = life::day_one().plus_millis(400 * DAY_MS);
    let mut play = Play {
        binary: binary.to_owned(),
        ledger: device.root.join("ledger"),
        log: folder.join("server.log"),
        hand: Hand::at(begin),
        callers: (0..CALLERS).map(|number| Caller::new(number, seed)).collect(),
        answers: HashMap::new(),
        dice: Dice::new(seed),
        counts: DeviceCounts::default(),
        trail: Vec::new(),
        device,
    };
    play.say(&["init", "--rehearsal"]).expect("a ledger can be made");
    for round in 1..=rounds {
        play.trail = vec![format!("round {round}")];
        play.one_round(round == 1);
        play.counts.rounds = round;
    }
    std::mem::take(&mut play.counts)
}

struct Play {
    binary: PathBuf,
    ledger: PathBuf,
    /// What servers log.
    log: PathBuf,
    hand: Hand,
    callers: Vec<Caller>,
    answers: HashMap<String, u64>,
    dice: Dice,
    counts: DeviceCounts,
    /// What was done in this round, to explain what went wrong in it.
    trail: Vec<String>,
    /// The last, so that it goes when nobody uses it any more.
    device: Device,
}

/// A server that may refuse to start.
struct Started {
    child: Child,
    url: String,
    _out: BufReader<ChildStdout>,
}

impl Play {
    fn one_round(&mut self, is_first: bool) {
        let server =
            self.start().unwrap_or_else(|said| panic!("a server starts on a device that is well: {said}"));
        if is_first {
            set(&server.url);
        }
        let fails = !self.dice.one_in(4);
        let answers = self.dice.up_to(ANSWERS_MAX) + 1;
        // Of those that fail, some are killed at once: between a write and its sync, or before one.
        let kills_at_once = !fails || self.dice.one_in(3);
        self.load(server, answers, fails, kills_at_once);
        if fails {
            self.counts.failed += 1;
            for _ in 0..self.dice.up_to(3) {
                self.restart_on_failing_device();
            }
            // What is still in the page cache is lost, or gets to a device that is well again.
            let is_dropped = self.dice.one_in(2);
            self.trail.push(format!("heal, cache dropped before: {is_dropped}"));
            if is_dropped {
                self.counts.dropped += 1;
                self.device.drop_cache_and_heal();
            } else {
                self.device.heal();
            }
        }
        let is_dropped = self.dice.one_in(3);
        if is_dropped {
            self.drop_cache();
        }
        // Opens the ledger, as the next server would; what it then says is on record lasts.
        let seen = self.look(if is_dropped { "after the cache was dropped" } else { "after the round" });
        self.drop_cache();
        assert_eq!(
            self.look("after it was opened and the cache dropped"),
            seen,
            "what was shown is on the device"
        );
    }

    fn drop_cache(&mut self) {
        self.trail.push("drop the cache".to_owned());
        self.device.drop_cache();
        self.counts.dropped += 1;
    }

    /// Loads until so many commands were answered; then the server is killed, or its device fails.
    fn load(&mut self, server: Started, answers: u64, fails: bool, kills_at_once: bool) {
        let (tell, told) = mpsc::channel();
        let is_killed = kills_at_once || self.dice.one_in(2);
        let kill_after = if kills_at_once { self.dice.up_to(20) } else { u64::MAX };
        let Self { callers, hand, device, ledger, dice, trail, .. } = self;
        let url = server.url.clone();
        let new_blocks = fails && dice.one_in(3);
        trail.push(format!(
            "load until {answers} answers, fail: {fails}, of new blocks: {new_blocks}, kill: {is_killed}, after {kill_after} more"
        ));
        let (server, unwritten, all) = std::thread::scope(|scope| {
            for caller in callers {
                let (url, tell, hand) = (&url, tell.clone(), &*hand);
                scope.spawn(move || caller.call(url, hand, &tell, &|| false));
            }
            drop(tell);
            let so_many = |count| usize::try_from(count).unwrap_or(usize::MAX);
            let mut all: Vec<_> = told.iter().take(so_many(answers)).collect();
            let mut server = server;
            if fails {
                server.halt();
                if new_blocks {
                    device.fail_new_blocks();
                } else {
                    fail_behind_the_end(device, ledger);
                }
                server.signal("-CONT");
            }
            // They end by themselves when nothing is written any more.
            all.extend(told.iter().take(so_many(kill_after)));
            let unwritten =
                fails && !kills_at_once && server.child.try_wait().expect("it can be asked").is_none();
            if is_killed {
                server.child.kill().expect("it can be killed");
            }
            all.extend(told);
            (server, unwritten, all)
        });
        self.counts.unwritten += u64::from(unwritten);
        server.end(is_killed);
        *(if is_killed { &mut self.counts.killed } else { &mut self.counts.stopped }) += 1;
        for answer in all {
            let before = self.answers.insert(answer.id.to_string(), answer.position);
            assert_eq!(before, None, "{} was answered before", answer.id);
        }
        let last = self.answers.values().max().copied().unwrap_or_default();
        self.trail.push(format!("acknowledged up to {last}"));
        self.counts.acknowledged = self.answers.len();
    }

    /// Starts the server while its device still fails, as a supervisor does.
    fn restart_on_failing_device(&mut self) {
        let started = self.start();
        self.trail.push(format!("start on the failing device: {:?}", started.as_ref().err()));
        match started {
            Ok(server) => {
                self.counts.started += 1;
                self.load(server, 3, false, true);
            }
            Err(said) if said.contains("may not be on the disk") => self.counts.in_doubt += 1,
            Err(said) => {
                assert!(said.contains("can't") && said.contains("(os error"), "it says why: {said}");
                self.counts.unopened += 1;
            }
        }
    }

    /// Starts a server; what it said, if it ended instead.
    fn start(&self) -> Result<Started, String> {
        let mut command = self.resit(&["serve", "--listen", "127.0.0.1:0", "--segment-bytes", "262144"]);
        let log = File::create(&self.log).expect("a file for its log");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the server runs");
        let mut out = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("its output can be read");
        if let Some(url) = line.split(['\n', ' ', ',']).find(|word| word.starts_with("http://")) {
            Ok(Started { url: url.to_owned(), child, _out: out })
        } else {
            out.read_to_string(&mut line).expect("its output can be read");
            child.wait().expect("it ends");
            Err(line + &fs::read_to_string(&self.log).unwrap_or_default())
        }
    }

    /// The last position of each command on record, all of which must be there without a gap.
    fn look(&mut self, when: &str) -> HashMap<String, u64> {
        self.trail.push(format!("look {when}"));
        let said =
            self.say(&["log", "dump"]).unwrap_or_else(|said| panic!("the ledger opens {when}: {said}"));
        let mut last: HashMap<String, u64> = HashMap::new();
        self.counts.records = 0;
        for line in said.lines() {
            let record: serde_json::Value = serde_json::from_str(line).expect("a record is JSON");
            let position = record["position"].as_u64().expect("it has a position");
            self.counts.records += 1;
            assert_eq!(position, self.counts.records, "positions have no gap");
            last.insert(record["command"].as_str().expect("it has a command").to_owned(), position);
        }
        for (id, position) in &self.answers {
            assert_eq!(last.get(id), Some(position), "{id} was acknowledged at {position}; {when}");
        }
        last
    }

    /// What the program prints for these words, or how it failed.
    fn say(&self, words: &[&str]) -> Result<String, String> {
        let output = self.resit(words).output().expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    fn resit(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        command.env("RESIT_LEDGER", &self.ledger).env_remove("RESIT_LOG").args(words);
        command
    }
}

impl Drop for Play {
    /// Leaves behind what explains a round that went wrong.
    #[expect(clippy::print_stderr, reason = "it is printed for the person who plays the rounds")]
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for step in &self.trail {
            eprintln!("{step}");
        }
        if let Some(folder) = std::env::var_os("RESIT_KEEP") {
            let copied = Command::new("cp").arg("-a").args([&self.ledger, &self.log]).arg(folder).status();
            eprintln!("the ledger and what its servers logged was copied: {copied:?}");
        }
    }
}

/// Lets the device fail behind what the open segment holds.
fn fail_behind_the_end(device: &Device, ledger: &Path) {
    let paths = fs::read_dir(ledger.join("log"))
        .expect("there is a log")
        .map(|entry| entry.expect("an entry").path());
    let segments = paths.filter(|path| path.extension().is_some_and(|ending| ending == "seg"));
    let segment = segments.max().expect("there is a segment");
    let bytes = fs::read(&segment).expect("it can be read");
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
    device.fail_behind(&segment, end);
}

impl Started {
    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.expect("signals can be sent").success(), "{name} was not sent");
    }

    /// Stops it where it is, and waits until it stands: whatever it has synced by then was synced to a device that is well.
    fn halt(&self) {
        self.signal("-STOP");
        let tasks = format!("/proc/{}/task", self.child.id());
        let stands = |task: &Path| {
            // The name before it is in brackets, and may hold anything.
            let stat = fs::read_to_string(task.join("stat")).unwrap_or_default();
            stat.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with('T'))
        };
        while !fs::read_dir(&tasks)
            .expect("it has threads")
            .all(|task| stands(&task.expect("a thread").path()))
        {
            std::thread::yield_now();
        }
    }

    /// Waits for its end; asks for it first, if it was not killed.
    fn end(mut self, is_killed: bool) {
        if !is_killed {
            self.signal("-TERM");
        }
        self.child.wait().expect("it ends");
    }
}

impl Drop for Started {
    /// Nothing of a round that went wrong stays behind.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

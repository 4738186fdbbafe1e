//! A check of the log's contract after the fact: whoever reads a log from its beginning shows each record, and learns in the
//! end which promises do not hold.
//!
//! What must be unique or chained over the whole log is written into parts by hash, to scratch files if it is much, and each
//! part is judged by itself: memory stays bounded however long the log is.

mod breach;
mod scratch;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs::File,
    hash::{BuildHasher, RandomState},
    io,
};

pub use breach::{AuditReport, BREACHES_MAX, Breach};

use self::{breach::Breaches, scratch::Scratch};
use crate::{EventData, Position, Record, StreamId};

/// Whether somebody who knows more than the log can read an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// It can be read.
    Read,
    /// A newer program wrote it: this one can't tell.
    Unknown,
    /// It is not what its type and version look like; says why.
    Malformed(String),
}

/// Reads an event on a stream.
pub type ReadBody = fn(&StreamId, &EventData) -> Body;

/// Makes an empty file that nobody else has, and that is gone when it is closed.
pub type MakeScratch<'a> = dyn Fn() -> io::Result<File> + Send + Sync + 'a;

/// How the records of a log are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// Each position follows on the one before, and no recorded time is before that of the record before: one writer.
    Dense,
    /// Positions grow, and recorded times do so on each stream: many writers, and a log that counts more than records.
    Growing,
}

/// The check of a log, as far as it was read.
pub struct Audit<'a> {
    numbering: Numbering,
    read_body: Option<ReadBody>,
    hashers: [RandomState; 2],
    /// Each command and its position.
    commands: Scratch<'a, COMMAND_BYTES>,
    /// Each record's stream, position, previous position and recorded time.
    records: Scratch<'a, RECORD_BYTES>,
    last: Option<Last>,
    unknown: BTreeMap<(String, u16), u64>,
    breaches: Breaches,
}

const COMMAND_BYTES: usize = 24;
const RECORD_BYTES: usize = 40;

/// What is kept of the record before.
struct Last {
    position: Position,
    recorded_at: i64,
    command: resit_domain::CommandId,
    slice: u16,
    slices: u16,
}

impl std::fmt::Debug for Audit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit").field("numbering", &self.numbering).finish_non_exhaustive()
    }
}

impl<'a> Audit<'a> {
    /// Begins a check. What does not fit into 32 MiB of memory goes to files from `make_scratch`, some 100 bytes for each commit.
    pub fn new(numbering: Numbering, read_body: Option<ReadBody>, make_scratch: &'a MakeScratch<'a>) -> Self {
        Self {
            numbering,
            read_body,
            hashers: [RandomState::new(), RandomState::new()],
            commands: Scratch::new(make_scratch),
            records: Scratch::new(make_scratch),
            last: None,
            unknown: BTreeMap::new(),
            breaches: Breaches::default(),
        }
    }

    /// Takes in the record that follows.
    ///
    /// # Errors
    ///
    /// If a scratch file can't be written.
    pub fn take_in(&mut self, record: &Record) -> io::Result<()> {
        self.check_order(record);
        self.check_events(record);
        if record.slice == 0 {
            let [high, low] = self.hash(record.command.as_str());
            self.commands.push(high, fact([high, low, record.position.0]))?;
        }
        let [high, low] = self.hash(record.stream.as_str());
        let recorded_at = sortable(record.recorded_at.millis());
        self.records.push(high, fact([high, low, record.position.0, record.previous.0, recorded_at]))
    }

    fn hash(&self, name: &str) -> [u64; 2] {
        self.hashers.each_ref().map(|hasher| hasher.hash_one(name))
    }

    /// Checks a record against the one before it.
    fn check_order(&mut self, record: &Record) {
        let Record { position, slice, slices, .. } = *record;
        let recorded_at = record.recorded_at.millis();
        let dense = self.numbering == Numbering::Dense;
        let (before, before_at) = self.last.as_ref().map_or((0, i64::MIN), |l| (l.position.0, l.recorded_at));
        if position.0 <= before || (dense && position.0 != before + 1) {
            self.breaches.add(position, format!("its position follows on {before}"));
        }
        if dense && recorded_at < before_at {
            self.breaches.add(position, format!("it was recorded before the record at {before}"));
        }
        let begins = slice == 0;
        let is_open = self.last.as_ref().is_some_and(|last| last.slice + 1 < last.slices);
        let goes_on = self.last.as_ref().is_some_and(|last| {
            (last.slice + 1, last.slices, &last.command) == (slice, slices, &record.command)
                && position.0 == last.position.0 + 1
                && recorded_at == last.recorded_at
        });
        if slice >= slices || begins == is_open || (!begins && !goes_on) {
            let what =
                format!("it is part {slice} of a commit of {slices}, and does not go on what is before it");
            self.breaches.add(position, what);
        }
        let command = record.command.clone();
        self.last = Some(Last { position, recorded_at, command, slice, slices });
    }

    fn check_events(&mut self, record: &Record) {
        if record.events.is_empty() {
            self.breaches.add(record.position, "it has no events".to_owned());
        }
        let Some(read_body) = self.read_body else { return };
        for event in &record.events {
            match read_body(&record.stream, event) {
                Body::Read => {}
                Body::Unknown => {
                    *self.unknown.entry((event.kind.clone().into_owned(), event.version)).or_default() += 1;
                }
                Body::Malformed(why) => {
                    self.breaches
                        .add(record.position, format!("an event {} can't be read: {why}", event.kind));
                }
            }
        }
    }

    /// Judges what concerns the whole log, once all of it was shown.
    ///
    /// # Errors
    ///
    /// If a scratch file can't be read.
    pub fn finish(mut self) -> io::Result<AuditReport> {
        if let Some(last) = self.last.take().filter(|last| last.slice + 1 < last.slices) {
            self.breaches.add(last.position, "its commit ends too early".to_owned());
        }
        for part in 0..scratch::PARTS {
            let mut commands = self.commands.part(part)?;
            commands.sort_unstable_by_key(numbers::<3, COMMAND_BYTES>);
            for [one, two] in commands.array_windows() {
                let ([one_high, one_low, first], [high, low, position]) =
                    (numbers::<3, _>(one), numbers::<3, _>(two));
                if (one_high, one_low) == (high, low) {
                    let what = format!("its command is on record before, at {first}");
                    self.breaches.add(Position(position), what);
                }
            }
            let mut records = self.records.part(part)?;
            records.sort_unstable_by_key(numbers::<5, RECORD_BYTES>);
            let mut before: Option<[u64; 5]> = None;
            for record in &records {
                let record @ [high, low, position, previous, recorded_at] = numbers::<5, _>(record);
                let before_it = before.filter(|before| (before[0], before[1]) == (high, low));
                let (actual, actual_at) = before_it.map_or((0, 0), |before| (before[2], before[4]));
                if previous != actual {
                    let what = format!(
                        "by what it says, the record before it on its stream is at {previous}; it is at {actual}"
                    );
                    self.breaches.add(Position(position), what);
                }
                if recorded_at < actual_at {
                    let what = format!("it was recorded before the record at {actual} on its stream");
                    self.breaches.add(Position(position), what);
                }
                before = Some(record);
            }
        }
        Ok(self.breaches.report(self.unknown))
    }
}

/// Numbers one behind the other.
fn fact<const NUMBERS: usize, const BYTES: usize>(numbers: [u64; NUMBERS]) -> [u8; BYTES] {
    let mut fact = [0; BYTES];
    for (bytes, number) in fact.chunks_exact_mut(8).zip(numbers) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
    fact
}

fn numbers<const NUMBERS: usize, const BYTES: usize>(fact: &[u8; BYTES]) -> [u64; NUMBERS] {
    let (words, _) = fact.as_chunks();
    std::array::from_fn(|at| u64::from_le_bytes(words[at]))
}

/// A signed number as one whose order is the same.
fn sortable(millis: i64) -> u64 {
    millis.cast_unsigned() ^ (1 << 63)
}

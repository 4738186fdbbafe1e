//! Logs to break, and ways to look at what is left of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use resit_domain::Timestamp;
use resit_embedded_log::{Config, EmbeddedLog, OpenError, OpenReport, RepairReport};
use resit_event_log::{
    AppendError, Appended, Commit, EventData, EventLog, Position, ReadError, Record, Slice,
};
use tempfile::TempDir;

/// Segments that fill up all the time.
pub(crate) fn tiny() -> Config {
    Config { segment_bytes: 4 << 10, ..Config::default() }
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

/// A log, and a runtime to ask it from code that waits.
pub(crate) struct Open {
    pub(crate) log: EmbeddedLog,
    pub(crate) report: OpenReport,
    runtime: tokio::runtime::Runtime,
}

pub(crate) fn try_open(folder: &Path, config: &Config) -> Result<Open, OpenError> {
    try_open_unless(folder, config, &|| false)
}

/// Opens a log that asks whether to stop.
pub(crate) fn try_open_unless(
    folder: &Path,
    config: &Config,
    stop: &dyn Fn() -> bool,
) -> Result<Open, OpenError> {
    let opened = EmbeddedLog::open_unless(folder, config, stop);
    opened.map(|(log, report)| Open { log, report, runtime: runtime() })
}

pub(crate) fn open(folder: &Path, config: &Config) -> Open {
    try_open(folder, config).unwrap_or_else(|error| panic!("must open: {error}"))
}

/// Why a log does not open.
pub(crate) fn refusal(folder: &Path, config: &Config) -> OpenError {
    try_open(folder, config).map(|open| open.report).expect_err("must not open")
}

impl Open {
    pub(crate) fn append(&self, commit: Commit) -> Result<Appended, AppendError> {
        self.runtime.block_on(self.log.append(commit))
    }

    pub(crate) fn head(&self) -> u64 {
        self.runtime.block_on(self.log.head()).unwrap().0
    }

    pub(crate) fn all(&self) -> Result<Vec<Record>, ReadError> {
        self.runtime.block_on(self.log.read(Position::START, usize::MAX))
    }

    pub(crate) fn stream(&self, name: &str) -> Result<Vec<Record>, ReadError> {
        self.runtime.block_on(self.log.read_stream(&name.into(), Position::START))
    }

    pub(crate) fn revision(&self, name: &str) -> Result<Position, ReadError> {
        self.runtime.block_on(self.log.revision(&name.into()))
    }

    pub(crate) fn found(&self, command: &str) -> Result<Vec<Record>, ReadError> {
        self.runtime.block_on(self.log.find_command(&command.parse().unwrap()))
    }

    /// Appends what must be taken.
    pub(crate) fn taken(&self, commit: Commit) -> Appended {
        self.append(commit).unwrap_or_else(|error| panic!("must be taken: {error}"))
    }
}

/// A commit of one event with this body on each of these streams.
pub(crate) fn commit(command: &str, slices: &[(&str, u64)], body: &[u8]) -> Commit {
    let at = Timestamp::from_millis(1_567_332_000_000).unwrap();
    let body = Bytes::copy_from_slice(body);
    let event = EventData { kind: "ExamFailed".into(), version: 1, happened_at: at, body };
    let slice = |(stream, expected): &(&str, u64)| Slice {
        stream: (*stream).into(),
        expected: Position(*expected),
        events: vec![event.clone()],
    };
    Commit {
        command: command.parse().unwrap(),
        command_body: Bytes::from_static(b"\x80"),
        actor: "tester".parse().unwrap(),
        recorded_at: at,
        slices: slices.iter().map(slice).collect(),
    }
}

/// Appends `count` commits, each to a stream of its own and to one of five that go on through all segments.
pub(crate) fn fill(log: &Open, count: u64) {
    for n in 0..count {
        let shared = format!("shared/{}", n % 5);
        let expected = log.revision(&shared).unwrap().0;
        let own = format!("own/{n}");
        log.taken(commit(
            &format!("c{n}"),
            &[(&own, 0), (&shared, expected)],
            format!("body {n}").as_bytes(),
        ));
    }
}

/// A folder with a log of so many commits, closed.
pub(crate) fn filled(count: u64, config: &Config) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path(), config), count);
    folder
}

/// A copy of a log's folder. Without the index, unless it is asked for: most tests are about the segments.
pub(crate) fn copy(from: &Path, with: &[&str]) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    fs::copy(from.join("FORMAT"), to.path().join("FORMAT")).unwrap();
    for name in with {
        copy_folder(&from.join(name), &to.path().join(name));
    }
    to
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in files(from) {
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        copy_folder(&entry, &to.join(entry.file_name().unwrap()));
    }
}

/// The files in a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// The segment files, oldest first.
pub(crate) fn segments(folder: &Path) -> Vec<PathBuf> {
    let is_segment = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "seg");
    files(&folder.join("log")).into_iter().filter(is_segment).collect()
}

/// Makes a log that was stopped look as if its process had been killed: it was not marked then.
pub(crate) fn crash(folder: &Path) {
    fs::remove_file(folder.join("log/STOPPED")).unwrap();
}

/// A repair, salted as the tests' logs are.
pub(crate) fn repair(folder: &Path) -> Result<RepairReport, OpenError> {
    resit_embedded_log::repair(folder, Config::default().seed)
}

/// The length of a new segment's header.
pub(crate) const HEADER_LEN: usize = 64;

/// Where each frame of a segment starts, and where the last one ends, by the lengths in their headers.
pub(crate) fn frames(segment: &[u8]) -> Vec<usize> {
    let version = u32::from_le_bytes(*segment[8..].first_chunk().unwrap());
    let (header, padded_to) = if version < 3 { (32, 1) } else { (HEADER_LEN, 8) };
    let mut frames = vec![header];
    while let Some(len) = segment.get(*frames.last().unwrap()..).and_then(<[u8]>::first_chunk) {
        if len == b"SEAL" {
            break;
        }
        let len = (u32::from_le_bytes(*len) as usize).next_multiple_of(padded_to);
        frames.push(frames.last().unwrap() + 32 + len);
    }
    frames
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit
    }
}

//! A machine whose wall clock is wrong, as its programs see it.
//!
//! `libfaketime` answers what a program asks the C library about the wall clock. How long the machine has run stays true.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::tools::python;

/// A wall clock that can be set while programs run.
#[derive(Debug)]
pub struct FakeTime {
    library: PathBuf,
    folder: tempfile::TempDir,
}

impl FakeTime {
    /// A clock that is right.
    ///
    /// # Panics
    ///
    /// If `libfaketime` can't be had.
    pub fn new() -> Self {
        let clock = Self { library: library(), folder: tempfile::tempdir().expect("a folder can be made") };
        clock.set(0);
        clock
    }

    /// Sets it so many seconds ahead of the time; behind it if negative.
    pub fn set(&self, ahead_s: i64) {
        // Nobody reads half of it.
        let beside = self.folder.path().join("offset.new");
        fs::write(&beside, format!("{ahead_s:+}\n")).expect("the offset can be written");
        fs::rename(beside, self.file()).expect("the offset can be put in place");
    }

    /// Has a program see this clock.
    pub fn show(&self, command: &mut Command) {
        command.envs(self.variables());
    }

    /// The variables by which a program sees it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let text = |path: &PathBuf| path.to_str().expect("the path is text").to_owned();
        vec![
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file())),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
        ]
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("offset")
    }
}

impl Default for FakeTime {
    fn default() -> Self {
        Self::new()
    }
}

/// Asks again and again until the answer is yes, for so long.
///
/// # Panics
///
/// If it is not yes by then.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "it measures how long somebody takes")]
pub fn within(span: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < span, "not within {span:?}: {what}");
    }
}

/// Does something again and again for so long.
#[expect(clippy::disallowed_methods, reason = "it measures how long a clock is wrong")]
pub fn for_so_long(span: Duration, mut act: impl FnMut()) {
    let begun = std::time::Instant::now();
    while begun.elapsed() < span {
        act();
    }
}

fn library() -> PathBuf {
    let python = python("tests/faketime/requirements.txt");
    let home = python.parent().and_then(|bin| bin.parent()).expect("a Python lies in a folder");
    let lib = fs::read_dir(home.join("lib")).expect("a Python has libraries");
    let found = lib.filter_map(Result::ok).map(|version| {
        version.path().join("site-packages/libfaketime/vendor/libfaketime/src/libfaketime.so.1")
    });
    found.into_iter().find(|path| path.exists()).expect("the package has a library")
}

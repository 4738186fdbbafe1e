//! Calls of the real binary.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder with a ledger, and the binary to ask it.
pub(crate) struct Shell {
    pub(crate) folder: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    /// The JSON that was printed.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    /// The answer, which must have this exit code.
    #[track_caller]
    pub(crate) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

impl Shell {
    /// A place for a ledger that is not there yet.
    pub(crate) fn nowhere() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        Self { folder: temporary.path().join("ledger"), _temporary: Some(temporary) }
    }

    /// A ledger with the showcase offer and one exam, on 2026-01-05.
    pub(crate) fn shop() -> Self {
        Self::nowhere().opened()
    }

    /// The same, in a folder that somebody else takes away.
    pub(crate) fn shop_in(folder: PathBuf) -> Self {
        Self { folder, _temporary: None }.opened()
    }

    /// The segments of its log, oldest first.
    pub(crate) fn segments(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.join("log")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut all: Vec<_> =
            paths.filter(|path| path.extension().is_some_and(|ending| ending == "seg")).collect();
        all.sort();
        all
    }

    fn opened(self) -> Self {
        self.run("init --rehearsal").with(0);
        self.at("2026-01-05", "offer publish exam-replay").with(0);
        self.at("2026-01-05", "exam EX-1 --categories associate --deliveries online").with(0);
        self
    }

    /// Calls the binary with words that have no blanks in them.
    pub(crate) fn run(&self, words: &str) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
        command.current_dir(repository()).env_remove("RESIT_ACTOR").env("RESIT_LEDGER", &self.folder);
        let Output { status, stdout, stderr } = command.args(words.split_whitespace()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    /// Calls it with a clock of its own.
    pub(crate) fn at(&self, instant: &str, words: &str) -> Answer {
        self.run(&format!("--clock {instant} {words}"))
    }

    /// Calls it with a clock of its own, for JSON.
    pub(crate) fn json_at(&self, instant: &str, words: &str) -> Answer {
        self.run(&format!("--output json --clock {instant} {words}"))
    }

    /// Issues a voucher and returns its id and its code.
    #[track_caller]
    pub(crate) fn issue(&self, order: &str) -> (String, String) {
        let reply = self.json_at("2026-01-05", &format!("issue exam-replay --order {order}")).with(0).json();
        let text = |pointer: &str| reply.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        (text("/codes/0/voucher"), text("/codes/0/code"))
    }

    /// Everything on record.
    pub(crate) fn dump(&self) -> String {
        self.run("log dump").with(0).out
    }
}

/// The repository's folder.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

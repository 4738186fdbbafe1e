//! A server that runs as people run it, and the words that are said to it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::shell::{Shell, repository};

/// `resit serve`, listening.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    /// What it says after it began to listen.
    pub(crate) out: BufReader<ChildStdout>,
}

impl Server {
    /// Serves the ledger in a folder, and waits until it listens.
    #[track_caller]
    pub(crate) fn of(folder: &Path, flags: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
        command.current_dir(repository()).env("RESIT_LEDGER", folder).env_remove("RESIT_LOG");
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(flags.split_whitespace());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let url = line.split(['\n', ' ', ',']).find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("the server said {line:?}")).to_owned();
        Self { child, url, out }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended, and returns its exit code; none if a signal ended it.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Asks it to stop, and waits until it has.
    #[track_caller]
    pub(crate) fn stop(self) {
        self.signal("-TERM");
        assert_eq!(self.ended(), Some(0));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Shell {
    /// Serves its ledger.
    #[track_caller]
    pub(crate) fn serve(&self) -> Server {
        Server::of(&self.folder, "")
    }
}

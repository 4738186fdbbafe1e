//! A server that runs as people run it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// `resit serve`, listening.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// What it says after it began to listen.
    pub out: BufReader<ChildStdout>,
}

impl Server {
    /// Serves the ledger in a folder by this binary, and waits until it listens.
    #[track_caller]
    pub fn of(binary: &Path, folder: &Path, flags: &str) -> Self {
        let mut command = Command::new(binary);
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        command.current_dir(repository).env("RESIT_LEDGER", folder).env_remove("RESIT_LOG");
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(flags.split_whitespace());
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the server runs");
        let mut out = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("its output can be read");
        let url = line.split(['\n', ' ', ',']).find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("the server said {line:?}")).to_owned();
        Self { child, url, out }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.pid().to_string()]).status();
        assert!(sent.expect("signals can be sent").success(), "{name} was not sent");
    }

    /// Waits until it has ended, and returns its exit code; none if a signal ended it.
    pub fn ended(mut self) -> Option<i32> {
        self.child.wait().expect("it can be waited for").code()
    }

    /// Asks it to stop, and says how it ended; it has this long.
    #[track_caller]
    pub fn stops_within(mut self, span: Duration) -> Option<i32> {
        self.signal("-TERM");
        ended_within(&mut self.child, span).unwrap_or_else(|| panic!("it did not end within {span:?}"))
    }

    /// Asks it to stop, and waits until it has.
    #[track_caller]
    pub fn stop(self) {
        self.signal("-TERM");
        assert_eq!(self.ended(), Some(0), "it stops in good order");
    }

    /// Kills it, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        assert_eq!(self.ended(), None, "it was killed");
    }
}

/// How a process ended, with its exit code if no signal ended it; none if it did not end by itself in time, and was killed.
pub fn ended_within(child: &mut Child, span: Duration) -> Option<Option<i32>> {
    let id = child.id().to_string();
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        scope.spawn(move || tell.send(child.wait().expect("it can be waited for").code()));
        let ended = told.recv_timeout(span).ok();
        if ended.is_none() {
            Command::new("kill").args(["-KILL", &id]).status().expect("signals can be sent");
        }
        ended
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

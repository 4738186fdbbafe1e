//! A role's process.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How every process of a ledger is called.
#[derive(Debug, Clone)]
pub(super) struct Binary {
    pub(super) path: PathBuf,
    pub(super) ledger: &'static str,
    pub(super) replicas: &'static str,
    /// Where each process has a folder.
    pub(super) folders: PathBuf,
}

/// A role at work, as long as this lives.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Where it listens.
    pub(super) url: String,
}

impl Binary {
    /// A call of it for the ledger on these servers, with a folder of this name.
    pub(super) fn call(&self, servers: &str, folder: &str) -> Command {
        let mut command = Command::new(&self.path);
        command.env("RESIT_LEDGER", self.folders.join(folder)).env("RESIT_NATS", servers);
        command.env("RESIT_NATS_LEDGER", self.ledger).env("RESIT_NATS_REPLICAS", self.replicas);
        command.env_remove("RESIT_LOG").current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        command
    }

    /// Calls it, and waits until it has done what the words say.
    #[track_caller]
    pub(super) fn done(&self, servers: &str, folder: &str, words: &str) {
        let output = self.call(servers, folder).args(words.split_whitespace()).output().expect("it runs");
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts a role, and waits until it is at work.
    #[track_caller]
    pub(super) fn start(&self, role: &str, servers: &str, folder: &str) -> Process {
        let log =
            std::fs::File::create(self.folders.join(format!("{folder}.log"))).expect("a file for its log");
        let mut command = self.call(servers, folder);
        command.args([role, "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("it runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("it says where it is");
        let url = line.split(['\n', ' ', ',']).find(|word| word.starts_with("http://"));
        let said = || std::fs::read_to_string(self.folders.join(format!("{folder}.log"))).unwrap_or_default();
        let url = url.unwrap_or_else(|| panic!("{role} said {line:?}\n{}", said())).to_owned();
        Process { child, url }
    }
}

impl Process {
    /// Sends it a signal.
    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.expect("signals can be sent").success(), "{name} was not sent");
    }

    /// Kills it.
    pub(super) fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to stop, and waits until it has.
    pub(super) fn stop(&mut self) {
        self.signal("-TERM");
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0), "it stops in good order");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // What failed leaves nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

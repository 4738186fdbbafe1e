//! Processes of this binary, and the NATS server between them.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use resit_nats::layout::{Layout, apply};
use resit_nats::{Link, Settings};
use resit_nats_fixture::{NatsServer, ServerConfig};

/// A ledger on a NATS server: its streams are there, and nobody works on it yet.
pub(crate) struct Ledger {
    pub(crate) server: NatsServer,
    name: &'static str,
    folders: tempfile::TempDir,
}

/// A role's process, as long as this lives.
pub(crate) struct Process {
    child: Child,
    /// Where it listens, if it does.
    pub(crate) url: String,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ledger {
    /// A ledger for rehearsals.
    pub(crate) fn rehearsal() -> Self {
        Self::named("rehearsal")
    }

    /// A ledger of this name.
    pub(crate) fn named(name: &'static str) -> Self {
        let server = NatsServer::start(ServerConfig::default());
        let ledger = Self { server, name, folders: tempfile::tempdir().unwrap() };
        waited(async {
            let link = ledger.link().await;
            apply(&link, &Layout::of(&link.names, 1, &[])).await.unwrap();
        });
        ledger.run("init", "handler").with(0);
        ledger
    }

    pub(crate) async fn link(&self) -> Link {
        Link::connect(Settings::open(&self.server.url(), self.name.parse().unwrap())).await.unwrap()
    }

    /// A folder of one of its processes.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.folders.path().join(name)
    }

    fn command(&self, folder: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        command.current_dir(repository).env_remove("RESIT_ACTOR").env_remove("RESIT_LOG");
        command.env("RESIT_LEDGER", self.folder(folder)).env("RESIT_NATS", self.server.url());
        command.env("RESIT_NATS_LEDGER", self.name).env("RESIT_DURABILITY", "relaxed");
        command
    }

    /// Calls the binary with words that have no blanks in them.
    pub(crate) fn run(&self, words: &str, folder: &str) -> Answer {
        let output = self.command(folder).args(words.split_whitespace()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        Answer { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts a role in a folder of its own, and waits until it is at work.
    #[track_caller]
    pub(crate) fn start(&self, role: &str, folder: &str) -> Process {
        let mut command = self.command(folder);
        command.args([role, "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split(['\n', ' ', ',']).find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("{role} said {line:?}")).to_owned();
        Process { child, url }
    }

    /// One process of each role, the gateway last.
    pub(crate) fn all(&self) -> Vec<Process> {
        ["command-handler", "projector", "expiry-scheduler", "gateway"]
            .map(|role| self.start(role, role.strip_prefix("command-").unwrap_or(role)))
            .into()
    }
}

impl Answer {
    /// The answer, which must have this exit code.
    #[track_caller]
    pub(crate) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

impl Process {
    /// Sends it a signal.
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "{name} was not sent");
    }

    /// Asks it to stop, and waits until it has.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        self.signal("-TERM");
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "it stops in good order");
    }

    /// Asks it to stop, and says how it ended.
    #[track_caller]
    pub(crate) fn stops_within(mut self, span: Duration) -> Option<i32> {
        self.signal("-TERM");
        let id = self.child.id().to_string();
        let ended = std::thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let child = &mut self.child;
            scope.spawn(move || tell.send(child.wait().unwrap().code()).unwrap());
            told.recv_timeout(span).map_err(|_| {
                Command::new("kill").args(["-KILL", &id]).status().unwrap();
                told.recv().unwrap()
            })
        });
        ended.unwrap_or_else(|_| panic!("it did not end within {span:?}"))
    }

    /// What it answers to `GET`.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A test that failed leaves nothing running, and nothing paused.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The outcome of a future, on this thread.
pub(crate) fn waited<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

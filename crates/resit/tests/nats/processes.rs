//! A NATS server, and the processes of a ledger on it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use resit_nats::layout::{Layout, apply};
use resit_nats::{Link, Settings};
use resit_nats_fixture::{NatsServer, ServerConfig};
pub(crate) use resit_tests::process::{Answer, Binary, Process};

/// What a caller is promised, and what this machine may take for it.
pub(crate) const ANSWER_MAX: Duration = Duration::from_secs(15 + 10);

/// A ledger on a NATS server: its streams are there, and nobody works on it yet.
pub(crate) struct Ledger {
    pub(crate) server: NatsServer,
    pub(crate) binary: Binary,
    name: &'static str,
    folders: tempfile::TempDir,
}

impl Ledger {
    /// A ledger for rehearsals.
    pub(crate) fn rehearsal() -> Self {
        Self::named("rehearsal")
    }

    /// A ledger of this name. Nobody has to wait for its server to sync.
    pub(crate) fn named(name: &'static str) -> Self {
        Self::kept(name, "relaxed")
    }

    /// A ledger whose server has to prove that it syncs.
    pub(crate) fn durable() -> Self {
        Self::kept("shop", "durable")
    }

    fn kept(name: &'static str, durability: &str) -> Self {
        let server = NatsServer::start(ServerConfig::default());
        let folders = tempfile::tempdir().unwrap();
        let binary = binary(folders.path(), &[("RESIT_NATS_LEDGER", name), ("RESIT_DURABILITY", durability)]);
        let ledger = Self { server, binary, name, folders };
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

    /// Calls the binary with words that have no blanks in them.
    pub(crate) fn run(&self, words: &str, folder: &str) -> Answer {
        self.binary.run(&self.server.url(), folder, words)
    }

    /// Starts a role in a folder of its own, and waits until it is at work.
    #[track_caller]
    pub(crate) fn start(&self, role: &str, folder: &str) -> Process {
        self.binary.start(role, &self.server.url(), folder)
    }

    /// One process of each role, the gateway last.
    pub(crate) fn all(&self) -> Vec<Process> {
        ["command-handler", "projector", "expiry-scheduler", "gateway"]
            .map(|role| self.start(role, role.strip_prefix("command-").unwrap_or(role)))
            .into()
    }
}

/// The binary, with folders and settings.
pub(crate) fn binary(folders: &Path, settings: &[(&'static str, &str)]) -> Binary {
    let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Binary { path: env!("CARGO_BIN_EXE_resit").into(), folders: folders.to_owned(), settings }
}

/// The same, as it is called without any ledger.
pub(crate) fn alone() -> Command {
    Command::new(env!("CARGO_BIN_EXE_resit"))
}

/// Asks them to stop, one after the other, and waits until they have.
#[track_caller]
pub(crate) fn stopped(processes: Vec<Process>) {
    for mut process in processes {
        process.stop();
    }
}

/// The outcome of a future, on this thread.
pub(crate) fn waited<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// What somebody gets, who does not wait for longer than that.
#[track_caller]
pub(crate) fn within<T: Send>(span: Duration, ask: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        scope.spawn(move || tell.send(ask()));
        told.recv_timeout(span).unwrap_or_else(|_| panic!("no answer within {span:?}"))
    })
}

//! All that is at work.

use std::path::Path;
use std::time::Duration;

use resit_nats::{Link, Settings};
use resit_nats_fixture::{Cluster, ServerConfig};
use tempfile::TempDir;

use crate::process::{Binary, Process};

/// How often, and how many times, it is looked who works.
const PACE: Duration = Duration::from_millis(250);
const TRIES: u32 = 480;

/// A ledger whose clock goes with its commands.
const LEDGER: &str = "rounds-rehearsal";

/// Servers, roles, and how they are called.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) servers: Cluster,
    pub(super) binary: Binary,
    pub(super) handlers: [Process; 2],
    pub(super) schedulers: [Process; 2],
    pub(super) projectors: [Process; 2],
    pub(super) gateway: Process,
    pub(super) _folders: TempDir,
}

impl Stage {
    /// Starts everything.
    pub(super) async fn set(binary: &Path) -> Self {
        let servers = Cluster::start(&ServerConfig::that_proves_durability()).await;
        let folders = tempfile::tempdir().expect("a folder for the roles");
        let (path, folders_at) = (binary.to_owned(), folders.path().to_owned());
        let settings = [("RESIT_NATS_LEDGER", LEDGER), ("RESIT_NATS_REPLICAS", "3")];
        let settings = settings.map(|(name, value)| (name, value.to_owned())).to_vec();
        let binary = Binary { path, folders: folders_at, settings };
        let url = servers.url();
        binary.run(&url, "key", "init").with(0);
        binary.run(&url, "key", "nats apply").with(0);
        for folder in ["handler-0", "handler-1", "handler-2"] {
            std::fs::create_dir(folders.path().join(folder)).expect("a folder of its own");
            let key = folders.path().join(folder).join("code.key");
            std::fs::copy(folders.path().join("key/code.key"), key).expect("all handlers have one key");
        }
        let start = |role: &str, name: &str| [0, 1].map(|n| binary.start(role, &url, &format!("{name}-{n}")));
        let handlers = start("command-handler", "handler");
        let schedulers = start("expiry-scheduler", "scheduler");
        let projectors = start("projector", "projector");
        let gateway = binary.start("gateway", &url, "gateway");
        Self { servers, binary, handlers, schedulers, projectors, gateway, _folders: folders }
    }

    /// A way to the ledger by these servers.
    pub(super) async fn link(&self, servers: &str) -> Link {
        let ledger = LEDGER.parse().expect("a name");
        let settings = Settings { replicas: 3, ..Settings::open(servers, ledger) };
        Link::connect(settings).await.expect("a server takes clients")
    }

    /// Which server leads the ledger's stream.
    pub(super) async fn leader(&self) -> usize {
        let link = self.link(&self.servers.url()).await;
        let info = link.jetstream.get_stream(link.names.ledger_stream()).await.expect("the stream is there");
        let leader = info.cached_info().cluster.as_ref().and_then(|cluster| cluster.leader.clone());
        let leader = leader.expect("a stream of three has a leader");
        self.servers.servers.iter().position(|server| server.name() == leader).expect("it is one of them")
    }

    /// Which scheduler has the lease. Neither may have it for a moment.
    pub(super) async fn working_scheduler(&self) -> usize {
        let mut pace = tokio::time::interval(PACE);
        for _ in 0..TRIES {
            pace.tick().await;
            for n in 0..2 {
                if self.works(n).await {
                    return n;
                }
            }
        }
        panic!("no scheduler works");
    }

    /// Waits until the other scheduler works.
    pub(super) async fn other_works(&self, n: usize) {
        let mut pace = tokio::time::interval(PACE);
        for _ in 0..TRIES {
            pace.tick().await;
            if self.works(1 - n).await {
                return;
            }
        }
        panic!("the other scheduler did not take over");
    }

    /// Whether a scheduler has the lease: the lease names its holder, and so does the holder's log.
    async fn works(&self, n: usize) -> bool {
        let link = self.link(&self.servers.url()).await;
        let Ok(leases) = link.jetstream.get_key_value(link.names.leases_bucket()).await else { return false };
        let Ok(Some(holder)) = leases.get("expiry-scheduler").await else { return false };
        let log = std::fs::read_to_string(self.binary.folders.join(format!("scheduler-{n}.log")));
        log.expect("it has a log").contains(&*String::from_utf8_lossy(&holder))
    }
}

/// How many lines of each log are shown when something is wrong.
const LINES: usize = 12;

impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let roles =
            std::fs::read_dir(&self.binary.folders).into_iter().flatten().flatten().map(|entry| entry.path());
        let logs = roles.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
        for log in logs.chain(self.servers.servers.iter().map(resit_nats_fixture::NatsServer::log_file)) {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            let lines: Vec<&str> = text.lines().rev().take(LINES).collect();
            let lines: Vec<&str> = lines.into_iter().rev().collect();
            #[expect(clippy::print_stderr, reason = "the test has failed, and this says where to look")]
            {
                eprintln!("== {}\n{}", log.display(), lines.join("\n"));
            }
        }
    }
}

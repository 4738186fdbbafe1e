//! Servers that can be cut off from each other, and processes beside each of them.

use std::path::Path;

use resit_nats::{Link, Settings};
use resit_nats_fixture::{Cluster, ServerConfig};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::process::{Binary, Process};

const LEDGER: &str = "shop";

/// How often streams are asked for; each time takes a second or so while a server is missing.
const APPLIED_MAX: u32 = 100;

/// All that is at work.
pub(super) struct Stage {
    pub(super) servers: Cluster,
    handlers: Vec<Process>,
    gateways: Vec<Process>,
    runtime: Runtime,
    _folders: TempDir,
}

impl Stage {
    pub(super) fn set(binary: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let servers = runtime.block_on(Cluster::start_divisible(&ServerConfig::default()));
        let folders = tempfile::tempdir().expect("a folder for the roles");
        let settings = [("RESIT_NATS_LEDGER", LEDGER), ("RESIT_NATS_REPLICAS", "3")];
        let settings = settings.map(|(name, value)| (name, value.to_owned())).to_vec();
        let binary = Binary { path: binary.to_owned(), folders: folders.path().to_owned(), settings };
        binary.run(&servers.url(), "key", "init").with(0);
        // The last of the servers may not have joined the others yet.
        let mut applying = (0..APPLIED_MAX).map(|_| binary.run(&servers.url(), "key", "nats apply"));
        assert!(applying.any(|answer| answer.code == 0), "three servers take a stream that all three keep");
        let beside = |role: &str, name: &str| {
            let start = |n: usize| {
                let folder = folders.path().join(format!("{name}-{n}"));
                std::fs::create_dir_all(&folder).expect("a folder of its own");
                std::fs::copy(folders.path().join("key/code.key"), folder.join("code.key")).expect("one key");
                binary.start(role, &servers.servers[n].url(), &format!("{name}-{n}"))
            };
            (0..3).map(start).collect()
        };
        let (handlers, gateways) = (beside("command-handler", "handler"), beside("gateway", "gateway"));
        Self { servers, handlers, gateways, runtime, _folders: folders }
    }

    /// The gateway beside a server: what it is asked goes to the handler beside the same server.
    pub(super) fn gateway(&self, server: usize) -> &Process {
        &self.gateways[server]
    }

    /// Which server leads the ledger's stream.
    pub(super) fn leader(&self) -> usize {
        let settings = Settings::open(&self.servers.url(), LEDGER.parse().expect("a name"));
        let leader = self.runtime.block_on(async {
            let link = Link::connect(settings).await.expect("a server takes clients");
            let info = link.jetstream.get_stream(link.names.ledger_stream()).await;
            let info = info.expect("the stream is there");
            info.cached_info().cluster.as_ref().and_then(|cluster| cluster.leader.clone())
        });
        let leader = leader.expect("a stream of three has a leader");
        self.servers.servers.iter().position(|server| server.name() == leader).expect("it is one of them")
    }

    pub(super) fn stop(self) {
        for mut process in self.gateways.into_iter().chain(self.handlers) {
            process.stop();
        }
    }
}

//! Servers that are run by the files that a deployment runs them by.

use std::path::Path;

use tempfile::TempDir;

use crate::Ports;
use crate::server::Running;

/// Servers of one deployment, as long as this lives.
#[derive(Debug)]
pub struct Deployed {
    servers: Vec<Option<Running>>,
    ports: Vec<Ports>,
    _folder: TempDir,
}

impl Deployed {
    /// Starts a server by each of these files, in one cluster. `tls` is a folder with `ca.pem`, `server.pem` and `server.key`.
    pub fn start(configs: &[&Path], tls: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the servers");
        let ports: Vec<Ports> = configs.iter().map(|_| Ports::free()).collect();
        let server = |(n, config): (usize, &&Path)| {
            let log = folder.path().join(format!("{n}.log"));
            Some(Running::start(config, &variables(n, &ports, folder.path(), tls), &log))
        };
        let servers = configs.iter().enumerate().map(server).collect();
        Self { servers, ports, _folder: folder }
    }

    /// Where clients find them, as one text.
    pub fn url(&self) -> String {
        let urls = self.ports.iter().map(|ports| format!("tls://127.0.0.1:{}", ports.client));
        urls.collect::<Vec<_>>().join(",")
    }

    /// Their ports.
    pub fn ports(&self) -> &[Ports] {
        &self.ports
    }

    /// Has each read its files again.
    pub fn reload(&self) {
        self.servers.iter().flatten().for_each(|server| server.signal("-HUP"));
    }

    /// Kills one.
    pub fn kill(&mut self, n: usize) {
        drop(self.servers[n].take());
    }
}

/// What a deployment tells a server by its environment.
fn variables(n: usize, ports: &[Ports], folder: &Path, tls: &Path) -> Vec<(String, String)> {
    let at = |port: u16| format!("127.0.0.1:{port}");
    let file = |name: &str| tls.join(name).display().to_string();
    let own = [
        ("NATS_LISTEN", at(ports[n].client)),
        ("NATS_MONITOR", at(ports[n].monitor)),
        ("NATS_ROUTE_LISTEN", at(ports[n].route)),
        ("NATS_STORE", folder.join(n.to_string()).display().to_string()),
        ("NATS_MAX_STORE", "32GB".to_owned()),
        ("NATS_CERTIFICATE_FILE", file("server.pem")),
        ("NATS_KEY_FILE", file("server.key")),
        ("NATS_CA_FILE", file("ca.pem")),
    ];
    let routes = ports
        .iter()
        .enumerate()
        .map(|(n, ports)| (format!("NATS_ROUTE_{}", n + 1), format!("nats://127.0.0.1:{}", ports.route)));
    own.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(routes).collect()
}

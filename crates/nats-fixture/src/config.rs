//! What a server is told.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};

/// Where the ports of tests begin, and how many they are.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;

/// The ports of a server on 127.0.0.1.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// For clients.
    pub client: u16,
    /// For monitoring, over HTTP.
    pub monitor: u16,
    /// For other servers.
    pub route: u16,
}

impl Ports {
    /// Ports that were free a moment ago.
    ///
    /// # Panics
    ///
    /// If this machine has none.
    pub fn free() -> Self {
        let [client, monitor, route] = [(); 3].map(|()| free_port());
        Self { client, monitor, route }
    }
}

/// A port that nobody listens on, outside of those that the system gives to connections: one of these could take it before
/// the server does. No two of a process are the same.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 120).expect("it is small") * 100;
    for _ in 0..PORTS {
        let nth = (first + NEXT.fetch_add(1, Ordering::Relaxed) % PORTS) % PORTS;
        if TcpListener::bind(("127.0.0.1", FIRST_PORT + nth)).is_ok() {
            return FIRST_PORT + nth;
        }
    }
    panic!("no port from {FIRST_PORT} on is free");
}

/// Everybody is let in, into an account that may ask servers how they keep what they acknowledge.
const OPEN: &str = r#"accounts {
  SYS {
    users: [{user: "system", password: "system"}]
    exports: [{service: "$SYS.REQ.SERVER.PING.JSZ", response_type: "stream", accounts: [LEDGER]}]
  }
  LEDGER {
    jetstream: enabled
    users: [{user: "tests", password: "tests"}]
    imports: [{service: {account: SYS, subject: "$SYS.REQ.SERVER.PING.JSZ"}}]
  }
}
system_account: SYS
no_auth_user: "tests"
"#;

/// How a server is run. The default is one alone that syncs before it acknowledges, and lets everybody in.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Its name.
    pub name: String,
    /// Whether it syncs before it acknowledges.
    pub syncs_always: bool,
    /// Lines that are added to its configuration: TLS, accounts. Without accounts here everybody is let in.
    pub more: String,
    /// The route ports of all servers of its cluster; empty for one alone.
    pub routes: Vec<u16>,
    /// Where servers are told that this one takes routes, if it is not where it listens.
    pub advertises: Option<String>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            name: "one".into(),
            syncs_always: true,
            more: String::new(),
            routes: Vec::new(),
            advertises: None,
        }
    }
}

/// Everybody is let in, and may ask how servers keep what they acknowledge.
const ACCOUNTS: &str = r#"
system_account: SYS
accounts {
  SYS {
    users: [{user: system, password: system}]
    exports: [{service: "$SYS.REQ.SERVER.PING.JSZ", response_type: stream}]
  }
  LEDGER {
    jetstream: enabled
    users: [{user: anybody, password: anybody}]
    imports: [{service: {account: SYS, subject: "$SYS.REQ.SERVER.PING.JSZ"}}]
  }
}
no_auth_user: anybody
"#;

impl ServerConfig {
    /// One that lets everybody in, and proves to everybody that it syncs.
    pub fn that_proves_durability() -> Self {
        Self { more: ACCOUNTS.into(), ..Self::default() }
    }

    /// Whether clients need no name.
    pub(crate) fn lets_everybody_in(&self) -> bool {
        self.more.is_empty() || self.more.contains("no_auth_user")
    }

    /// The text of its configuration.
    pub(crate) fn text(&self, folder: &Path, ports: Ports) -> String {
        let Self { name, syncs_always, more, routes, advertises } = self;
        let Ports { client, monitor, route } = ports;
        let sync = if *syncs_always { "sync_interval: always" } else { "" };
        let mut text = format!(
            "server_name: {name:?}\nlisten: \"127.0.0.1:{client}\"\nhttp: \"127.0.0.1:{monitor}\"\n\
             max_payload: 8MB\nmax_pending: 256MB\n\
             jetstream {{\n  store_dir: \"{}\"\n  max_memory_store: 64MB\n  max_file_store: 32GB\n  {sync}\n}}\n",
            folder.display()
        );
        if !routes.is_empty() {
            let routes = routes
                .iter()
                .map(|port| format!("\"nats://127.0.0.1:{port}\""))
                .collect::<Vec<_>>()
                .join(", ");
            let advertise =
                advertises.as_ref().map(|to| format!("  advertise: {to:?}\n")).unwrap_or_default();
            let cluster = format!(
                "cluster {{\n  name: tests\n  listen: \"127.0.0.1:{route}\"\n  routes: [{routes}]\n{advertise}}}\n"
            );
            text.write_str(&cluster).expect("a text takes a text");
        }
        if !more.contains("accounts") {
            text += OPEN;
        }
        text + more
    }
}

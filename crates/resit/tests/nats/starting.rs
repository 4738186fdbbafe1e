//! A role that can't begin says so in time, and ends at the first word while it tries.

use std::net::TcpListener;
use std::time::Duration;

use nkeys::KeyPair;
use resit_nats_fixture::{NatsServer, Ports, ServerConfig};
use resit_tests::process::{Binary, Process};

use crate::processes::binary;

const ROLES: [&str; 5] = ["command-handler", "projector", "expiry-scheduler", "intake", "gateway"];

/// What a role may take to end that is told to, and is not at work yet; on a machine that does much else.
const STOP_MAX: Duration = Duration::from_secs(5);

/// What it may take to give up by itself, likewise.
const GIVE_UP_MAX: Duration = Duration::from_secs(30 + 10);

/// Waits until a role has logged this.
fn until_logged(process: &Process, words: &str) {
    while !process.logged().contains(words) {
        std::thread::yield_now();
    }
}

/// A binary whose handlers have a key.
fn with_key(folders: &tempfile::TempDir) -> Binary {
    let binary = binary(folders.path(), &[("RESIT_NATS_REPLICAS", "1")]);
    for role in ROLES {
        binary.run("nats://127.0.0.1:1", role, "init").with(0);
    }
    binary
}

#[test]
fn roles_end_at_the_first_word_while_nobody_speaks() {
    let folders = tempfile::tempdir().unwrap();
    let binary = with_key(&folders);
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("nats://{}", deaf.local_addr().unwrap());
    for role in ROLES {
        let process = binary.begin(role, &url, role);
        // It has come so far that it waits for a first word.
        let connection = deaf.accept().unwrap();
        assert_eq!(process.stops_within(STOP_MAX), Some(0), "{role}");
        drop(connection);
    }
    let waiting = ROLES.map(|role| (role, binary.begin(role, &url, role)));
    for (role, process) in waiting {
        assert_eq!(process.ends_within(GIVE_UP_MAX), Some(3), "{role}");
        let said = std::fs::read_to_string(folders.path().join(format!("{role}.log"))).unwrap();
        assert!(said.contains("are they running"), "{said}");
    }
}

#[test]
fn roles_end_where_nothing_was_laid_out() {
    let server = NatsServer::start(ServerConfig::default());
    let folders = tempfile::tempdir().unwrap();
    let binary = with_key(&folders);
    for role in ["command-handler", "projector", "expiry-scheduler", "intake"] {
        let process = binary.begin(role, &server.url(), role);
        assert_eq!(process.ends_within(GIVE_UP_MAX), Some(3), "{role}");
        let said = std::fs::read_to_string(folders.path().join(format!("{role}.log"))).unwrap();
        assert!(said.contains("`resit nats apply` makes it"), "{said}");
    }
    // A gateway needs nothing there: it waits for those who do.
    let gateway = binary.start("gateway", &server.url(), "gateway");
    assert_eq!(gateway.get("/health/ready").0, 503);
    assert_eq!(gateway.stops_within(STOP_MAX), Some(0));
}

#[test]
fn roles_end_where_no_server_leads() {
    // One of three, alone: it lets them in, and has nothing to say of streams.
    let ports = [Ports::free(), Ports::free()].map(|ports| ports.route);
    let server = NatsServer::start(ServerConfig { routes: ports.to_vec(), ..ServerConfig::default() });
    let folders = tempfile::tempdir().unwrap();
    let binary = with_key(&folders);
    let roles = ["command-handler", "projector", "expiry-scheduler", "intake"];
    for role in roles {
        let process = binary.begin(role, &server.url(), role);
        until_logged(&process, "the way to NATS: connected");
        assert_eq!(process.stops_within(STOP_MAX), Some(0), "{role}");
    }
    let waiting = roles.map(|role| (role, binary.begin(role, &server.url(), role)));
    for (role, process) in waiting {
        assert_eq!(process.ends_within(GIVE_UP_MAX), Some(3), "{role}");
    }
}

#[test]
fn roles_of_an_account_without_jetstream_say_so() {
    let folders = tempfile::tempdir().unwrap();
    let (key, seed) = (KeyPair::new_user(), folders.path().join("system.nk"));
    std::fs::write(&seed, key.seed().unwrap()).unwrap();
    let accounts = format!(
        "accounts {{\n  SYS {{ users: [{{nkey: {}}}] }}\n  LEDGER {{ jetstream: enabled }}\n}}\nsystem_account: SYS\n",
        key.public_key()
    );
    let server = NatsServer::start(ServerConfig { more: accounts, ..ServerConfig::default() });
    let mut binary = with_key(&folders);
    binary.settings.push(("RESIT_NATS_NKEY_FILE", seed.display().to_string()));
    for role in ["command-handler", "projector", "expiry-scheduler", "intake"] {
        let process = binary.begin(role, &server.url(), role);
        assert_eq!(process.ends_within(GIVE_UP_MAX), Some(3), "{role}");
        let said = std::fs::read_to_string(folders.path().join(format!("{role}.log"))).unwrap();
        assert!(said.contains("the account of this user has no JetStream"), "{said}");
    }
    let url = server.url().replace("nats://", "nats://system:secret@");
    let told = binary.run(&url, "projector", "projector").with(2).err;
    assert!(told.contains("an address names no user") && !told.contains("secret"), "{told}");
}

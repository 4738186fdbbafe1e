//! The three servers of the compose file as processes, by the configuration that lies in `deploy/nats`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use resit_nats::{Credentials, Link, Settings};
use resit_nats_fixture::Deployed;
use tempfile::TempDir;

use super::deploy;
use crate::shell::{Answer, Shell, repository};

/// Those whom `deploy/nats` lets in.
const USERS: &str = "purchase:shop,delivery:provider,support:desk,reporting:bi,operator:chief";

/// Three servers, with keys and certificates of their own.
pub(super) struct ThreeServers {
    pub(super) servers: Deployed,
    folder: TempDir,
}

impl ThreeServers {
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().display();
        Shell::nowhere().run(&format!("nats users --to {to} --user {USERS}")).with(0);
        for file in ["n1.conf", "n2.conf", "n3.conf", "common.conf", "permissions.conf"] {
            let (written, there) = (fs::read(folder.path().join(file)), fs::read(deploy("nats").join(file)));
            assert!(written.unwrap() == there.unwrap(), "deploy/nats/{file} is not what was written");
        }
        let tls = folder.path().join("tls");
        let made =
            Command::new(deploy("nats/certificates.sh")).arg(&tls).output().expect("sh and openssl run");
        assert!(made.status.success(), "{made:?}");
        let configs = ["n1.conf", "n2.conf", "n3.conf"].map(|name| folder.path().join(name));
        let configs: Vec<&Path> = configs.iter().map(PathBuf::as_path).collect();
        Self { servers: Deployed::start(&configs, &tls), folder }
    }

    /// A call of the binary by one of the users.
    pub(super) fn command(&self, user: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
        command.current_dir(repository()).env_remove("RESIT_ACTOR").env("RESIT_LOG", "warn");
        command.env("RESIT_LEDGER", self.place_of(user));
        command.env("RESIT_NATS", self.servers.url()).env("RESIT_NATS_USERS", USERS);
        command.env("RESIT_NATS_NKEY_FILE", self.seed(user)).env("RESIT_NATS_CA_FILE", self.ca());
        command.env("RESIT_NATS_INBOX", format!("_INBOX_{user}"));
        command
    }

    /// The folder of a role; those who give commands have the key of codes between them.
    fn place_of(&self, user: &str) -> PathBuf {
        self.folder.path().join("ledger-of").join(if user == "intake" { "command-handler" } else { user })
    }

    fn seed(&self, user: &str) -> PathBuf {
        self.folder.path().join(format!("keys/{user}.nk"))
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("tls/ca.pem")
    }

    /// A connection of one of the users.
    pub(super) async fn link(&self, user: &str) -> Link {
        let settings = Settings {
            credentials: Credentials::NkeyFile(self.seed(user)),
            inbox_prefix: Some(format!("_INBOX_{user}")),
            ca_file: Some(self.ca()),
            ..Settings::open(&self.servers.url(), "resit".parse().unwrap())
        };
        Link::connect(settings).await.unwrap()
    }

    pub(super) fn run(&self, user: &str, words: &str) -> Answer {
        let output = self.command(user).args(words.split_whitespace()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Lets somebody else in as well.
    pub(super) fn let_in(&self, user: &str) {
        let to = self.folder.path().display();
        Shell::nowhere().run(&format!("nats users --to {to} --user {USERS},{user}")).with(0);
        self.servers.reload();
    }

    /// Makes what the ledger needs, as soon as the servers have found each other.
    pub(super) fn apply(&self) {
        until(|| self.run("admin", "nats apply").code == 0);
    }
}

/// Asks again and again; each time takes as long as servers take to answer.
#[track_caller]
fn until(is_so: impl Fn() -> bool) {
    assert!((0..60).any(|_| is_so()), "it never was");
}

#[test]
fn they_become_one_that_a_ledger_can_be_laid_out_on_and_may_lose_one() {
    let mut three = ThreeServers::start();
    three.apply();
    three.run("admin", "nats check").with(0);
    let checked = three.run("operator_chief", "--output json nats check").with(0).json();
    assert_eq!((&checked["sound"], &checked["durability"]), (&true.into(), &"durable".into()));
    let told = three.run("operator_chief", "nats apply --user purchase:other").with(2).err;
    assert!(told.contains("CONSUMER.CREATE.resit-outcomes.outcomes-other"), "{told}");
    three.run("gateway", "nats check").with(2);
    three.let_in("operator:another");
    until(|| three.run("operator_another", "nats check").code == 0);
    three.servers.kill(2);
    until(|| three.run("admin", "nats check").code == 0);
}

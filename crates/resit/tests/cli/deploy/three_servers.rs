//! The three servers of the compose file as processes, by the configuration that lies in `deploy/nats`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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
        command.env("RESIT_LEDGER", self.folder.path().join("ledger-of").join(user));
        command.env("RESIT_NATS", self.servers.url()).env("RESIT_NATS_USERS", USERS);
        command.env("RESIT_NATS_NKEY_FILE", self.folder.path().join(format!("keys/{user}.nk")));
        command.env("RESIT_NATS_CA_FILE", self.folder.path().join("tls/ca.pem"));
        command.env("RESIT_NATS_INBOX", format!("_INBOX_{user}"));
        command
    }

    pub(super) fn run(&self, user: &str, words: &str) -> Answer {
        let output = self.command(user).args(words.split_whitespace()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Answer { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Makes what the ledger needs, as soon as the servers have found each other.
    pub(super) fn apply(&self) {
        for _ in 0..30 {
            if self.run("admin", "nats apply").code == 0 {
                return;
            }
        }
        self.run("admin", "nats apply").with(0);
    }
}

/// A role's process, as long as this lives.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    /// Starts a role with its own key, and waits until it is at work.
    #[track_caller]
    fn start(three: &ThreeServers, role: &str) -> Self {
        let mut command = three.command(role);
        let mut child =
            command.arg(role).env("RESIT_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let url = said.split("http://").nth(1).unwrap_or_else(|| panic!("{role} said {said:?}"));
        let url = url.split([',', '\n']).next().unwrap().to_owned();
        Self { child, url }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_role_works_there_with_its_own_key_and_no_other_right() {
    let mut three = ThreeServers::start();
    three.apply();
    three.run("command-handler", "init").with(0);
    let token = three.run("gateway", "--output json token make --role operator --name chief").with(0).json();
    let roles = ["command-handler", "projector", "expiry-scheduler", "gateway"];
    let running: Vec<Running> = roles.iter().map(|role| Running::start(&three, role)).collect();
    for process in &running {
        Shell::nowhere().run(&format!("health --server http://{}", process.url)).with(0);
    }
    let asked = |words: &str| {
        let (url, token) = (&running[3].url, token["token"].as_str().unwrap());
        Shell::nowhere().run(&format!("--output json --server http://{url} --token {token} {words}"))
    };
    // While the servers choose who leads, the answer is to send it again with the same id.
    let settled = |words: &str| {
        let mut answers = (0..30).map(|_| asked(words));
        answers.find(|answer| answer.code != 3).unwrap_or_else(|| asked(words)).with(0)
    };
    settled("--command-id offer offer publish exam-replay");
    let issued = settled("--command-id first issue exam-replay --order W-1").json();
    three.servers.kill(1);
    let again = settled("--command-id first issue exam-replay --order W-1").json();
    assert_eq!((&again["replayed"], &again["codes"]), (&true.into(), &issued["codes"]));
    settled("--command-id second issue exam-replay --order W-2");
    let listed = settled("look-up --offer exam-replay").json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    settled("verify");
    let refused = Shell::nowhere().run(&format!("--server http://{} status", running[3].url)).with(2).err;
    assert!(refused.contains("token"), "{refused}");
    three.run("projector", "command-handler").with(3);
}

#[test]
fn they_become_one_that_a_ledger_can_be_laid_out_on_and_may_lose_one() {
    let mut three = ThreeServers::start();
    three.apply();
    three.run("admin", "nats check").with(0);
    let checked = three.run("operator_chief", "--output json nats check").with(0).json();
    assert_eq!((&checked["sound"], &checked["durability"]), (&true.into(), &"durable".into()));
    let told = three.run("operator_chief", "nats apply --user purchase:other").with(3).err;
    assert!(told.contains("CONSUMER.CREATE.resit-outcomes.outcomes-other"), "{told}");
    three.run("gateway", "nats check").with(3);
    three.servers.kill(2);
    let mut tries = 0;
    while three.run("admin", "nats check").code != 0 {
        tries += 1;
        assert!(tries < 30, "{:?}", three.run("admin", "nats check"));
    }
}

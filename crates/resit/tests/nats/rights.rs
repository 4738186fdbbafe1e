//! A role shows its own key, or does not begin; and says so when its rights are taken away.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use resit_nats::{Credentials, Link, Settings, User};
use resit_nats_fixture::Deployed;
use resit_tests::process::{Answer, Process};
use tempfile::TempDir;

use crate::processes::alone;

/// A server that lets in the users of a ledger by their keys, and the ledger on it.
pub(crate) struct Guarded {
    server: Deployed,
    folder: TempDir,
    replicas: usize,
}

impl Guarded {
    /// Servers, and nothing on them.
    fn bare_on(servers: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path();
        let words = ["--plain", "--user", "purchase:shop,reporting:bi,operator:chief", "--servers"];
        let mut users = alone();
        users.args(["nats", "users", "--to"]).arg(to).args(words).arg(servers.join(","));
        Answer::of(&mut users).with(0);
        let configs: Vec<PathBuf> = servers.iter().map(|name| to.join(format!("{name}.conf"))).collect();
        let configs: Vec<&Path> = configs.iter().map(PathBuf::as_path).collect();
        Self { server: Deployed::start(&configs, to), folder, replicas: servers.len() }
    }

    /// A server with all that the ledger needs.
    pub(crate) fn laid_out() -> Self {
        Self::laid_out_on(&["one"])
    }

    /// Several servers, each of which keeps everything.
    pub(crate) fn laid_out_on(servers: &[&str]) -> Self {
        let guarded = Self::bare_on(servers);
        let applied =
            (0..60).any(|_| Answer::of(guarded.by("admin", "admin").args(["nats", "apply"])).code == 0);
        assert!(applied, "the servers have found each other");
        Answer::of(guarded.by("command-handler", "command-handler").arg("init")).with(0);
        guarded
    }

    /// A connection of one of the users.
    pub(crate) async fn link(&self, user: &str) -> Link {
        let user: User = user.parse().unwrap();
        let seed = self.folder.path().join(format!("keys/{}.nk", user.slug()));
        let url = self.server.url().replace("tls://", "nats://");
        let settings = Settings {
            credentials: Credentials::NkeyFile(seed),
            inbox_prefix: Some(user.inbox_prefix()),
            ..Settings::open(&url, "resit".parse().unwrap())
        };
        Link::connect(settings).await.unwrap()
    }

    /// A call by whoever shows a user's key, and listens to another's inbox, or to that one's.
    pub(crate) fn by(&self, user: &str, inbox: &str) -> Command {
        let mut command = alone();
        let url = self.server.url().replace("tls://", "nats://");
        command.env_remove("RESIT_LOG").env("RESIT_NATS", url);
        command.env("RESIT_NATS_REPLICAS", self.replicas.to_string());
        command.env("RESIT_NATS_NKEY_FILE", self.folder.path().join(format!("keys/{user}.nk")));
        command.env("RESIT_NATS_INBOX", format!("_INBOX_{inbox}"));
        command.env("RESIT_LEDGER", self.folder.path().join("command-handler"));
        command
    }

    /// A role with a user's key.
    fn role(&self, role: &str, user: &str) -> Process {
        self.process(role, user, &format!("{role}-{user}"))
    }

    /// The same, with a name for its log.
    pub(crate) fn process(&self, role: &str, user: &str, log: &str) -> Process {
        let mut command = self.by(user, user);
        let place = if role == "intake" { "command-handler" } else { role };
        command.env("RESIT_LEDGER", self.folder.path().join(place));
        command.args([role, "--listen", "127.0.0.1:0"]);
        Process::begin(command, self.folder.path().join(format!("{log}.log")))
    }

    /// Changes what the server is told of rights, and has it read that.
    fn permits(&self, change: impl FnOnce(&str) -> String) {
        let file = self.folder.path().join("permissions.conf");
        let changed = change(&fs::read_to_string(&file).unwrap());
        fs::write(&file, changed).unwrap();
        self.server.reload();
    }
}

/// How long a role may take to find out, on a machine that does much else.
const END_MAX: Duration = Duration::from_secs(20);

const ROLES: [&str; 5] = ["command-handler", "projector", "expiry-scheduler", "intake", "gateway"];

#[test]
fn a_role_that_shows_anothers_key_does_not_begin() {
    let guarded = Guarded::laid_out();
    for (role, user) in
        ROLES.into_iter().zip(["projector", "expiry-scheduler", "intake", "command-handler", "reporting_bi"])
    {
        let process = guarded.role(role, user);
        let log = guarded.folder.path().join(format!("{role}-{user}.log"));
        assert_eq!(process.ends_within(END_MAX), Some(2), "{}", fs::read_to_string(&log).unwrap());
        let said = fs::read_to_string(&log).unwrap();
        assert!(said.contains("NATS denies this process to "), "{said}");
        assert!(said.contains(&format!("the seed of the user {role} (--nats-nkey-file)")), "{said}");
    }
    for role in ROLES {
        let process = guarded.role(role, role).at_work();
        assert_eq!(process.stops_within(END_MAX), Some(0), "{role}");
    }
}

#[test]
fn who_listens_to_anothers_inbox_is_told_at_once() {
    let guarded = Guarded::laid_out();
    let mut command = guarded.by("command-handler", "projector");
    let told = Answer::of(command.arg("command-handler")).with(2).err;
    assert!(
        told.contains("_INBOX_projector") && told.contains("--nats-inbox _INBOX_command-handler"),
        "{told}"
    );
    for words in ["nats plan", "nats check"] {
        let mut command = guarded.by("admin", "admin");
        command.env_remove("RESIT_NATS_INBOX").args(words.split(' '));
        let told = Answer::of(&mut command).with(2).err;
        assert!(told.contains("to subscribe to _INBOX.") && told.contains("RESIT_NATS_INBOX"), "{told}");
    }
    // No users at all is what an empty variable says.
    Answer::of(guarded.by("admin", "admin").env("RESIT_NATS_USERS", "").args(["nats", "check"])).with(0);
}

#[test]
fn a_role_whose_rights_are_taken_away_is_not_ready_until_it_has_them_again() {
    let guarded = Guarded::laid_out();
    let projector = guarded.role("projector", "projector").at_work();
    assert_eq!(projector.get("/health/ready").0, 200);
    let asks = "$JS.API.STREAM.INFO.resit-ledger";
    guarded.permits(|text| text.replace(&format!("\"{asks}\""), "\"nothing\""));
    loop {
        let (status, reasons) = projector.get("/health/ready");
        if status == 503 && reasons.contains(&format!("to publish on {asks}")) {
            assert!(reasons.contains("the seed of the user projector"), "{reasons}");
            break;
        }
    }
    guarded.permits(|text| text.replace("\"nothing\"", &format!("\"{asks}\"")));
    while projector.get("/health/ready").0 != 200 {}
    assert_eq!(projector.stops_within(END_MAX), Some(0));
}

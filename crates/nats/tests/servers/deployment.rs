//! Servers by the configuration that the program writes, with TLS, and users with keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use nkeys::KeyPair;
use resit_nats::layout::{Layout, apply};
use resit_nats::{Credentials, Link, Names, Settings, Transport, User, public_keys, server_config};
use resit_nats_fixture::Deployed;
use tempfile::TempDir;

use crate::config::EXAMPLE;

/// One server, with a user of each kind.
pub(crate) struct Deployment {
    pub(crate) server: Deployed,
    folder: TempDir,
}

/// A ledger's users: those of the example, and those that every ledger has.
pub(crate) fn users() -> Vec<User> {
    let mut users: Vec<User> = EXAMPLE.iter().map(|user| user.parse().unwrap()).collect();
    users.extend(User::of_every_ledger());
    users.sort();
    users
}

pub(crate) fn names() -> Names {
    Names::of("resit".parse().unwrap())
}

/// Certificates, made once by the script that a deployment uses.
pub(crate) fn certificates() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let made = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/nats/certificates.sh");
        let ran = Command::new(script).arg(folder.path()).output().expect("openssl and sh run");
        assert!(ran.status.success(), "{ran:?}");
        folder
    });
    made.path()
}

impl Deployment {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<(User, String)> = users()
            .into_iter()
            .map(|user| {
                let pair = KeyPair::new_user();
                fs::write(seed(folder.path(), &user), pair.seed().unwrap()).unwrap();
                (user, pair.public_key())
            })
            .collect();
        let mut files = server_config(&names(), &users(), &["one".to_owned()], Transport::Tls);
        files.push(public_keys(&keys));
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let server = Deployed::start(&[&folder.path().join("one.conf")], certificates());
        Self { server, folder }
    }

    /// The key of a user.
    pub(crate) fn key(&self, user: &User) -> KeyPair {
        KeyPair::from_seed(&fs::read_to_string(seed(self.folder.path(), user)).unwrap()).unwrap()
    }

    /// A connection of a user.
    pub(crate) async fn link(&self, user: &str) -> Link {
        let user: User = user.parse().unwrap();
        let settings = Settings {
            credentials: Credentials::NkeyFile(seed(self.folder.path(), &user)),
            inbox_prefix: Some(user.inbox_prefix()),
            ca_file: Some(certificates().join("ca.pem")),
            ..Settings::open(&self.server.url(), "resit".parse().unwrap())
        };
        Link::connect(settings).await.unwrap()
    }

    /// What the ledger needs, made by the admin.
    pub(crate) async fn laid_out(self) -> Self {
        let admin = self.link("admin").await;
        apply(&admin, &Layout::of(&admin.names, 1, &users())).await.unwrap();
        self
    }
}

fn seed(folder: &Path, user: &User) -> PathBuf {
    folder.join(format!("{}.nk", user.slug()))
}

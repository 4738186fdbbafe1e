//! How to reach NATS.

use std::path::PathBuf;
use std::time::Duration;

use crate::LedgerName;

/// How somebody shows a server who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Not at all.
    None,
    /// By the seed of an nkey, out of a file.
    NkeyFile(PathBuf),
    /// By a file of credentials, a JWT with its seed.
    CredentialsFile(PathBuf),
}

/// When a commit may be acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// When it is synced to the disks of a majority of its servers; each of them must prove that it syncs.
    Durable,
    /// When its servers have it in memory. A power cut may lose what was acknowledged.
    Relaxed,
}

impl Durability {
    /// Its name in settings, in health and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Durable => "durable",
            Self::Relaxed => "relaxed",
        }
    }
}

/// How to reach NATS, and which ledger there.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Servers, `nats://HOST:PORT` or `tls://HOST:PORT`, separated by commas.
    pub servers: String,
    /// The ledger.
    pub ledger: LedgerName,
    /// How this process shows who it is.
    pub credentials: Credentials,
    /// The beginning of the subjects that answers to this process come to, if its user may not use the common one.
    pub inbox_prefix: Option<String>,
    /// The certificates that servers' certificates are believed by, in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// The certificate and the key by which this process shows who it is, if servers ask for one.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// What this process calls itself.
    pub client_name: String,
    /// How many servers keep each record.
    pub replicas: usize,
    /// When a commit may be acknowledged.
    pub durability: Durability,
    /// How long an answer may take before it is unknown.
    pub timeout: Duration,
}

impl Settings {
    /// Of a ledger on servers that let everybody in.
    pub fn open(servers: &str, ledger: LedgerName) -> Self {
        Self {
            servers: servers.into(),
            ledger,
            credentials: Credentials::None,
            inbox_prefix: None,
            ca_file: None,
            certificate: None,
            client_name: "resit".into(),
            replicas: 1,
            durability: Durability::Durable,
            timeout: Duration::from_secs(5),
        }
    }
}

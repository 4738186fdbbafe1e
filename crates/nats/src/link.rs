//! A connection.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_nats::{Client, ConnectOptions, ServerAddr, jetstream};
use tokio::sync::watch;

use crate::denied::{Denied, note};
use crate::{Credentials, Names, Settings};

/// A connection to NATS, for one ledger. Clones are the same one. It comes back by itself when servers do.
#[derive(Debug, Clone)]
pub struct Link {
    /// The connection.
    pub client: Client,
    /// The same, for JetStream.
    pub jetstream: jetstream::Context,
    /// What things are called.
    pub names: Names,
    /// How it was made.
    pub settings: Settings,
    denied: Arc<watch::Sender<BTreeSet<Denied>>>,
    /// The servers, each with its version, that the last proof found older than any it was tried on.
    pub(crate) untried: Arc<watch::Sender<BTreeSet<String>>>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// An address is none.
    #[error("nats: {text:?} is no address of a NATS server; write it like nats://127.0.0.1:4222")]
    Address {
        /// What was given.
        text: String,
    },
    /// A user in an address would be passed over, and everybody's user taken.
    #[error(
        "nats: an address names no user; write it like nats://127.0.0.1:4222, and show a key with --nats-nkey-file, or \
         credentials with --nats-credentials-file"
    )]
    User,
    /// A file of credentials or of certificates can't be used.
    #[error("{path} can't be used as {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What it should be.
        what: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// No server answers, or none lets this process in.
    #[error("no NATS server at {servers} can be used; are they running, and do they know this user?")]
    Connect {
        /// The servers that were tried.
        servers: String,
        /// What the last one said.
        source: async_nats::ConnectError,
    },
}

impl Link {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If a setting can't be used, or no server lets this process in.
    pub async fn connect(settings: Settings) -> Result<Self, LinkError> {
        let addresses = addresses(&settings.servers)?;
        let denied = Arc::new(watch::Sender::default());
        let noting = denied.clone();
        let options = options(&settings)?.event_callback(move |event| {
            note(&noting, event);
            std::future::ready(())
        });
        let client = options
            .connect(addresses)
            .await
            .map_err(|source| LinkError::Connect { servers: settings.servers.clone(), source })?;
        let mut jetstream = jetstream::new(client.clone());
        jetstream.set_timeout(settings.timeout);
        let names = Names::of(settings.ledger.clone());
        Ok(Self { client, jetstream, names, settings, denied, untried: Arc::default() })
    }

    /// What the servers have denied this process since the connection was made.
    pub fn denied(&self) -> watch::Receiver<BTreeSet<Denied>> {
        self.denied.subscribe()
    }

    /// Waits until the servers deny this process to ask on a subject, or to hear the answer.
    pub(crate) async fn denial(&self, subject: &str) -> Denied {
        let (mut denied, inbox) = (self.denied(), self.inbox());
        let concerns = |denied: &&Denied| match denied {
            Denied::Publish(to) => to == subject,
            Denied::Subscribe(to) => to.starts_with(&inbox),
        };
        loop {
            if let Some(denied) = denied.borrow_and_update().iter().find(concerns) {
                return denied.clone();
            }
            if denied.changed().await.is_err() {
                // The sender lives as long as this link.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Forgets what was denied: whoever tries again wants to hear it again.
    pub(crate) fn forget_denied(&self) {
        self.denied.send_replace(BTreeSet::new());
    }

    /// Which connection it is, counted from the first: another one may lead to a server that was started anew.
    pub fn connection(&self) -> u64 {
        self.client.statistics().connects.load(Ordering::Relaxed)
    }

    /// What the subjects of answers to this process begin with, with the dot.
    pub fn inbox(&self) -> String {
        let inbox = self.client.new_inbox();
        inbox.rsplit_once('.').map_or_else(String::new, |(prefix, _)| format!("{prefix}."))
    }
}

/// How many commands to the servers wait in a client. Whoever has more waits until there is room.
const COMMANDS_MAX: usize = 2_048;

/// How many messages of a subscription wait in a client. Of a subscription that has more, the servers' messages are dropped, and
/// what reads it loses them: every one here is read as fast as messages come, or asks for no more than it can take.
const MESSAGES_MAX: usize = 65_536;

fn addresses(text: &str) -> Result<Vec<ServerAddr>, LinkError> {
    let one = |text: &str| match text.parse::<ServerAddr>() {
        Ok(address) if address.has_user_pass() => Err(LinkError::User),
        Ok(address) => Ok(address),
        Err(_) => Err(LinkError::Address { text: text.to_owned() }),
    };
    text.split(',').map(str::trim).map(one).collect()
}

fn options(settings: &Settings) -> Result<ConnectOptions, LinkError> {
    let mut options =
        ConnectOptions::new().name(&settings.client_name).request_timeout(Some(settings.timeout));
    options = options.client_capacity(COMMANDS_MAX).subscription_capacity(MESSAGES_MAX);
    options = match &settings.credentials {
        Credentials::None => options,
        Credentials::NkeyFile(path) => options.nkey(read(path, "the seed of an nkey")?.trim().to_owned()),
        Credentials::CredentialsFile(path) => {
            let text = read(path, "credentials")?;
            let unusable = |source| LinkError::File { path: path.clone(), what: "credentials", source };
            options.credentials(&text).map_err(unusable)?
        }
    };
    if let Some(prefix) = &settings.inbox_prefix {
        options = options.custom_inbox_prefix(prefix);
    }
    if let Some(path) = &settings.ca_file {
        options = options.add_root_certificates(path.clone()).require_tls(true);
    }
    if let Some((certificate, key)) = &settings.certificate {
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    Ok(options)
}

fn read(path: &PathBuf, what: &'static str) -> Result<String, LinkError> {
    std::fs::read_to_string(path).map_err(|source| LinkError::File { path: path.clone(), what, source })
}

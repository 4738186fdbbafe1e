//! A connection.

use std::path::PathBuf;

use async_nats::{Client, ConnectOptions, Event, ServerAddr, jetstream};

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
        let options = options(&settings)?;
        let client = options
            .connect(addresses)
            .await
            .map_err(|source| LinkError::Connect { servers: settings.servers.clone(), source })?;
        let mut jetstream = jetstream::new(client.clone());
        jetstream.set_timeout(settings.timeout);
        Ok(Self { client, jetstream, names: Names::of(settings.ledger.clone()), settings })
    }
}

fn addresses(text: &str) -> Result<Vec<ServerAddr>, LinkError> {
    let one = |text: &str| text.parse().map_err(|_| LinkError::Address { text: text.to_owned() });
    text.split(',').map(str::trim).map(one).collect()
}

fn options(settings: &Settings) -> Result<ConnectOptions, LinkError> {
    let mut options = ConnectOptions::new()
        .name(&settings.client_name)
        .request_timeout(Some(settings.timeout))
        .event_callback(told);
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

/// Tells what befalls the connection; a right that a user lacks shows itself nowhere else.
async fn told(event: Event) {
    match event {
        Event::ServerError(error) => {
            tracing::error!(%error, "the NATS server says no; does this process show the key of its own user, and that user's inbox?");
        }
        Event::ClientError(error) => tracing::error!(%error, "the way to NATS fails"),
        Event::Disconnected => tracing::warn!("cut off from NATS; connecting again"),
        event => tracing::info!(%event, "the way to NATS"),
    }
}

fn read(path: &PathBuf, what: &'static str) -> Result<String, LinkError> {
    std::fs::read_to_string(path).map_err(|source| LinkError::File { path: path.clone(), what, source })
}

//! The settings of the way to NATS.

use std::time::Duration;

use resit_nats::{Credentials, Durability, LedgerName, Settings};

use super::read::Reader;
use super::source::{ConfigError, Setting};
use super::{key, value};

/// How long NATS may take to answer before the outcome is unknown.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The ledger's name on NATS, and the way there, if the settings name servers; the other settings are read all the same, so that each is shown.
pub(super) fn read(reader: &mut Reader) -> Result<(LedgerName, Option<Settings>), ConfigError> {
    let servers = reader.one(&key::NATS, value::text)?;
    let ledger = reader.or(&key::NATS_LEDGER, ledger_name, key::NATS_LEDGER.default)?;
    let nkey = reader.one(&key::NATS_NKEY_FILE, value::path)?;
    let credentials = reader.one(&key::NATS_CREDENTIALS_FILE, value::path)?;
    let inbox = reader.one(&key::NATS_INBOX, value::text)?;
    let ca = reader.one(&key::NATS_CA_FILE, value::path)?;
    let certificate = reader.one(&key::NATS_CERTIFICATE_FILE, value::path)?;
    let certificate_key = reader.one(&key::NATS_KEY_FILE, value::path)?;
    let replicas = reader.or(&key::NATS_REPLICAS, replicas, key::NATS_REPLICAS.default)?;
    let durability = reader.or(&key::DURABILITY, durability, key::DURABILITY.default)?;
    let Some(servers) = servers else { return Ok((ledger.value, None)) };
    let credentials = match (nkey, credentials) {
        (None, None) => Credentials::None,
        (Some(nkey), None) => Credentials::NkeyFile(nkey.value),
        (None, Some(credentials)) => Credentials::CredentialsFile(credentials.value),
        (Some(_), Some(both)) => {
            let problem = "an nkey is given as well; give one of the two".to_owned();
            let name = key::NATS_CREDENTIALS_FILE.name;
            return Err(ConfigError::Value { name, problem, from: both.source });
        }
    };
    let certificate = match (certificate, certificate_key) {
        (None, None) => None,
        (Some(certificate), Some(key)) => Some((certificate.value, key.value)),
        (Some(alone), None) => return Err(half(&alone, key::NATS_CERTIFICATE_FILE.name, "its key is not")),
        (None, Some(alone)) => return Err(half(&alone, key::NATS_KEY_FILE.name, "its certificate is not")),
    };
    let settings = Settings {
        servers: servers.value,
        ledger: ledger.value.clone(),
        credentials,
        inbox_prefix: inbox.map(|inbox| inbox.value),
        ca_file: ca.map(|ca| ca.value),
        certificate,
        client_name: "resit".to_owned(),
        replicas: replicas.value,
        durability: durability.value,
        timeout: TIMEOUT,
    };
    Ok((ledger.value, Some(settings)))
}

fn half<T>(given: &Setting<T>, name: &'static str, lacks: &str) -> ConfigError {
    let problem = format!("it is given, and {lacks}; give both or none");
    ConfigError::Value { name, problem, from: given.source.clone() }
}

fn ledger_name(text: &str) -> Result<LedgerName, String> {
    text.parse().map_err(|e: resit_nats::NoLedgerName| e.to_string())
}

fn replicas(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| matches!(number, 1 | 3 | 5));
    number.ok_or_else(|| format!("{text:?} is none of 1, 3, 5"))
}

fn durability(text: &str) -> Result<Durability, String> {
    value::one_of(text, &[("durable", Durability::Durable), ("relaxed", Durability::Relaxed)])
}

//! Settings: a flag wins over the environment, that over a file, that over what holds by default.

mod file;
pub(crate) mod key;
mod misspelt;
mod nats;
mod read;
mod source;
mod value;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use resit_clock_guard::Bounds;
use resit_nats::{LedgerName, Settings as NatsSettings};
use tracing_subscriber::EnvFilter;

pub(crate) use key::Key;
pub(crate) use misspelt::misspelt;
pub(crate) use read::Given as FromFlags;
pub(crate) use source::{ConfigError, Setting, Source};
pub(crate) use value::{AuthWord, LogFormat, Server, Token};

use crate::cli::{Cli, Words};
use crate::ledger::Home;
use read::Reader;

/// Everything that can be set.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) ledger: Setting<PathBuf>,
    pub(crate) server: Option<Setting<Server>>,
    pub(crate) token: Option<Setting<Token>>,
    pub(crate) listen: Setting<SocketAddr>,
    pub(crate) auth: Option<Setting<AuthWord>>,
    pub(crate) log: Setting<EnvFilter>,
    pub(crate) log_format: Setting<LogFormat>,
    pub(crate) cached_states_max: Setting<usize>,
    pub(crate) segment_bytes: Setting<u64>,
    pub(crate) body_bytes_max: Setting<usize>,
    pub(crate) in_flight_max: Setting<usize>,
    pub(crate) intake_wait_max: Setting<Duration>,
    pub(crate) intake_at_once: Setting<usize>,
    pub(crate) clock_skew_max: Setting<Duration>,
    pub(crate) clock_gap_max: Setting<Duration>,
    /// The way to NATS; none if the log is in the ledger's folder.
    pub(crate) nats: Option<NatsSettings>,
    /// The ledger's name on NATS.
    pub(crate) nats_ledger: LedgerName,
    /// Every setting as it was given, and where.
    pub(crate) rows: Vec<Row>,
}

/// A setting, to be shown.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: &'static Key,
    pub(crate) value: String,
    pub(crate) source: Source,
}

impl Config {
    /// Gathers what the flags, the environment and a file say.
    ///
    /// # Errors
    ///
    /// Names the first value that can't be used, and where it comes from.
    pub(crate) fn load(cli: &Cli) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(cli.given())?;
        let ledger = reader.or(&key::LEDGER, value::path, "ledger")?;
        let server = reader.one(&key::SERVER, value::server)?;
        let mut token = reader.one(&key::TOKEN, value::token)?;
        let token_file = reader.one(&key::TOKEN_FILE, value::token_file)?;
        if token.as_ref().map(|token| &token.source) < token_file.as_ref().map(|file| &file.source) {
            token = token_file;
        }
        // A story that is played is told on the terminal, and not to be mixed with what the server does for it.
        let alone = match &cli.words {
            Words::Serve(words) => words.rehearse.is_none(),
            Words::CommandHandler(_)
            | Words::Projector(_)
            | Words::ExpiryScheduler(_)
            | Words::Gateway(_)
            | Words::Intake(_) => true,
            _ => false,
        };
        let logged = if alone { "info" } else { "warn" };
        let (nats_ledger, nats) = nats::read(&mut reader)?;
        Ok(Self {
            ledger,
            server,
            token,
            listen: reader.or(&key::LISTEN, value::address, key::LISTEN.default)?,
            auth: reader.one(&key::AUTH, value::auth)?,
            log: reader.or(&key::LOG, value::filter, logged)?,
            log_format: reader.or(&key::LOG_FORMAT, value::log_format, key::LOG_FORMAT.default)?,
            cached_states_max: reader.or(
                &key::CACHED_STATES_MAX,
                value::number(1, 100_000_000),
                key::CACHED_STATES_MAX.default,
            )?,
            segment_bytes: reader.or(
                &key::SEGMENT_BYTES,
                value::number(4 << 10, 1 << 30),
                key::SEGMENT_BYTES.default,
            )?,
            body_bytes_max: reader.or(
                &key::BODY_BYTES_MAX,
                value::number(64 << 10, 256 << 20),
                key::BODY_BYTES_MAX.default,
            )?,
            in_flight_max: reader.or(
                &key::IN_FLIGHT_MAX,
                value::number(1, 1_000_000),
                key::IN_FLIGHT_MAX.default,
            )?,
            intake_wait_max: reader.or(
                &key::INTAKE_WAIT_S,
                |text| value::number(0, 30 * 86_400)(text).map(Duration::from_secs),
                key::INTAKE_WAIT_S.default,
            )?,
            intake_at_once: reader.or(
                &key::INTAKE_AT_ONCE,
                value::number(1, 10_000),
                key::INTAKE_AT_ONCE.default,
            )?,
            clock_skew_max: reader.or(
                &key::CLOCK_SKEW_MAX_S,
                |text| value::number(5, 86_400)(text).map(Duration::from_secs),
                key::CLOCK_SKEW_MAX_S.default,
            )?,
            clock_gap_max: reader.or(
                &key::CLOCK_GAP_MAX_S,
                |text| value::number(60, 100 * 365 * 86_400)(text).map(Duration::from_secs),
                key::CLOCK_GAP_MAX_S.default,
            )?,
            nats,
            nats_ledger,
            rows: reader.rows(),
        })
    }

    /// The ledger's folder, and how the ledger is run there.
    pub(crate) fn home(&self) -> Home {
        Home {
            folder: self.ledger.value.clone(),
            cached_states_max: self.cached_states_max.value,
            segment_bytes: self.segment_bytes.value,
        }
    }

    /// How far the clock may be off.
    pub(crate) fn clock_bounds(&self) -> Bounds {
        Bounds::new(self.clock_skew_max.value, self.clock_gap_max.value)
    }

    /// The server to talk to, unless a folder was named more plainly.
    pub(crate) fn server(&self) -> Option<&Server> {
        self.server.as_ref().filter(|server| server.source >= self.ledger.source).map(|server| &server.value)
    }
}

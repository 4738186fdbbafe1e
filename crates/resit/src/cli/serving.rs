//! Words about a running server.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use resit_access::Role;
use resit_domain::{Actor, ShopId, Timestamp};

use super::parse::duration_ms;

/// Settings of a server; each can stand in the environment and in a file as well.
#[derive(Debug, Args)]
pub(crate) struct ServerFlags {
    /// Where to listen: IP address and port; port 0 takes a free one [env: `RESIT_LISTEN`] [default: 127.0.0.1:7480].
    #[arg(long, value_name = "ADDRESS", help_heading = "Settings")]
    pub(crate) listen: Option<String>,
    /// Who may ask: `open` (everybody on this machine) or `tokens` [env: `RESIT_AUTH`] [default: tokens if there are any].
    #[arg(long, value_name = "MODE", help_heading = "Settings")]
    pub(crate) auth: Option<String>,
    /// How many vouchers the command handler keeps in memory [env: `RESIT_CACHED_STATES_MAX`] [default: 200000].
    #[arg(long, value_name = "COUNT", help_heading = "Settings")]
    pub(crate) cached_states_max: Option<String>,
    /// The length at which a segment of the log is sealed [env: `RESIT_SEGMENT_BYTES`] [default: 268435456].
    #[arg(long, value_name = "BYTES", help_heading = "Settings")]
    pub(crate) segment_bytes: Option<String>,
    /// The longest body that the server takes [env: `RESIT_BODY_BYTES_MAX`] [default: 4194304].
    #[arg(long, value_name = "BYTES", help_heading = "Settings")]
    pub(crate) body_bytes_max: Option<String>,
    /// How many requests the server works at at a time [env: `RESIT_IN_FLIGHT_MAX`] [default: 4096].
    #[arg(long, value_name = "COUNT", help_heading = "Settings")]
    pub(crate) in_flight_max: Option<String>,
    /// How many seconds an event waits for what it is about before it is parked [env: `RESIT_INTAKE_WAIT_S`] [default: 14400].
    #[arg(long, value_name = "SECONDS", help_heading = "Settings")]
    pub(crate) intake_wait_s: Option<String>,
    /// How many events intake works at at a time [env: `RESIT_INTAKE_AT_ONCE`] [default: 64].
    #[arg(long, value_name = "COUNT", help_heading = "Settings")]
    pub(crate) intake_at_once: Option<String>,
    /// How many seconds the clock may differ from other evidence of the time [env: `RESIT_CLOCK_SKEW_MAX_S`] [default: 60].
    #[arg(long, value_name = "SECONDS", help_heading = "Settings")]
    pub(crate) clock_skew_max_s: Option<String>,
    /// How many seconds a ledger may have been off before its clock has to be confirmed [env: `RESIT_CLOCK_GAP_MAX_S`] [default: 604800].
    #[arg(long, value_name = "SECONDS", help_heading = "Settings")]
    pub(crate) clock_gap_max_s: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClockWords {
    /// Confirm that the clock is right although it does not fit the time on record: after a ledger was off for long.
    Confirm {
        /// What the clock reads now, within an hour. A later jump is not confirmed by it.
        #[arg(value_name = "INSTANT")]
        reads: Timestamp,
    },
    /// Record that the clock was ahead for a span of the log, and list the decisions that this turns. The ledger must be stopped for it.
    Correct(CorrectTimeWords),
}

#[derive(Debug, Args)]
pub(crate) struct CorrectTimeWords {
    /// The first position that the wrong clock recorded; `resit log dump` shows the stored times.
    #[arg(long, value_name = "POSITION")]
    pub(crate) first: u64,
    /// The last one; if absent, the last one that is recorded as later than now.
    #[arg(long, value_name = "POSITION")]
    pub(crate) last: Option<u64>,
    /// How far the clock was ahead: milliseconds, or numbers with d, h, m, s or ms, such as 3652d or 1h30m.
    #[arg(long, value_name = "DURATION", value_parser = duration_ms)]
    pub(crate) ahead: NonZeroU64,
    /// Why, for whoever reads the record.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct ServeWords {
    #[command(flatten)]
    pub(crate) flags: ServerFlags,
    /// Serve a ledger for rehearsals, made if need be, and play this story on it over HTTP unless it was played before.
    #[arg(long, value_name = "STORY")]
    pub(crate) rehearse: Option<PathBuf>,
}

/// Words of a role that runs as a process of its own.
#[derive(Debug, Args)]
pub(crate) struct RoleWords {
    #[command(flatten)]
    pub(crate) flags: ServerFlags,
}

#[derive(Debug, Args)]
pub(crate) struct CommandHandlerWords {
    #[command(flatten)]
    pub(crate) flags: ServerFlags,
    /// Go on with another code key than the ledger's codes were made with: that one is lost for good.
    #[arg(long)]
    pub(crate) code_key_lost: bool,
}

#[derive(Debug, Args)]
pub(crate) struct IntakeWords {
    #[command(flatten)]
    pub(crate) flags: ServerFlags,
    /// Go on with another code key than the ledger's codes were made with: that one is lost for good.
    #[arg(long)]
    pub(crate) code_key_lost: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenWords {
    /// Make a token, and show its secret, once.
    Make {
        /// What its holder is: purchase, delivery, support, reporting or operator.
        #[arg(long)]
        role: Role,
        /// Its name: the actor that its commands carry on record.
        #[arg(long)]
        name: Actor,
        /// The only shop that it orders for; for the role purchase.
        #[arg(long)]
        shop: Option<ShopId>,
        /// The first instant at which it is worth nothing.
        #[arg(long, value_name = "INSTANT")]
        expires: Option<Timestamp>,
    },
    /// List the tokens; their secrets are kept nowhere.
    List,
    /// Make a token worth nothing. A running server knows it within a second.
    Revoke {
        /// Its name.
        name: Actor,
    },
}

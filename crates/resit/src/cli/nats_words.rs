//! Words about what a ledger needs on NATS.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use resit_nats::{NoUser, User};

#[derive(Debug, Subcommand)]
pub(crate) enum NatsWords {
    /// Say what `apply` would do; change nothing.
    Plan(NatsUsers),
    /// Make the streams, buckets and consumers that are missing, and mend what can be mended without losing anything.
    Apply(NatsUsers),
    /// Check that all of it is there and as it has to be, and that every server syncs before it acknowledges.
    Check(NatsUsers),
    /// Write the configuration of NATS servers that let these users in and nobody else, and keys for those that have none.
    Users(NatsUsersWords),
}

/// Those who have ready-made consumers.
#[derive(Debug, Args)]
pub(crate) struct NatsUsers {
    /// Someone who is let in: purchase:NAME, delivery:NAME, support:NAME, reporting:NAME or operator:NAME. Several times, or
    /// separated by commas.
    #[arg(
        long = "user",
        env = "RESIT_NATS_USERS",
        value_delimiter = ',',
        value_name = "KIND:NAME",
        value_parser = user,
        hide_env = true
    )]
    pub(crate) users: Vec<Option<User>>,
}

/// A user; none if the text is empty, as a variable is that was set to nothing.
fn user(text: &str) -> Result<Option<User>, NoUser> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

#[derive(Debug, Args)]
pub(crate) struct NatsUsersWords {
    #[command(flatten)]
    pub(crate) who: NatsUsers,
    /// The folder to write to. Keys that are there are kept.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// The servers' names, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "NAMES", default_value = "n1,n2,n3")]
    pub(crate) servers: Vec<String>,
    /// Without TLS, for servers that nobody but this machine reaches.
    #[arg(long)]
    pub(crate) plain: bool,
}

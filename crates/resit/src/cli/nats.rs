//! Flags of the way to NATS, understood everywhere and shown by `--help` alone.

use clap::Args;

use crate::config::{Key, key};

/// Settings of the way to NATS; each can stand in the environment and in a file as well.
#[derive(Debug, Args)]
pub(crate) struct NatsFlags {
    /// The NATS servers that keep the log, instead of the ledger's folder, separated by commas [env: `RESIT_NATS`].
    #[arg(long, global = true, value_name = "URLS", hide_short_help = true, help_heading = "NATS")]
    nats: Option<String>,
    /// The ledger's name on NATS [env: `RESIT_NATS_LEDGER`] [default: resit].
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true, help_heading = "NATS")]
    nats_ledger: Option<String>,
    /// A file that holds the seed of the nkey that is shown to NATS [env: `RESIT_NATS_NKEY_FILE`].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true, help_heading = "NATS")]
    nats_nkey_file: Option<String>,
    /// A file of credentials that are shown to NATS, instead of an nkey [env: `RESIT_NATS_CREDENTIALS_FILE`].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true, help_heading = "NATS")]
    nats_credentials_file: Option<String>,
    /// What the subjects of answers from NATS begin with, if its user may not use `_INBOX` [env: `RESIT_NATS_INBOX`].
    #[arg(long, global = true, value_name = "PREFIX", hide_short_help = true, help_heading = "NATS")]
    nats_inbox: Option<String>,
    /// A file of certificates by which those of the NATS servers are believed [env: `RESIT_NATS_CA_FILE`].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true, help_heading = "NATS")]
    nats_ca_file: Option<String>,
    /// A certificate that is shown to NATS [env: `RESIT_NATS_CERTIFICATE_FILE`].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true, help_heading = "NATS")]
    nats_certificate_file: Option<String>,
    /// The key of that certificate [env: `RESIT_NATS_KEY_FILE`].
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true, help_heading = "NATS")]
    nats_key_file: Option<String>,
    /// How many NATS servers keep each record: 1, 3 or 5 [env: `RESIT_NATS_REPLICAS`] [default: 3].
    #[arg(long, global = true, value_name = "COUNT", hide_short_help = true, help_heading = "NATS")]
    nats_replicas: Option<String>,
    /// When a commit on NATS is acknowledged: durable, or relaxed [env: `RESIT_DURABILITY`] [default: durable].
    #[arg(long, global = true, value_name = "MODE", hide_short_help = true, help_heading = "NATS")]
    durability: Option<String>,
}

impl NatsFlags {
    /// The settings that stand on the command line.
    pub(super) fn given(&self) -> [(&'static Key, &Option<String>); 10] {
        [
            (&key::NATS, &self.nats),
            (&key::NATS_LEDGER, &self.nats_ledger),
            (&key::NATS_NKEY_FILE, &self.nats_nkey_file),
            (&key::NATS_CREDENTIALS_FILE, &self.nats_credentials_file),
            (&key::NATS_INBOX, &self.nats_inbox),
            (&key::NATS_CA_FILE, &self.nats_ca_file),
            (&key::NATS_CERTIFICATE_FILE, &self.nats_certificate_file),
            (&key::NATS_KEY_FILE, &self.nats_key_file),
            (&key::NATS_REPLICAS, &self.nats_replicas),
            (&key::DURABILITY, &self.durability),
        ]
    }
}

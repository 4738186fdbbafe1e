//! Words about events that could not be taken.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ParkedWords {
    /// List parked events, the oldest first.
    List {
        /// Those too about which something was done.
        #[arg(long)]
        all: bool,
    },
    /// Show a parked event as it came, with the reason.
    Show {
        /// Its number.
        number: u64,
    },
    /// Send parked events in again as they came.
    Retry {
        /// Their numbers.
        #[arg(required = true)]
        numbers: Vec<u64>,
    },
    /// Send another event in place of a parked one, with other data and an id that leads back.
    Fix {
        /// Its number.
        number: u64,
        /// A file with the data as JSON.
        #[arg(long, value_name = "FILE")]
        body: PathBuf,
        /// Its type, if that was wrong.
        #[arg(long, value_name = "TYPE")]
        r#type: Option<String>,
    },
    /// Say that a parked event will not be taken. A record of it stays.
    Discard {
        /// Its number.
        number: u64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

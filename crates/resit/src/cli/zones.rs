//! Words about the rules of time zones.

use std::path::PathBuf;

use clap::Subcommand;
use resit_domain::calendar_time::Zone;

#[derive(Debug, Subcommand)]
pub(crate) enum ZonesWords {
    /// Publish the rules that the program ships: of the zones that published offers name, and of those that have rules already.
    ///
    /// Ends that are still ahead move to where the new rules put them; nothing that has passed does.
    Publish {
        /// Only of this zone; may be given several times.
        #[arg(long = "zone", value_name = "NAME", conflicts_with = "file")]
        zones: Vec<Zone>,
        /// Publish the set in this file instead.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// Only print the text that would be published.
        #[arg(long)]
        print: bool,
    },
    /// Show the version in force of each zone's rules, and the version that the program ships.
    Show,
}

//! Words for tools.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum StoryWords {
    /// Play stories on a virtual clock, through the real handler and a real log, and print what happens.
    Run {
        /// Story files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Keep the ledger in this folder, which must not hold one yet, to be asked afterwards.
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogWords {
    /// Read every byte of the log and its index, and report each damage.
    Check,
    /// Set aside what is damaged, and what stands behind it in the same segment, and go on from the last whole record.
    Repair,
    /// Print records, oldest first, as JSON lines.
    Dump {
        /// Begin behind this position.
        #[arg(long, default_value_t = 0, value_name = "POSITION")]
        after: u64,
        /// Print at most so many.
        #[arg(long, default_value_t = 1000)]
        limit: usize,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PlanWords {
    /// How many people are to be certified.
    #[arg(long)]
    pub(crate) people: u32,
    /// How many certifications each needs.
    #[arg(long, default_value_t = 1)]
    pub(crate) certifications: u32,
    /// How many exams a certification takes.
    #[arg(long)]
    pub(crate) exams: u32,
    /// How many months the agreement has left.
    #[arg(long)]
    pub(crate) months_left: u32,
    /// How many months a person prepares at least.
    #[arg(long)]
    pub(crate) preparation_min: u32,
    /// How many months a person prepares at most.
    #[arg(long)]
    pub(crate) preparation_max: u32,
    /// How many vouchers a pack has.
    #[arg(long, default_value_t = 1)]
    pub(crate) pack: u32,
}

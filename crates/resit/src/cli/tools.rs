//! Words for tools.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
    /// Copy the log into another folder, checking every byte on the way; beside a running server too.
    Copy {
        /// The folder that the copy goes into; it may have no log yet.
        #[arg(value_name = "DIR")]
        to: PathBuf,
        /// End the copy with the commit whose last record stands here; what follows stays in the original alone.
        #[arg(long, value_name = "POSITION")]
        until: Option<NonZeroU64>,
    },
    /// Print records as they are stored, oldest first, as JSON lines. A correction of recorded times does not change them.
    Dump {
        /// Begin behind this position.
        #[arg(long, default_value_t = 0, value_name = "POSITION")]
        after: u64,
        /// Print at most so many, and say on standard error where to go on; all if absent.
        #[arg(long, value_name = "COUNT")]
        limit: Option<NonZeroUsize>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerWords {
    /// Go on with the log, the code key and the kind of ledger that are in the folder now, though it held others before.
    Confirm,
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
    /// How many whole months the agreement has left.
    #[arg(long)]
    pub(crate) months_left: u32,
    /// How many months a certification is prepared for, at least.
    #[arg(long, value_name = "MONTHS")]
    pub(crate) preparation_min: u32,
    /// How many months a certification is prepared for, at most.
    #[arg(long, value_name = "MONTHS")]
    pub(crate) preparation_max: u32,
    /// Certifications are prepared for side by side, and not one after the other.
    #[arg(long)]
    pub(crate) side_by_side: bool,
    /// Sizes of the packs on sale; 1 is a single voucher.
    #[arg(long, value_delimiter = ',', value_name = "SIZES")]
    pub(crate) packs: Vec<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct BenchWords {
    /// What to measure; if absent, everything but `log` and `nats`.
    #[arg(value_enum)]
    pub(crate) parts: Vec<BenchPart>,
    /// Ledgers are made in folders of their own in here, on the disk that is to be measured, and removed.
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// How many clients send at once: a row for each number.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64, 256], value_name = "COUNTS")]
    pub(crate) clients: Vec<u64>,
    /// How many seconds a round takes.
    #[arg(long, default_value_t = 3, value_name = "SECONDS")]
    pub(crate) seconds: u64,
    /// How many rounds, the ledger and the floor by turns; medians are told.
    #[arg(long, default_value_t = 3, value_name = "COUNT")]
    pub(crate) rounds: u32,
    /// How many events lie in the log that is rebuilt and looked into.
    #[arg(long, default_value_t = 1_000_000, value_name = "COUNT")]
    pub(crate) events: u64,
    /// How many vouchers end at one instant.
    #[arg(long, default_value_t = 100_000, value_name = "COUNT")]
    pub(crate) expiring: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BenchPart {
    /// Commands through the handler, in one process.
    Commands,
    /// Commands over HTTP on loopback.
    Http,
    /// A rebuild of the read models, histories, sizes.
    Upkeep,
    /// Vouchers that end at one instant.
    Expiry,
    /// The log alone, beside a plain file that is synced for all who wait; only if it is named.
    Log,
    /// Commands on the NATS servers that `--nats` names, beside a bare publisher; a projector beside a bare consumer.
    Nats,
}

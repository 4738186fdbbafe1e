//! The whole measurement, in one run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use resit_domain::Timestamp;

use crate::drive::Measured;
use crate::in_process::{self, Ledger};
use crate::server::{Server, done};
use crate::upkeep::{self, Pass};
use crate::{BenchError, floor, http, log_alone};

/// What to measure, and how long.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Ledgers are made in folders of their own in here, and removed.
    pub folder: PathBuf,
    /// The program, for what is measured in processes of their own.
    pub program: PathBuf,
    /// How long each round takes.
    pub round: Duration,
    /// How many rounds, the ledger and the floor by turns.
    pub rounds: u32,
    /// How many events lie in the log that is rebuilt and looked into.
    pub events: u64,
    /// How many vouchers end at one instant.
    pub expiring: u64,
}

/// Rounds of the ledger and of the floor, by turns.
#[derive(Debug, Clone)]
pub struct Row {
    /// The median round of the ledger.
    pub ledger: Measured,
    /// The median round of the floor.
    pub floor: Measured,
    /// The ledger's rate over the floor's: the least, the median and the most of the rounds.
    pub ratio: [f64; 3],
}

/// Rounds of the ledger in this process, beside two floors.
#[derive(Debug, Clone)]
pub struct InProcessRow {
    /// The ledger, beside as many writers on a plain file, who share as few syncs as they can.
    pub row: Row,
    /// The same bytes with the same number of syncs, in answers per second: the median of the rounds.
    pub same_syncs_per_second: f64,
    /// The ledger's rate over that: the least, the median and the most of the rounds.
    pub same_syncs_ratio: [f64; 3],
}

/// What a log holds, and what it takes to look into it.
#[derive(Debug, Clone)]
pub struct Upkeep {
    /// Events in the log.
    pub events: u64,
    /// Bytes of the log on disk for each event.
    pub bytes_per_event: f64,
    /// A rebuild of all read models.
    pub rebuild: Pass,
    /// Vouchers whose histories could be asked for.
    pub vouchers: u64,
    /// Half of the histories, and 99 of 100, took no longer.
    pub history: [Duration; 2],
    /// Memory of a server for each voucher that nobody asks about, beyond that of one without vouchers, in bytes.
    pub memory_per_voucher: f64,
}

/// Commands through the handler, beside the floors.
pub async fn commands(plan: &Plan, clients: u64) -> Result<InProcessRow, BenchError> {
    let (mut ledgers, mut floors, mut same_syncs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds.max(1) {
        let folder = tempfile::tempdir_in(&plan.folder)?;
        let (ledger, open) = in_process::commands(&folder.path().join("ledger"), clients, plan.round).await?;
        drop(open);
        let bytes = log_bytes(&folder.path().join("ledger"))? / ledger.answers.max(1);
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let floor = floor::appends(folder.path(), clients, bytes, plan.round).await?;
        same_syncs.push(floor::same_syncs(folder.path(), &ledger, bytes)?);
        ledgers.push(ledger);
        floors.push(floor);
    }
    let same_syncs_ratio =
        spread(ledgers.iter().zip(&same_syncs).map(|(ledger, same)| ledger.per_second / same));
    let [_, same_syncs_per_second, _] = spread(same_syncs);
    Ok(InProcessRow { row: row(ledgers, floors), same_syncs_per_second, same_syncs_ratio })
}

/// Appends to the embedded log alone, beside the floor.
pub async fn log(plan: &Plan, writers: u64) -> Result<Row, BenchError> {
    let (mut logs, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds.max(1) {
        let folder = tempfile::tempdir_in(&plan.folder)?;
        logs.push(log_alone::appends(&folder.path().join("ledger"), writers, plan.round).await?);
        floors.push(floor::appends(folder.path(), writers, log_alone::FRAME_BYTES, plan.round).await?);
    }
    Ok(row(logs, floors))
}

/// The medians of rounds, and the ratios of each pair.
pub(crate) fn row(ledgers: Vec<Measured>, floors: Vec<Measured>) -> Row {
    let ratio =
        spread(ledgers.iter().zip(&floors).map(|(ledger, floor)| ledger.per_second / floor.per_second));
    Row { ledger: median(ledgers), floor: median(floors), ratio }
}

/// The least, the median and the most.
fn spread(values: impl IntoIterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    [values[0], values[values.len() / 2], values[values.len() - 1]]
}

/// Commands over HTTP on loopback, to a server that is a process of its own. `now` is the time there.
pub async fn over_http(plan: &Plan, clients: u64, now: Timestamp) -> Result<Measured, BenchError> {
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds.max(1) {
        let folder = tempfile::tempdir_in(&plan.folder)?;
        let ledger = folder.path().join("ledger");
        rounds.push(http::commands(&plan.program, &ledger, clients, plan.round, now).await?);
    }
    Ok(median(rounds))
}

/// A rebuild, histories and sizes, on a log of so many events.
pub async fn upkeep(plan: &Plan) -> Result<Upkeep, BenchError> {
    let folder = tempfile::tempdir_in(&plan.folder)?;
    let (events, vouchers) = upkeep::fill(&Ledger::open(folder.path()).await?, plan.events).await?;
    let ledger = Ledger::open(folder.path()).await?;
    let waits = upkeep::histories(&ledger, vouchers - 1).await?;
    let rebuild = upkeep::rebuild(&ledger, folder.path(), events).await?;
    drop(ledger);
    let at = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap_or_default();
    let memory = idle_memory(plan, folder.path())?;
    Ok(Upkeep {
        events,
        bytes_per_event: over(log_bytes(folder.path())?, events),
        rebuild,
        vouchers,
        history: [at(50), at(99)],
        memory_per_voucher: over(memory, vouchers),
    })
}

/// How much more memory a server over this ledger has than one over an empty one, when both have nothing to do.
fn idle_memory(plan: &Plan, folder: &Path) -> Result<u64, BenchError> {
    let empty = tempfile::tempdir_in(&plan.folder)?;
    let mut memory = [0; 2];
    for (memory, folder) in memory.iter_mut().zip([empty.path(), folder]) {
        done(&plan.program, folder, "init")?;
        // What is derived is made beforehand, so that the server has nothing to catch up with.
        done(&plan.program, folder, "rebuild")?;
        *memory = Server::start(&plan.program, folder)?.memory_bytes()?;
    }
    Ok(memory[1].saturating_sub(memory[0]))
}

/// Vouchers that all end at one instant.
pub async fn expiry(plan: &Plan) -> Result<Pass, BenchError> {
    let folder = tempfile::tempdir_in(&plan.folder)?;
    let ledger = Ledger::open(&folder.path().join("ledger")).await?;
    upkeep::expire(&ledger, folder.path(), plan.expiring).await
}

fn median(mut rounds: Vec<Measured>) -> Measured {
    rounds.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    rounds[rounds.len() / 2]
}

fn over(amount: u64, count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let (amount, count) = (amount as f64, count.max(1) as f64);
    amount / count
}

/// The bytes of the segments of a ledger's log.
fn log_bytes(folder: &Path) -> Result<u64, BenchError> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder.join("log"))? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

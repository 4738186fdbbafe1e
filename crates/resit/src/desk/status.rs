//! How a ledger is.

use std::fs;
use std::path::Path;

use resit_api::{AgendaStatus, LogStatus, ReadModelStatus, Status};
use resit_domain::Timestamp;
use resit_event_log::Position;
use resit_expiry_scheduler::{ExpiryScheduler, SchedulerError};

use crate::ledger::Ledger;

/// What a running server says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) address: String,
    pub(crate) auth: &'static str,
    pub(crate) started_at: Timestamp,
}

const ROLES: [&str; 4] = ["command-handler", "projector", "expiry-scheduler", "gateway"];

/// How a ledger is: its log, how far the read models are, and what falls due when, and how much is overdue.
pub(crate) fn status(
    ledger: &Ledger,
    now: Timestamp,
    running: Option<&Running>,
    head: Position,
    read_models: Position,
    agenda: Option<AgendaStatus>,
) -> Status {
    let (segments, bytes) = size_of(&ledger.folder.join("log")).unzip();
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        roles: running.iter().flat_map(|_| ROLES).map(str::to_owned).collect(),
        address: running.map(|running| running.address.clone()),
        auth: running.map(|running| running.auth.to_owned()),
        rehearsal: ledger.rehearsal,
        started_at: running.map(|running| running.started_at),
        now,
        clock_fault: None,
        durability: "fdatasync".to_owned(),
        log: LogStatus { head, segments, bytes },
        read_models: ReadModelStatus { position: read_models, lag: head.0.saturating_sub(read_models.0) },
        agenda,
        free_disk_bytes: free_disk_bytes(&ledger.folder),
    }
}

/// What falls due, and how much of it should be on record.
pub(crate) async fn agenda(
    scheduler: &ExpiryScheduler,
    now: Timestamp,
) -> Result<AgendaStatus, SchedulerError> {
    let next_due_at = scheduler.next_due().await?;
    let overdue = u64::try_from(scheduler.due(now).await?.len()).unwrap_or(u64::MAX);
    Ok(AgendaStatus { next_due_at, overdue })
}

/// How many segments a log has, and how long they are together.
fn size_of(log: &Path) -> Option<(u64, u64)> {
    let mut size = (0, 0);
    for entry in fs::read_dir(log).ok()? {
        let file = entry.ok()?.metadata().ok()?;
        if file.is_file() {
            size = (size.0 + 1, size.1 + file.len());
        }
    }
    Some(size)
}

/// What the disk has left for whoever runs this process.
pub(crate) fn free_disk_bytes(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

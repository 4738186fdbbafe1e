//! How a ledger is.

use std::io;
use std::path::Path;
use std::time::Duration;

use resit_api::{AgendaStatus, LogStatus, ReadModelStatus, Status, ZoneRulesStatus};
use resit_command_handler::shipped_zones;
use resit_domain::{LedgerZones, State, Stream, Timestamp};
use resit_event_log::Position;
use resit_expiry_scheduler::{ExpiryScheduler, SchedulerError};
use resit_gateway::{Gauges, LogSize};
use resit_states::{AsOf, Folded, States};

use crate::exit::Stopped;
use crate::ledger::Ledger;
use crate::serve::log_size;

/// What a running server says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) address: String,
    pub(crate) auth: &'static str,
    pub(crate) started_at: Timestamp,
}

const ROLES: [&str; 4] = ["command-handler", "projector", "expiry-scheduler", "gateway"];

/// How long the log may take to say which rules of zones it has, where nothing is kept of them.
const ZONES_MAX: Duration = Duration::from_secs(2);

/// An agenda of a stopped ledger that is further behind than this is shown as it is.
const CATCH_UP_MAX: u64 = 10_000;

/// How a ledger is that is served, by what its roles noted last.
pub(crate) fn served(
    ledger: &Ledger,
    gauges: &Gauges,
    now: Timestamp,
    running: &Running,
    head: Position,
    read_models: Position,
) -> Status {
    Status {
        roles: ROLES.map(str::to_owned).into(),
        address: Some(running.address.clone()),
        auth: Some(running.auth.to_owned()),
        started_at: Some(running.started_at),
        agenda: noted_agenda(gauges, now, head),
        under_way: gauges.works().all(),
        ..kept(ledger, now, head, read_models, gauges.log_size(), gauges.free_disk_bytes())
    }
}

/// The rules of time zones; none if the log does not say in time what they are.
pub(crate) async fn zone_rules(states: &States) -> Option<ZoneRulesStatus> {
    let load = states.load(&Stream::Zones(LedgerZones), AsOf::Followed);
    match tokio::time::timeout(ZONES_MAX, load).await {
        Ok(Ok(Folded { state: State::Zones(zones), .. })) => {
            Some(ZoneRulesStatus::of(&zones, shipped_zones().version))
        }
        _ => None,
    }
}

/// What falls due, as the scheduler noted it last; none before it has looked.
fn noted_agenda(gauges: &Gauges, now: Timestamp, head: Position) -> Option<AgendaStatus> {
    let (position, next_due_at) = (gauges.agenda_at()?, gauges.next_due());
    let is_due = next_due_at.is_some_and(|due_at| due_at <= now);
    // What has just fallen due was not counted yet.
    let overdue = if is_due { gauges.overdue().max(1) } else { 0 };
    Some(AgendaStatus { next_due_at, overdue, position, lag: lag(head, position) })
}

/// How a stopped ledger is.
pub(crate) async fn stopped(ledger: &Ledger, now: Timestamp) -> Result<Status, Stopped> {
    let head = ledger.log.head().await?;
    let read_models = ledger.read_models_position()?;
    let agenda = agenda(&ledger.scheduler()?, now, head).await?;
    let size = log_size(&ledger.folder.join("log")).ok();
    let free = free_disk_bytes(&ledger.folder).ok();
    let zone_rules = zone_rules(ledger.handler.states()).await;
    Ok(Status { agenda: Some(agenda), zone_rules, ..kept(ledger, now, head, read_models, size, free) })
}

/// What falls due, by the agenda as it is; one that is only a little behind is brought up to the log.
async fn agenda(
    scheduler: &ExpiryScheduler,
    now: Timestamp,
    head: Position,
) -> Result<AgendaStatus, SchedulerError> {
    let position = scheduler.progress().borrow().position;
    let (overdue, seen) = if lag(head, position) <= CATCH_UP_MAX {
        let overdue = scheduler.count_due(now).await?;
        (overdue, *scheduler.progress().borrow())
    } else {
        let seen = *scheduler.progress().borrow();
        (seen.overdue_at(now), seen)
    };
    let position = seen.position;
    Ok(AgendaStatus { next_due_at: seen.next_due_at, overdue, position, lag: lag(head, position) })
}

fn kept(
    ledger: &Ledger,
    now: Timestamp,
    head: Position,
    read_models: Position,
    size: Option<LogSize>,
    free_disk_bytes: Option<u64>,
) -> Status {
    let (segments, bytes) = size.map(|size| (size.segments, size.bytes)).unzip();
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        roles: Vec::new(),
        address: None,
        auth: None,
        rehearsal: ledger.rehearsal,
        started_at: None,
        now,
        clock_fault: None,
        durability: "fdatasync".to_owned(),
        log: LogStatus { head, segments, bytes },
        read_models: ReadModelStatus { position: read_models, lag: lag(head, read_models) },
        zone_rules: None,
        agenda: None,
        free_disk_bytes,
        under_way: Vec::new(),
    }
}

fn lag(head: Position, position: Position) -> u64 {
    head.0.saturating_sub(position.0)
}

/// What the disk has left for whoever runs this process.
pub(crate) fn free_disk_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

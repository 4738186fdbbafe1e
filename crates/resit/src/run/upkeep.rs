//! Keeping what is derived from the log.

use std::collections::BTreeSet;

use indicatif::{ProgressBar, ProgressStyle};
use resit_command_handler::Outcome;
use resit_derived_store::DerivedStore;
use resit_domain::{EntitlementId, Event, Timestamp};
use resit_event_log::Position;
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::{Projector, describe};

use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::Out;

/// How many differing rows are named.
const DIFFERENCES_MAX: usize = 20;

/// Drops the read models and the agenda and makes them anew.
pub(super) async fn rebuild(ledger: &Ledger, out: &mut Out) -> Result<Status, Stopped> {
    let projector = ledger.projector()?;
    let bar = progress(ledger.log.head().await?);
    let position = projector.rebuild(|position| bar.set_position(position.0)).await?;
    bar.finish_and_clear();
    ledger.drop_agenda()?;
    ledger.scheduler()?.catch_up().await?;
    out.said(&format!("the read models and the agenda are made anew from {position} records"))?;
    Ok(Status::Done)
}

/// Proves that the log is sound, and that the live read models and the live agenda equal fresh ones.
pub(super) async fn verify(ledger: &Ledger, out: &mut Out) -> Result<Status, Stopped> {
    let report =
        ledger.embedded.verify().map_err(|source| Stopped::Open { path: ledger.folder.clone(), source })?;
    if !report.is_sound() {
        out.verified(&report, None)?;
        return Ok(Status::Damaged);
    }
    let live = ledger.projector()?;
    live.catch_up(|_| ()).await?;
    let fresh = Projector::new(ledger.log.clone(), DerivedStore::temporary()?);
    let bar = progress(ledger.log.head().await?);
    let position = fresh.catch_up(|position| bar.set_position(position.0)).await?;
    bar.finish_and_clear();
    let keys = live.differences(&fresh, DIFFERENCES_MAX)?;
    let mut differing: Vec<String> = keys.iter().map(|key| format!("the row {}", describe(key))).collect();
    differing.extend(differing_dues(ledger).await?);
    out.verified(&report, Some((position, &differing)))?;
    Ok(if differing.is_empty() { Status::Done } else { Status::Refused })
}

/// What the live agenda has due at another time than a fresh one.
async fn differing_dues(ledger: &Ledger) -> Result<Vec<String>, Stopped> {
    let fresh = ExpiryScheduler::new(ledger.handler.clone(), ledger.log.clone(), Agenda::in_memory()?);
    let dues = |list: Vec<(Timestamp, EntitlementId)>| list.into_iter().collect::<BTreeSet<_>>();
    let live = dues(ledger.scheduler()?.due(Timestamp::MAX).await?);
    let fresh = dues(fresh.due(Timestamp::MAX).await?);
    let differing = live.symmetric_difference(&fresh).map(|(_, id)| *id).collect::<BTreeSet<_>>();
    let told = |id| format!("when entitlement {id} falls due, in the agenda,");
    Ok(differing.into_iter().take(DIFFERENCES_MAX).map(told).collect())
}

/// Puts all that is due on record.
pub(super) async fn expire_due(
    ledger: &Ledger,
    now: Timestamp,
    dry_run: bool,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let scheduler = ledger.scheduler()?;
    if dry_run {
        let due = scheduler.due(now).await?;
        let rows = due.iter().map(|(due_at, id)| [due_at.to_string(), id.to_string()]);
        out.table(["due at", "entitlement"], rows)?;
        return Ok(Status::Done);
    }
    let replies = scheduler.tick(now).await?;
    let events = replies.iter().flat_map(|reply| match &reply.outcome {
        Outcome::Accepted { events, .. } => events.as_slice(),
        Outcome::Refused(_) => &[],
    });
    let rows: Vec<_> = events
        .filter_map(|happened| {
            let stream = &happened.stream;
            let (what, clause) = match &happened.event {
                Event::Expired(e) => (format!("{stream}.{}", e.unit), &e.clause),
                Event::EndsSoon(e) => (format!("{stream}.{} ends at {}", e.unit, e.ends_at), &e.clause),
                Event::DeliveryOverdue(e) => (format!("{stream} {}", e.clock), &e.clause),
                _ => return None,
            };
            Some([happened.happened_at.to_string(), happened.event.kind().to_owned(), what, clause.clone()])
        })
        .collect();
    out.table(["due at", "fact", "what", "clause"], rows)?;
    Ok(Status::Done)
}

fn progress(head: Position) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} records {per_sec}");
    ProgressBar::new(head.0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

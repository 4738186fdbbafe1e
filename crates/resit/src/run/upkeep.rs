//! Keeping what is derived from the log, and looking how the ledger is.

use resit_api::ExpireDue;
use resit_domain::Event;

use crate::desk::Desk;
use crate::exit::{Status, Stopped};
use crate::output::Out;

/// Drops the read models and the agenda and makes them anew.
pub(super) fn rebuild(desk: &dyn Desk, out: &mut Out) -> Result<Status, Stopped> {
    let position = desk.rebuild()?.position;
    out.said(&format!("what is kept beside the log is made anew, up to position {position}"))?;
    Ok(Status::Done)
}

/// Proves that the log is sound, and that the live read models and the live agenda equal fresh ones.
pub(super) fn verify(desk: &dyn Desk, out: &mut Out) -> Result<Status, Stopped> {
    let verified = desk.verify()?;
    out.verified(&verified)?;
    Ok(match &verified.differing {
        _ if !verified.sound => Status::Damaged,
        _ if !verified.index_faults.is_empty() => Status::Refused,
        Some(differing) if !differing.is_empty() => Status::Refused,
        _ => Status::Done,
    })
}

/// How the ledger is.
pub(super) fn status(desk: &dyn Desk, out: &mut Out) -> Result<Status, Stopped> {
    out.status(&desk.status()?)?;
    Ok(Status::Done)
}

/// What people are told where programs get an empty list.
const NOTHING_DUE: &str = "nothing is due";

/// Puts all that is due on record.
pub(super) fn expire_due(desk: &dyn Desk, dry_run: bool, out: &mut Out) -> Result<Status, Stopped> {
    if dry_run {
        let ExpireDue { due, more, .. } = desk.due()?;
        if due.is_empty() && !out.is_json() {
            out.said(NOTHING_DUE)?;
            return Ok(Status::Done);
        }
        let rows = due.iter().map(|due| [due.due_at.to_string(), due.entitlement.to_string()]);
        out.table(["due at", "entitlement"], rows)?;
        tell_more(more);
        return Ok(Status::Done);
    }
    let ExpireDue { events, more, .. } = desk.expire_due()?;
    let rows: Vec<_> = events
        .iter()
        .filter_map(|event| {
            let (happened, stream) = (&event.0, &event.0.stream);
            let (what, clause) = match &happened.event {
                Event::Expired(e) => (format!("{stream}.{}", e.unit), &e.clause),
                Event::EndsSoon(e) => (format!("{stream}.{} ends at {}", e.unit, e.ends_at), &e.clause),
                Event::DeliveryOverdue(e) => (format!("{stream} {}", e.clock), &e.clause),
                _ => return None,
            };
            Some([happened.happened_at.to_string(), happened.event.kind().to_owned(), what, clause.clone()])
        })
        .collect();
    if rows.is_empty() && !out.is_json() {
        out.said(NOTHING_DUE)?;
        return Ok(Status::Done);
    }
    out.table(["due at", "fact", "what", "clause"], rows)?;
    tell_more(more);
    Ok(Status::Done)
}

/// Says that a list is not whole, beside the answer and not in it.
fn tell_more(more: u64) {
    if more > 0 {
        tracing::warn!(
            "{more} more are not listed; `resit log dump` has all that is on record, `resit status` counts what is due"
        );
    }
}

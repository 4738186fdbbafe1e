//! Words that only look.

use resit_command_handler::Seen;
use resit_domain::calendar_time::Zone;
use resit_domain::sizing::{Need, Pace};
use resit_domain::{CommandId, Timestamp};

use super::find;
use crate::cli::{HistoryWords, LookUpWords, PlanWords, ShowWords};
use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::Out;

pub(super) async fn show(
    ledger: &Ledger,
    words: ShowWords,
    now: Timestamp,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let (entitlement, unit) = find(ledger, words.voucher).await?;
    let seen = Seen { as_of: words.times.as_of, known_at: words.times.known_at };
    let view = ledger.handler.view(entitlement, seen).await?;
    let view = view.ok_or_else(|| {
        Stopped::Input(format!("nothing was issued under {entitlement}, as far as was asked for"))
    })?;
    out.view(&view, unit, words.times.as_of.unwrap_or(now))?;
    Ok(Status::Done)
}

pub(super) async fn look_up(
    ledger: &Ledger,
    words: LookUpWords,
    now: Timestamp,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let projector = ledger.projector()?;
    projector.catch_up(|_| ()).await?;
    if let Some(agreement) = &words.agreement {
        out.inventory(&projector.inventory(agreement, now)?)?;
        return Ok(Status::Done);
    }
    if let Some(candidate) = &words.candidate {
        out.candidate(&projector.candidate(candidate, now)?)?;
        return Ok(Status::Done);
    }
    let ids = match (&words.order, &words.offer) {
        (Some(order), _) => projector.order(order)?,
        (None, Some(offer)) => projector.offer(offer)?,
        (None, None) => Vec::new(),
    };
    let mut views = Vec::new();
    for id in ids {
        views.extend(projector.entitlement(id)?);
    }
    out.views(&views, now)?;
    Ok(Status::Done)
}

pub(super) async fn history(ledger: &Ledger, words: HistoryWords, out: &mut Out) -> Result<Status, Stopped> {
    let (entitlement, unit) = find(ledger, words.voucher).await?;
    let seen = Seen { as_of: words.times.as_of, known_at: words.times.known_at };
    let mut entries = ledger.handler.history(entitlement, seen).await?;
    // What has no unit concerns them all.
    entries.retain(|entry| unit.is_none() || entry.event.unit().is_none_or(|of| Some(of) == unit));
    if entries.is_empty() {
        return Err(Stopped::Input(format!(
            "nothing is on record for {entitlement}, as far as was asked for"
        )));
    }
    out.history(&entries)?;
    Ok(Status::Done)
}

pub(super) async fn why(ledger: &Ledger, command: &CommandId, out: &mut Out) -> Result<Status, Stopped> {
    let explanation = ledger.handler.why(command).await?;
    out.why(command, &explanation)?;
    Ok(Status::Done)
}

pub(super) fn plan(words: &PlanWords, now: Timestamp, out: &mut Out) -> Result<Status, Stopped> {
    let need = Need {
        today: Zone::UTC.civil_date(now),
        people: words.people,
        certifications_per_person: words.certifications,
        exams_per_certification: words.exams,
        months_left: words.months_left,
        preparation_months: (words.preparation_min, words.preparation_max),
        pace: if words.side_by_side { Pace::SideBySide } else { Pace::OneByOne },
        packs: words.packs.clone(),
    };
    out.plan(&need.plan().map_err(|e| Stopped::Input(e.to_string()))?)?;
    Ok(Status::Done)
}

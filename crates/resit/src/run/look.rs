//! Words that only look.

use resit_api::{Explanation, VoucherText};
use resit_command_handler::Failure;
use resit_domain::calendar_time::ZoneClock;
use resit_domain::sizing::{Need, Pace};
use resit_domain::{CommandId, OrderLine, Timestamp};

use super::published;
use crate::cli::{HistoryWords, LookUpWords, PlanWords, ShowWords, Times, WhyOf};
use crate::desk::{Desk, LookUp, Seen, find};
use crate::exit::{Status, Stopped};
use crate::output::Out;

fn seen(times: Times) -> Seen {
    Seen { as_of: times.as_of, known_at: times.known_at }
}

pub(super) fn show(desk: &dyn Desk, words: ShowWords, out: &mut Out) -> Result<Status, Stopped> {
    let (id, unit) = find(desk, words.voucher)?;
    let entitlement = desk.entitlement(id, seen(words.times))?;
    let entitlement = entitlement
        .ok_or_else(|| Stopped::Input(format!("nothing was issued under {id}, as far as was asked for")))?;
    let units = &entitlement.units;
    if let Some(unit) = unit.filter(|named| units.iter().all(|unit| unit.view.unit != *named)) {
        let text =
            format!("{id} has no unit {unit}; leave the number out to see all that it has, {}", units.len());
        return Err(Stopped::Input(text));
    }
    out.view(&entitlement, unit)?;
    Ok(Status::Done)
}

pub(super) fn look_up(desk: &dyn Desk, words: LookUpWords, out: &mut Out) -> Result<Status, Stopped> {
    match words {
        LookUpWords { agreement: Some(agreement), .. } => out.inventory(&desk.inventory(&agreement)?)?,
        LookUpWords { candidate: Some(candidate), .. } => out.candidate(&desk.candidate(&candidate)?)?,
        LookUpWords { whole_order: Some((shop, number)), .. } => {
            let mut lines = Vec::new();
            for line in desk.order_lines(&shop, &number)? {
                let of = OrderLine { shop: shop.clone(), number: number.clone(), line: line.line };
                let vouchers = if line.issued == 0 { Vec::new() } else { desk.look_up(&LookUp::Order(of))? };
                lines.push((line, vouchers));
            }
            out.order_lines(&lines)?;
        }
        LookUpWords { order: Some(order), .. } => out.views(&desk.look_up(&LookUp::Order(order))?)?,
        LookUpWords { offer: Some(offer), .. } => {
            if desk.offer(&offer)?.is_none() {
                return Err(published::unknown(&offer));
            }
            out.views(&desk.look_up(&LookUp::Offer(offer))?)?;
        }
        _ => unreachable!("the command line asks for one of them"),
    }
    Ok(Status::Done)
}

pub(super) fn pending_goodwill(desk: &dyn Desk, out: &mut Out) -> Result<Status, Stopped> {
    out.pending_goodwill(&desk.pending_goodwill()?)?;
    Ok(Status::Done)
}

pub(super) fn history(desk: &dyn Desk, words: HistoryWords, out: &mut Out) -> Result<Status, Stopped> {
    let (id, unit) = find(desk, words.voucher)?;
    let mut entries = desk.history(id, seen(words.times))?;
    // What has no unit concerns them all.
    entries.retain(|entry| unit.is_none() || entry.0.unit.is_none_or(|of| Some(of) == unit));
    if entries.is_empty() {
        return Err(Stopped::Input(format!("nothing is on record for {id}, as far as was asked for")));
    }
    out.history(&entries)?;
    Ok(Status::Done)
}

pub(super) fn why(desk: &dyn Desk, of: WhyOf, out: &mut Out) -> Result<Status, Stopped> {
    let WhyOf { command, voucher } = of;
    // A code is asked for first, and as a code: the ids of commands stand in paths, which servers log.
    let found = match &voucher {
        Some(VoucherText::Code(code)) => desk.code(code)?.map(|(id, unit)| (id, Some(unit))),
        _ => None,
    };
    let commanded = match command {
        Some(command) if found.is_none() => of_command(desk, &command)?,
        _ => None,
    };
    let explanation = match (commanded, found, voucher) {
        (Some(explanation), ..) => Some(explanation),
        (None, Some((id, unit)), _) | (None, None, Some(VoucherText::Id(id, unit))) => {
            desk.why_refused(id, unit)?
        }
        // What was typed may be a code: it is not shown again.
        (None, None, _) => {
            let text = "no command with this id is on record, and no voucher has this code; `resit history VOUCHER` names \
                        the commands that made a voucher what it is, and the lines of an order are commands of their own: its \
                        key, a dot, and the line's number";
            return Err(Stopped::Input(text.to_owned()));
        }
    };
    let explanation = explanation.ok_or_else(|| {
        let text =
            "no command on this voucher was refused; `resit history VOUCHER` tells what happened to it";
        Stopped::Input(text.to_owned())
    })?;
    out.why(&explanation)?;
    Ok(Status::Done)
}

/// Why a command was answered as it was; none if it is not on record.
fn of_command(desk: &dyn Desk, command: &CommandId) -> Result<Option<Explanation>, Stopped> {
    match desk.why(command) {
        Err(Stopped::Handler(Failure::UnknownCommand(_))) => Ok(None),
        answer => answer.map(Some),
    }
}

pub(super) fn plan(words: &PlanWords, now: Timestamp, out: &mut Out) -> Result<Status, Stopped> {
    let need = Need {
        today: ZoneClock::UTC.civil_date(now),
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

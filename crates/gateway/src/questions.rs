//! Questions about one entitlement, one code, one command. They are answered from the log itself.

use axum::body::Body;
use resit_access::Right;
use resit_api::{
    CommandBody, Entitlement, Explanation, FieldError, Found, HistoryEvent, LookUp, Page, Problem,
    ProblemKind, Reply, VoucherText, read_json,
};
use resit_command_handler::{Request, Seen};
use resit_domain::{
    Command, CommandId, EntitlementId, EntitlementView, InvalidId, Issue, Pieces, ShopId, Subject, UnitNo,
};
use resit_event_log::Record;
use resit_states::asked_of;
use resit_voucher_code::Code;

use crate::asked::Asked;
use crate::body;
use crate::command::{is_served, unknown_voucher};
use crate::respond::Answered;

/// An entitlement as it stands, or stood.
pub(crate) async fn entitlement(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let head = asked.parts.log.head().await?;
    let id = in_path(asked)?;
    let seen = seen(asked)?;
    let view = asked.parts.handler.view(id, seen).await?;
    let view = view.filter(|view| serves(asked, view)).ok_or_else(nothing)?;
    let at = match seen.as_of {
        Some(at) => at,
        None => asked.standing_at().await?,
    };
    Ok(Answered::json(&Entitlement::at(view, at))?.at(head))
}

/// What happened to an entitlement, a page of it.
pub(crate) async fn history(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let parts = asked.parts;
    let position = parts.log.head().await?;
    let id = in_path(asked)?;
    if !is_served(asked, id).await? {
        return Err(nothing());
    }
    let (after, limit) = (asked.after::<usize>()?.unwrap_or(0), asked.limit()?);
    let mut entries = parts.handler.history(id, seen(asked)?).await?;
    if entries.is_empty() {
        return Err(nothing());
    }
    let end = after.saturating_add(limit).min(entries.len());
    let next = (end < entries.len()).then(|| end.to_string());
    entries.truncate(end);
    let items = entries.into_iter().skip(after).map(HistoryEvent).collect();
    Ok(Answered::json(&Page { items, next, position })?.at(position))
}

/// The first answer to a command again.
///
/// Codes are shown only to those who may make them: others may know that there are some.
pub(crate) async fn answer(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let id = command_id(asked)?;
    let records = on_record(asked, &id).await?;
    let first = records.first().ok_or_else(|| unknown_command(&id))?;
    let given = asked_of(first)?;
    let command = whole_order(asked, &id, given.command).await?;
    let request = Request { id, actor: first.actor.clone(), command, confirm: given.confirmed };
    // The id is on record with this very body: the handler can but answer as it did.
    let reply = asked.parts.handler.handle(request.clone(), asked.now).await?;
    let body = CommandBody::of(request.command.clone(), |_| None);
    let may_have_codes = body.and_then(|body| Right::of_command(body.name()));
    let mut reply = Reply::of(&request, reply, asked.standing_at().await?);
    if !may_have_codes.is_none_or(|right| asked.caller.has(right)) {
        reply.codes.clear();
    }
    let position = reply.position;
    Ok(Answered::json(&reply)?.at(position))
}

/// A large order lies on record in parts, the first of which has the order's id. Once all are there, the order is asked for;
/// before that its first part is, for a question must not go on with it.
async fn whole_order(asked: &Asked<'_>, id: &CommandId, command: Command) -> Result<Command, Problem> {
    let Command::Issue(Issue { pieces: Some(Pieces { first: 1, last }), quantity, .. }) = command else {
        return Ok(command);
    };
    let each = last.max(1);
    let last_part = format!("{id}:{}", 1 + quantity.saturating_sub(1) / each * each);
    let Ok(last_part) = last_part.parse() else { return Ok(command) };
    let is_whole = !asked.parts.log.find_command(&last_part).await?.is_empty();
    Ok(match command {
        Command::Issue(order) if is_whole => Issue { pieces: None, ..order }.into(),
        command => command,
    })
}

/// Why a command was answered as it was.
pub(crate) async fn why(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let id = command_id(asked)?;
    on_record(asked, &id).await?;
    let explanation = asked.parts.handler.why(&id).await?;
    let position = explanation.position;
    Ok(Answered::json(&Explanation::of(id, explanation))?.at(position))
}

/// Why the newest refusal on an entitlement came.
pub(crate) async fn why_refused(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let id = in_path(asked)?;
    if !is_served(asked, id).await? {
        return Err(nothing());
    }
    let refused = asked.parts.handler.last_refused(id, asked.parameters.query("unit")?).await?;
    let command = refused.ok_or_else(|| {
        let detail = "no command on it was refused; its history tells what happened to it";
        Problem::new(ProblemKind::NotFound, detail)
    })?;
    on_record(asked, &command).await?;
    let explanation = asked.parts.handler.why(&command).await?;
    let position = explanation.position;
    Ok(Answered::json(&Explanation::of(command, explanation))?.at(position))
}

/// Where a code leads.
pub(crate) async fn look_up(asked: &Asked<'_>, body: &mut Body) -> Result<Answered, Problem> {
    let parts = asked.parts;
    let bytes = body::read(asked.headers, body, &asked.app.front.limits).await?;
    let LookUp { code } = read_json(&bytes).map_err(Problem::bad_input)?;
    let code: Code = code.parse().map_err(|error: resit_voucher_code::InvalidCode| {
        let remedy = "type it as it was sent";
        Problem::bad_input(FieldError::new("code", error.to_string(), remedy))
    })?;
    asked.app.unknown_codes.check(asked.caller.bucket(), asked.now)?;
    let head = parts.log.head().await?;
    let Some((view, unit)) = found(asked, &code).await? else {
        asked.app.unknown_codes.note(asked.caller.bucket(), asked.now);
        return Err(unknown_voucher());
    };
    let entitlement = Entitlement::at(view, asked.standing_at().await?);
    Ok(Answered::json(&Found { unit, entitlement })?.at(head))
}

async fn found(asked: &Asked<'_>, code: &Code) -> Result<Option<(EntitlementView, UnitNo)>, Problem> {
    let handler = &asked.parts.handler;
    let Some((entitlement, unit)) = handler.resolve(code.fingerprint()).await? else { return Ok(None) };
    let view = handler.view(entitlement, Seen::default()).await?;
    Ok(view.filter(|view| serves(asked, view)).map(|view| (view, unit)))
}

fn serves(asked: &Asked<'_>, view: &EntitlementView) -> bool {
    asked.caller.shop().is_none_or(|shop| view.order.shop == *shop)
}

/// The records of a command. A caller that is bound to a shop knows only of its own commands about what that shop bought: a
/// token's name may have been another shop's before.
async fn on_record(asked: &Asked<'_>, id: &CommandId) -> Result<Vec<Record>, Problem> {
    let records = asked.parts.log.find_command(id).await?;
    let first = records.first().ok_or_else(|| unknown_command(id))?;
    let Some(shop) = asked.caller.shop() else { return Ok(records) };
    if first.actor == asked.caller.actor && is_about(asked, shop, &asked_of(first)?.command).await? {
        return Ok(records);
    }
    Err(unknown_command(id))
}

/// Whether a command is about what a shop bought, or would have.
async fn is_about(asked: &Asked<'_>, shop: &ShopId, command: &Command) -> Result<bool, Problem> {
    if let Command::Issue(issue) = command {
        return Ok(issue.order.shop == *shop);
    }
    let entitlement = match command.subject() {
        Some(Subject::Entitlement(entitlement)) => Some(entitlement),
        Some(Subject::Code(code)) => asked.parts.handler.resolve(code).await?.map(|(whole, _)| whole),
        Some(Subject::Named(_)) | None => None,
    };
    match entitlement {
        Some(entitlement) => is_served(asked, entitlement).await,
        None => Ok(false),
    }
}

fn seen(asked: &Asked<'_>) -> Result<Seen, Problem> {
    let (as_of, known_at) = (asked.parameters.query("as_of")?, asked.parameters.query("known_at")?);
    Ok(Seen { as_of, known_at })
}

/// The entitlement in the path. What else names a voucher is told how it is asked for; a code is not shown again.
fn in_path(asked: &Asked<'_>) -> Result<EntitlementId, Problem> {
    let named: String = asked.parameters.in_path("id")?;
    named.parse().map_err(|error: InvalidId| {
        let look_up = "POST /v1/codes/look-up tells where a code leads";
        let (reason, remedy) = match named.parse() {
            Ok(VoucherText::Id(_, Some(unit))) => {
                let reason = "it is the id of one voucher, and an entitlement's is asked for".to_owned();
                (reason, format!("leave `.{unit}` out"))
            }
            Ok(_) => ("it is a code, and an entitlement's id is asked for".to_owned(), look_up.to_owned()),
            Err(_) => (error.to_string(), format!("correct it; for a code: {look_up}")),
        };
        Problem::bad_input(FieldError::new("id", reason, remedy))
    })
}

/// The command in the path. The id may be a command's name, whose own path has no parameter.
fn command_id(asked: &Asked<'_>) -> Result<CommandId, Problem> {
    if asked.parameters.path.iter().next().is_none() {
        let last = asked.uri.path().rsplit('/').next().unwrap_or("");
        return last.parse().map_err(|_| Problem::new(ProblemKind::NotFound, "there is no such command"));
    }
    asked.parameters.in_path("id")
}

fn unknown_command(id: &CommandId) -> Problem {
    let detail = format!(
        "no command {id} is on record; if it is the key of an order, its lines are commands of their own: {id}.1 and so on"
    );
    Problem::new(ProblemKind::NotFound, detail)
}

fn nothing() -> Problem {
    Problem::new(ProblemKind::NotFound, "nothing was issued under this id, as far as was asked for")
}

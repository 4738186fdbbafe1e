//! Commands: one body, one answer.

use std::time::Instant;

use axum::body::Body;
use resit_api::{CommandBody, FieldError, Judged, Outcome, Problem, ProblemKind, Reply, VoucherText, header};
use resit_clock_guard::confirmed;
use resit_command_handler::{Request, Seen};
use resit_domain::{Command, CommandId, EntitlementId, OfferId, Rule, Timestamp};

use crate::asked::Asked;
use crate::body;
use crate::catalogue;
use crate::examples::unproven;
use crate::metrics::{Metrics, stopwatch};
use crate::parameters::in_header;
use crate::respond::Answered;
use crate::wanted::Wanted;

/// Takes the command of this name.
pub(crate) async fn taken(
    asked: &Asked<'_>,
    name: &'static str,
    body: &mut Body,
) -> Result<Answered, Problem> {
    let dry_run = asked.parameters.flag("dry_run")?;
    let id = if dry_run { in_header(asked.headers, header::IDEMPOTENCY_KEY)? } else { Some(key(asked)?) };
    if let Some(id) = &id {
        asked.parts.handler.admit_id(id).await?;
    }
    let bytes = body::read(asked.headers, body, &asked.app.front.limits).await?;
    let since = stopwatch();
    let read = CommandBody::read(name, &bytes)
        .ok_or_else(|| Problem::new(ProblemKind::NotFound, format!("there is no command {name}")))?;
    let body = read.map_err(Problem::bad_input)?;
    if let CommandBody::ConfirmClock(confirm) = &body {
        may_confirm(asked, confirm.reads)?;
    }
    if matches!(body, CommandBody::ApproveGoodwill(_)) {
        is_known_by_name(asked)?;
    }
    if dry_run {
        return Box::pin(judged(asked, id, body)).await;
    }
    let wanted = Wanted::by(asked.headers);
    let answer = match id {
        Some(id) => given(asked, id, body, wanted).await,
        None => Err(key_required()),
    };
    count(&asked.app.metrics, name, &answer, since);
    let reply = wanted.of_told(answer?);
    let position = reply.position;
    match reply.outcome {
        Outcome::Accepted { .. } => Ok(Answered::json(&reply)?.at(position)),
        Outcome::Refused { .. } => Err(Problem::refused(reply).unwrap_or_else(unknown_voucher)),
    }
}

/// Refuses a confirmation of the clock that names another time than the clock reads, or that others contradict.
fn may_confirm(asked: &Asked<'_>, reads: Timestamp) -> Result<(), Problem> {
    let clock = &asked.app.front.clock;
    if !clock.is_settable() {
        confirmed(clock.trusted_now(), reads)?;
    }
    Ok(())
}

/// Refuses an approval by a caller who may call itself anything, as on a server without tokens: the second person must be proven.
/// A rehearsal proves nothing, and may play both.
fn is_known_by_name(asked: &Asked<'_>) -> Result<(), Problem> {
    if asked.caller.role.is_some() || asked.app.front.clock.is_settable() {
        return Ok(());
    }
    let detail = "goodwill is approved by a second person, and this server believes whatever name it is told; start it with \
                  `--auth tokens`, and make a token for each person (`resit token make`)";
    Err(Problem::new(ProblemKind::Forbidden, detail))
}

/// The key of a request that does something.
pub(crate) fn key(asked: &Asked<'_>) -> Result<CommandId, Problem> {
    in_header(asked.headers, header::IDEMPOTENCY_KEY)?.ok_or_else(key_required)
}

fn key_required() -> Problem {
    let reason = "it is missing";
    let remedy = "send an id of your own for this command, and the same one whenever you send it again";
    let error = FieldError::new(header::IDEMPOTENCY_KEY, reason, remedy);
    let detail = format!("{}: {reason}; {remedy}", header::IDEMPOTENCY_KEY);
    Problem { errors: Box::new([error]), ..Problem::new(ProblemKind::KeyRequired, detail) }
}

/// Gives a command to the handler.
async fn given(
    asked: &Asked<'_>,
    id: CommandId,
    body: CommandBody,
    wanted: Wanted,
) -> Result<Reply, Problem> {
    let by_code = body.names().is_some_and(|named| named.fingerprint().is_some());
    let request = confirmed_or_not(asked, request(asked, id, body).await?)?;
    let reply = asked.app.handled(asked.parts, &request, asked.now).await?;
    if matches!(request.command, Command::ConfirmClock(_)) && !reply.replayed {
        asked.app.front.clock.confirm(asked.now);
    }
    let reply = wanted.of_handled(reply);
    let mut reply = Reply::of(&request, reply, asked.standing_at().await?);
    if let Some(offer) = reply.outcome.offer().cloned() {
        reply = Box::pin(about_offer(asked, &request, reply, &offer, wanted)).await?;
    }
    if by_code && !reply.replayed && is_unknown(&reply.outcome) {
        asked.app.unknown_codes.note(asked.caller.bucket(), asked.now);
    }
    Ok(reply)
}

/// An answer with what concerns an offer: which version is in force now, and what its examples leave unproven.
async fn about_offer(
    asked: &Asked<'_>,
    request: &Request,
    reply: Reply,
    offer: &OfferId,
    wanted: Wanted,
) -> Result<Reply, Problem> {
    let warning = unproven(&request.command, &asked.app.front.limits).await;
    let offer = match wanted {
        Wanted::Minimal => None,
        Wanted::Whole => catalogue::published(asked, offer).await?,
    };
    Ok(Reply { outcome: reply.outcome.warning(warning), offer: offer.map(|(offer, _)| offer), ..reply })
}

async fn judged(asked: &Asked<'_>, id: Option<CommandId>, body: CommandBody) -> Result<Answered, Problem> {
    let by_code = body.names().is_some_and(|named| named.fingerprint().is_some());
    let id = id.unwrap_or_else(|| "dry-run".parse().expect("two words and a hyphen are an id"));
    let request = confirmed_or_not(asked, request(asked, id, body).await?)?;
    let judged = Judged::from(asked.parts.handler.judge(&request, asked.now).await?);
    let warning = Box::pin(unproven(&request.command, &asked.app.front.limits)).await;
    let judged = Judged { outcome: judged.outcome.warning(warning), ..judged };
    if by_code && is_unknown(&judged.outcome) {
        asked.app.unknown_codes.note(asked.caller.bucket(), asked.now);
    }
    Answered::json(&judged)
}

/// The same request, with what its caller says about rights that are lost by it. Only publications have the parameter.
fn confirmed_or_not(asked: &Asked<'_>, request: Request) -> Result<Request, Problem> {
    Ok(Request { confirm: asked.parameters.flag("confirm")?, ..request })
}

/// The command that a body asks for, if its caller may name what it names.
async fn request(asked: &Asked<'_>, id: CommandId, body: CommandBody) -> Result<Request, Problem> {
    if let CommandBody::Issue(issue) = &body {
        asked.caller.must_serve(&issue.order.shop)?;
    }
    if body.names().is_some_and(|named| named.fingerprint().is_some()) {
        asked.app.unknown_codes.check(asked.caller.bucket(), asked.now)?;
    }
    let whole = match (body.names_whole_by(), body.names()) {
        (Some(code), _) => Some(Box::pin(asked.parts.handler.resolve(code)).await?.map(|(whole, _)| whole)),
        (None, Some(VoucherText::Id(whole, _))) => Some(Some(*whole)),
        (None, _) => None,
    };
    let by_code = body.names_whole_by().is_some();
    let resolved = match whole {
        None => None,
        Some(Some(whole)) if is_served(asked, whole).await? => Some(whole),
        // An unknown id is the rules' to refuse; a code that leads nowhere can't be said to them.
        Some(Some(whole)) if !by_code && asked.caller.shop().is_none() => Some(whole),
        Some(_) => {
            if by_code {
                asked.app.unknown_codes.note(asked.caller.bucket(), asked.now);
            }
            return Err(unknown_voucher());
        }
    };
    let command = body.into_command(resolved).ok_or_else(unknown_voucher)?;
    Ok(Request { id, actor: asked.caller.actor.clone(), command, confirm: false })
}

/// Whether what another shop bought is none of the caller's business.
pub(crate) async fn is_served(asked: &Asked<'_>, entitlement: EntitlementId) -> Result<bool, Problem> {
    let Some(shop) = asked.caller.shop() else { return Ok(true) };
    let view = Box::pin(asked.parts.handler.view(entitlement, Seen::default())).await?;
    Ok(view.is_some_and(|view| view.order.shop == *shop))
}

/// The same words for what is not there and for what is somebody else's.
pub(crate) fn unknown_voucher() -> Problem {
    let detail = "no voucher or entitlement is known by this; check it for typing mistakes";
    Problem::new(ProblemKind::NotFound, detail)
}

fn is_unknown(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Refused { refusal } if refusal.rule == Rule::KnownVoucher)
}

/// Counts a command by what came of it.
pub(crate) fn count(metrics: &Metrics, name: &'static str, answer: &Result<Reply, Problem>, since: Instant) {
    let outcome = match answer {
        Ok(Reply { outcome: Outcome::Accepted { .. }, .. }) => "accepted",
        Ok(Reply { outcome: Outcome::Refused { refusal }, .. }) => {
            metrics.refusal(&refusal.clause, refusal.rule);
            "refused"
        }
        Err(problem) => problem.r#type.name(),
    };
    metrics.command(name, outcome, since);
}

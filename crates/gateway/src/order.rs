//! Orders: many lines in one request, each a command of its own.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use resit_api::{
    FieldError, Judged, LineReply, Order, OrderReply, Outcome, Problem, ProblemKind, Reply, header, read_json,
};
use resit_command_handler::{Failure, Request};
use resit_domain::{CommandId, Timestamp};
use resit_event_log::Position;
use tokio::task::JoinSet;

use crate::asked::Asked;
use crate::metrics::stopwatch;
use crate::parameters::in_header;
use crate::respond::Answered;
use crate::wanted::Wanted;
use crate::{App, Caller, Parts, body, command};

/// What came of one line's command.
enum Came {
    Answered(Reply),
    Judged(Judged),
    Failed(Problem),
}

/// Takes an order. Lines run side by side; the same line again is the same command.
pub(crate) async fn taken(asked: &Asked<'_>, app: &Arc<App>, body: &mut Body) -> Result<Answered, Problem> {
    let dry_run = asked.parameters.flag("dry_run")?;
    let given_key: Option<CommandId> = in_header(asked.headers, header::IDEMPOTENCY_KEY)?;
    let key = match given_key {
        Some(key) => key,
        None if dry_run => "dry-run".parse().expect("two words and a hyphen are an id"),
        None => command::key(asked)?,
    };
    let bytes = body::read(asked.headers, body, &asked.app.front.limits).await?;
    let order: Order = read_json(&bytes).map_err(Problem::bad_input)?;
    order.check().map_err(Problem::bad_input)?;
    asked.caller.must_serve(&order.shop)?;
    let mut requests = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        let id = Order::command_id(&key, line.line).ok_or_else(|| too_long(&key, line.line))?;
        asked.parts.handler.admit_id(&id).await?;
        let actor = asked.caller.actor.clone();
        requests.push(Request { id, actor, command: order.issue(line).into(), confirm: false });
    }
    // From here on nothing is wrong with the order: no line is begun of one that is turned away.
    let mut lines = JoinSet::new();
    for (at, request) in requests.into_iter().enumerate() {
        let (app, parts, now) = (app.clone(), asked.parts.clone(), asked.now);
        let wanted = Wanted::by(asked.headers);
        lines.spawn(async move {
            let came = if dry_run {
                judged(&parts, &request, now).await
            } else {
                given(&app, &parts, request, now, wanted).await
            };
            (at, came)
        });
    }
    let mut came: Vec<Option<Came>> = order.lines.iter().map(|_| None).collect();
    while let Some(joined) = lines.join_next().await {
        match joined {
            Ok((at, line)) => came[at] = Some(line),
            Err(error) => tracing::error!(%error, "a line of an order met a bug"),
        }
    }
    if let Some(problem) = unavailable(&came) {
        return Err(problem);
    }
    let reply = told(&asked.caller, &order, came);
    let status = if reply.refused + reply.failed == 0 { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    Ok(Answered::json(&reply)?.with_status(status).at(reply.position))
}

async fn given(app: &App, parts: &Parts, request: Request, now: Timestamp, wanted: Wanted) -> Came {
    let since = stopwatch();
    let answer = answered(app, parts, request, now, wanted).await.map_err(Problem::from);
    command::count(&app.metrics, "issue", &answer, since);
    answer.map_or_else(Came::Failed, Came::Answered)
}

async fn answered(
    app: &App,
    parts: &Parts,
    request: Request,
    now: Timestamp,
    wanted: Wanted,
) -> Result<Reply, Failure> {
    let reply = wanted.of_handled(app.handled(parts, &request, now).await?);
    Ok(wanted.of_told(Reply::of(&request, reply, parts.handler.not_before(now).await?)))
}

async fn judged(parts: &Parts, request: &Request, now: Timestamp) -> Came {
    let judged = parts.handler.judge(request, now).await;
    judged.map_or_else(|failure| Came::Failed(failure.into()), |judged| Came::Judged(judged.into()))
}

/// Why nothing can be said of any line, if it is that the log can't be used: then the order as a whole got no answer.
fn unavailable(came: &[Option<Came>]) -> Option<Problem> {
    let of_line = |came: &Option<Came>| match came {
        Some(Came::Failed(problem)) => Some(problem.clone()).filter(|problem| is_of_the_log(problem.r#type)),
        _ => None,
    };
    let problems: Vec<Problem> = came.iter().map_while(of_line).collect();
    // Where one line's fate is unknown, the order's is.
    let unknown = problems.iter().find(|problem| problem.r#type == ProblemKind::Unavailable);
    let first = unknown.or(problems.first()).filter(|_| problems.len() == came.len())?;
    let detail =
        format!("no line of the order was acknowledged: {}; send it again with the same key", first.detail);
    Some(Problem { detail, ..first.clone() })
}

fn is_of_the_log(kind: ProblemKind) -> bool {
    matches!(kind, ProblemKind::Unavailable | ProblemKind::NotSent)
}

fn told(caller: &Caller, order: &Order, came: Vec<Option<Came>>) -> OrderReply {
    let (mut accepted, mut refused, mut failed, mut position) = (0, 0, 0, Position::START);
    let mut outcome = |outcome: &Outcome| match outcome {
        Outcome::Accepted { .. } => accepted += 1,
        Outcome::Refused { .. } => refused += 1,
    };
    let mut lines = Vec::with_capacity(order.lines.len());
    for (line, came) in order.lines.iter().zip(came) {
        let mut told = LineReply { line: line.line, reply: None, problem: None, judged: None };
        match came {
            Some(Came::Answered(reply)) => {
                outcome(&reply.outcome);
                position = position.max(reply.position);
                told.reply = Some(reply);
            }
            Some(Came::Judged(judged)) => {
                outcome(&judged.outcome);
                told.judged = Some(judged);
            }
            Some(Came::Failed(problem)) => {
                failed += 1;
                told.problem = Some(caller.told(problem));
            }
            None => {
                failed += 1;
                let detail = "the server made a mistake, and its log says which; send the order again with the same key";
                told.problem = Some(Problem::new(ProblemKind::Bug, detail));
            }
        }
        lines.push(told);
    }
    OrderReply { accepted, refused, failed, position, lines }
}

fn too_long(key: &CommandId, line: u32) -> Problem {
    let reason = format!("`{key}.{line}` is longer than a command id can be");
    let remedy =
        "the command of a line has the key, a dot and the line's number as its id; take a shorter key";
    Problem::bad_input(FieldError::new(resit_api::header::IDEMPOTENCY_KEY, reason, remedy))
}

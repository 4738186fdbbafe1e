//! The way of every request: who asks, may they, what do they ask, the answer.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{Response, Uri};
use resit_api::{FieldError, Operation, Problem, ProblemKind, Route, header};
use resit_domain::Timestamp;

use crate::asked::Asked;
use crate::parameters::{Parameters, in_header};
use crate::respond::{self, Answered};
use crate::{
    Answers, App, Beyond, Caller, Clock, ClockFixed, Limits, Onward, body, catalogue, command, health, lists,
    metrics, order, questions, reading,
};

/// The command that confirms the clock.
const CONFIRM_CLOCK: &str = "confirm-clock";

/// Answers a request, and counts it. What a request does is done to its end when its caller leaves, and holds its place
/// until then; what it only asks is dropped.
pub(crate) async fn answer(
    app: Arc<App>,
    route: Arc<Route>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response<Body> {
    if does_something(&route) && matches!(app.answers, Answers::Here(_)) {
        let completion = app.completion.clone();
        return completion.of(answered(app, route, path, request)).await;
    }
    Box::pin(answered(app, route, path, request)).await
}

/// Whether a route's requests do more than ask.
fn does_something(route: &Route) -> bool {
    matches!(route.operation, Operation::Command(_) | Operation::Order | Operation::ExpireDue)
}

async fn answered(
    app: Arc<App>,
    route: Arc<Route>,
    path: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response<Body> {
    let place = app.in_flight.enter();
    let (head, mut body) = request.into_parts();
    let answered = if place.is_some() || is_about_the_server(&route) {
        admitted(&app, &route, path, &head, &mut body).await
    } else {
        Err(full(&app))
    };
    let response = match answered {
        Ok(response) => response,
        Err(problem) => {
            if matches!(problem.r#type, ProblemKind::Damaged | ProblemKind::Unavailable) {
                tell(&app, &route, &problem);
            }
            respond::problem(&problem)
        }
    };
    drop(place);
    let response = body::settled(response, &head.headers, body).await;
    app.metrics.request(route.id, response.status().as_u16());
    response
}

/// Says what the operator has to do something about. A full disk must not be filled by saying so of each request.
fn tell(app: &App, route: &Route, problem: &Problem) {
    let name = problem.r#type.name();
    if let Some(unsaid) = app.unwell.tell((route.id, name), metrics::stopwatch()) {
        tracing::warn!(route = route.id, problem = name, unsaid, "{}", problem.detail);
    }
}

/// Whether it is asked how the server is: that is answered even when it is busy, for then it is asked most.
fn is_about_the_server(route: &Route) -> bool {
    route.right.is_none() || matches!(route.operation, Operation::Metrics | Operation::Status)
}

fn full(app: &App) -> Problem {
    let max = app.front.limits.in_flight_max;
    let detail = format!("{max} requests are at work; send it again in a moment");
    Problem::new(ProblemKind::Overloaded, detail).retry_after(1)
}

async fn admitted(
    app: &Arc<App>,
    route: &Route,
    path: Result<RawPathParams, RawPathParamsRejection>,
    head: &Parts,
    body: &mut Body,
) -> Result<Response<Body>, Problem> {
    let front = &app.front;
    front.auth.admits(&head.headers)?;
    let now = front.clock.now();
    let Some(right) = route.right else {
        return Ok(Box::pin(open(app, route, path, &head.uri)).await?.into_response());
    };
    let caller = front.auth.caller(head, now)?;
    caller.must_have(right)?;
    let parts = match &app.answers {
        Answers::Here(parts) => parts,
        Answers::Beyond(_) if route.operation == Operation::Metrics => {
            return Ok(metrics::shown(app, now).await?.into_response());
        }
        Answers::Beyond(beyond) => {
            return Box::pin(handed_on(&**beyond, route, caller, head, body, &front.limits)).await;
        }
    };
    let parameters = Parameters::new(readable(path)?, &head.uri, &route.parameters)?;
    let named = in_header(&head.headers, header::CLOCK)?;
    // Who only asks may ask from any instant; nothing comes of it.
    let sets_clock = if only_asks(route, &parameters)? { None } else { named };
    if sets_clock.is_some() && !front.clock.is_settable() {
        return Err(clock_fixed());
    }
    let now = match named {
        Some(named) => named,
        None => judged_at(route, &*front.clock, now)?,
    };
    let asked = Asked { app, parts, caller, now, headers: &head.headers, uri: &head.uri, parameters };
    let answered = match route.operation {
        Operation::Command(name) => command::taken(&asked, name, body).await,
        // Kept out of the way of commands, whose future is the smaller for it.
        operation => Box::pin(question(&asked, app, operation, body)).await,
    };
    if let Some(at) = sets_clock.filter(|_| was_taken(&answered)) {
        front.clock.set(at).map_err(|ClockFixed| clock_fixed())?;
    }
    answered.map(Answered::into_response).map_err(|problem| asked.caller.told(problem))
}

/// Whether a request did what it came for, be it to hear the rules say no. Time stands still for any other.
fn was_taken(answered: &Result<Answered, Problem>) -> bool {
    answered.as_ref().map_or_else(|problem| problem.r#type == ProblemKind::Refused, |_| true)
}

fn clock_fixed() -> Problem {
    let detail =
        "Resit-Clock is for rehearsals: `resit init --rehearsal` makes a ledger whose clock can be set";
    Problem::new(ProblemKind::ClockFixed, detail)
}

/// Hands a request on to those who answer it.
async fn handed_on(
    beyond: &dyn Beyond,
    route: &Route,
    caller: Caller,
    head: &Parts,
    body: &mut Body,
    limits: &Limits,
) -> Result<Response<Body>, Problem> {
    let body = match route.body {
        Some(_) => body::whole(&head.headers, body, limits).await?,
        None => Bytes::new(),
    };
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let onward = Onward { route, caller: &caller, path, headers: &head.headers, body };
    Ok(beyond.answer(onward).await?.into())
}

/// The instant by which a request is judged or answered. A confirmation of the clock goes by what the clock reads: whether that may
/// be confirmed is checked when its body is read.
fn judged_at(route: &Route, clock: &dyn Clock, now: Timestamp) -> Result<Timestamp, Problem> {
    match route.operation {
        Operation::Command(CONFIRM_CLOCK) => {
            Ok(clock.trusted_now().unwrap_or_else(|untrusted| untrusted.reads))
        }
        Operation::Command(_) | Operation::Order | Operation::ExpireDue => Ok(clock.trusted_now()?),
        _ => Ok(now),
    }
}

/// Whether nothing goes on record for a request.
fn only_asks(route: &Route, parameters: &Parameters) -> Result<bool, Problem> {
    match route.operation {
        Operation::Command(_) | Operation::Order | Operation::ExpireDue => parameters.flag("dry_run"),
        _ => Ok(true),
    }
}

async fn question(
    asked: &Asked<'_>,
    app: &Arc<App>,
    operation: Operation,
    body: &mut Body,
) -> Result<Answered, Problem> {
    let upkeep = &asked.parts.upkeep;
    match operation {
        Operation::Command(name) => Box::pin(command::taken(asked, name, body)).await,
        Operation::Order => order::taken(asked, app, body).await,
        Operation::Entitlement => questions::entitlement(asked).await,
        Operation::History => questions::history(asked).await,
        Operation::Answer => questions::answer(asked).await,
        Operation::Why => questions::why(asked).await,
        Operation::WhyRefused => questions::why_refused(asked).await,
        Operation::LookUpCode => questions::look_up(asked, body).await,
        Operation::CandidateVouchers => lists::candidate(asked).await,
        Operation::OrderLines => lists::order_lines(asked).await,
        Operation::OrderLine => lists::order_line(asked).await,
        Operation::OfferVouchers => lists::offer(asked).await,
        Operation::PendingGoodwill => lists::pending_goodwill(asked).await,
        Operation::Inventory => lists::inventory(asked).await,
        Operation::Offers => lists::offers(asked).await,
        Operation::Offer => catalogue::offer(asked).await,
        Operation::Policy => catalogue::policy(asked).await,
        Operation::Terms => catalogue::terms(asked).await,
        Operation::Rules => catalogue::rules(),
        Operation::Log => reading::log(asked).await,
        Operation::Status => Answered::json(&upkeep.status(asked.now).await?),
        Operation::ExpireDue if asked.parameters.flag("dry_run")? => {
            Answered::json(&upkeep.due(asked.now).await?)
        }
        Operation::ExpireDue => Answered::json(&upkeep.expire_due(asked.now).await?),
        Operation::Verify => Answered::json(&upkeep.verify().await?),
        Operation::Rebuild => Answered::json(&upkeep.rebuild().await?),
        Operation::Metrics => metrics::shown(app, asked.now).await,
        Operation::ProblemPage | Operation::OpenApi | Operation::Live | Operation::Ready => {
            Err(Problem::new(ProblemKind::Bug, "this route needs no right to it, and has one"))
        }
    }
}

/// What everybody may ask.
async fn open(
    app: &App,
    route: &Route,
    path: Result<RawPathParams, RawPathParamsRejection>,
    uri: &Uri,
) -> Result<Answered, Problem> {
    match route.operation {
        Operation::ProblemPage => problem_page(&Parameters::new(readable(path)?, uri, &route.parameters)?),
        Operation::OpenApi => Ok(Answered::text("application/json", app.openapi.as_str())),
        Operation::Live => health::live(),
        Operation::Ready => health::ready(app).await,
        _ => Err(Problem::new(ProblemKind::Bug, "this route has no right to it, and needs one")),
    }
}

/// What the `type` of a problem leads to.
fn problem_page(parameters: &Parameters) -> Result<Answered, Problem> {
    let name: String = parameters.in_path("name")?;
    let kind = ProblemKind::named(&name).ok_or_else(|| {
        let names: Vec<_> = ProblemKind::ALL.iter().map(|kind| kind.name()).collect();
        let detail = format!("no kind of problem is called that; the kinds are: {}", names.join(", "));
        Problem::new(ProblemKind::NotFound, detail)
    })?;
    Ok(Answered::text("text/plain; charset=utf-8", kind.page()))
}

fn readable(path: Result<RawPathParams, RawPathParamsRejection>) -> Result<RawPathParams, Problem> {
    path.map_err(|error| {
        let reason = error.body_text();
        Problem::bad_input(FieldError::new("path", reason, "write what is no ASCII as percent-encoded UTF-8"))
    })
}

//! The router, made from the table of routes.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::{Method, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use resit_api::{Operation, Problem, ProblemKind, Route, Verb, routes};
use resit_story::nearest;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{App, body, door, respond};

/// How much of what is no command is said again.
const COMMAND_CHARS_MAX: usize = 60;

/// All routes over a gateway.
pub fn router(app: &Arc<App>) -> Router {
    let table: Vec<Arc<Route>> = routes().into_iter().map(Arc::new).collect();
    let answer = table.iter().find(|route| route.operation == Operation::Answer);
    let mut router = Router::new();
    for route in &table {
        let mut methods = method(app, route);
        // A command may have been given the id `issue`: its answer is asked for under the path of that command.
        if let (Operation::Command(_), Some(answer)) = (route.operation, answer) {
            methods = methods.merge(method(app, answer));
        }
        router = router.route(&route.path, methods);
    }
    turning_away(router)
}

/// The same routes; what leads to none of them is told so, and a bug is told as one.
pub(crate) fn turning_away(router: Router) -> Router {
    router
        .fallback(async |request: Request| {
            let detail =
                format!("there is nothing under {}; GET /openapi.json lists all paths", request.uri().path());
            turned_away(request, Problem::new(ProblemKind::NotFound, detail)).await
        })
        .method_not_allowed_fallback(async |request: Request| {
            let problem = no_command(&request).unwrap_or_else(|| {
                let path = request.uri().path();
                let detail = format!("{path} has another method; GET /openapi.json lists them");
                Problem::new(ProblemKind::MethodNotAllowed, detail)
            });
            turned_away(request, problem).await
        })
        .layer(CatchPanicLayer::custom(panicked))
        // Routes are made of handlers here, once, and not anew for each request.
        .with_state(())
}

/// What is wrong if a command is given that does not exist: its path is there all the same, for the answer to a command whose
/// id is that word.
fn no_command(request: &Request) -> Option<Problem> {
    let word = request.uri().path().strip_prefix("/v1/commands/").filter(|word| !word.contains('/'))?;
    let names: Vec<&str> = routes()
        .iter()
        .filter_map(|route| match route.operation {
            Operation::Command(name) => Some(name),
            _ => None,
        })
        .collect();
    if request.method() != Method::POST || names.contains(&word) {
        return None;
    }
    let shown: String = word.chars().take(COMMAND_CHARS_MAX).collect();
    let near = match nearest(word, &names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "GET /openapi.json lists them".to_owned(),
    };
    Some(Problem::new(ProblemKind::NotFound, format!("there is no command `{shown}`; {near}")))
}

async fn turned_away(request: Request, problem: Problem) -> Response<Body> {
    let (head, body) = request.into_parts();
    body::settled(respond::problem(&problem), &head.headers, body).await
}

pub(crate) fn method(app: &Arc<App>, route: &Arc<Route>) -> MethodRouter {
    let filter = match route.verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
    };
    let (app, route) = (app.clone(), route.clone());
    on(filter, move |path: Result<RawPathParams, RawPathParamsRejection>, request: Request| {
        door::answer(app.clone(), route.clone(), path, request)
    })
}

/// The method of a verb.
pub(crate) fn method_of(verb: Verb) -> Method {
    match verb {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is how a panic is handed on")]
fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or(panic.downcast_ref::<&str>().copied()).unwrap_or("nothing");
    tracing::error!(said, "a request met a bug");
    let detail =
        "the server made a mistake, and its log says which; a command can be sent again with the same key";
    respond::problem(&Problem::new(ProblemKind::Bug, detail))
}

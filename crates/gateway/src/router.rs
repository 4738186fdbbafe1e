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
use tower_http::catch_panic::CatchPanicLayer;

use crate::{App, body, door, respond};

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
            let detail = format!("{} has another method; GET /openapi.json lists them", request.uri().path());
            turned_away(request, Problem::new(ProblemKind::MethodNotAllowed, detail)).await
        })
        .layer(CatchPanicLayer::custom(panicked))
        // Routes are made of handlers here, once, and not anew for each request.
        .with_state(())
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

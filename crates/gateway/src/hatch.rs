//! Another way in than HTTP's: requests that somebody hands in, each with its caller.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Request, Response, Uri};
use http_body_util::BodyExt as _;
use resit_api::{Problem, Route};
use tower_service::Service as _;

use crate::router::{method, method_of};
use crate::{App, Brought, Caller, respond};

/// The way to one route. Nothing that is handed in here reaches another one, whatever its path says.
#[derive(Clone)]
pub struct Hatch {
    route: Arc<Route>,
    router: Router,
}

/// A request that is handed in.
#[derive(Debug)]
pub struct HandedIn {
    /// Who asks; whoever hands it in vouches for that.
    pub caller: Caller,
    /// The path with what stands behind the question mark; the route's own if it has no parameters.
    pub path: PathAndQuery,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Hatch {
    /// The way to a route of an application whose callers are vouched for ([`crate::Auth::Vouched`]).
    pub fn to(app: &Arc<App>, route: &Arc<Route>) -> Self {
        let router = crate::router::turning_away(Router::new().route(&route.path, method(app, route)));
        Self { route: route.clone(), router }
    }

    /// Its route.
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// Answers a request.
    pub async fn answer(&self, handed_in: HandedIn) -> Brought {
        let HandedIn { caller, path, headers, body } = handed_in;
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = method_of(self.route.verb);
        *request.uri_mut() = Uri::from(path);
        *request.headers_mut() = headers;
        request.extensions_mut().insert(caller);
        let answered: Result<Response<Body>, Infallible> = self.router.clone().call(request).await;
        let Ok(response) = answered;
        brought(response).await
    }

    /// A problem as this way's callers see it.
    pub async fn problem(problem: &Problem) -> Brought {
        brought(respond::problem(problem)).await
    }
}

async fn brought(response: Response<Body>) -> Brought {
    let (head, body) = response.into_parts();
    // The body of an answer lies in memory: collecting it does not fail.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Brought { status: head.status, headers: head.headers, body }
}

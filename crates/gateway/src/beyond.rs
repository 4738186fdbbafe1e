//! Others who answer: what is let in here is handed on to them.

use async_trait::async_trait;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response, StatusCode};
use resit_api::{Problem, Route};

use crate::Caller;

/// Those who answer for a door that has nothing of its own to answer from.
#[async_trait]
pub trait Beyond: Send + Sync + 'static {
    /// Hands a request on, and brings the answer.
    async fn answer(&self, onward: Onward<'_>) -> Result<Brought, Problem>;

    /// Why nobody would answer now; empty if somebody would.
    async fn faults(&self) -> Vec<String>;
}

/// A request whose caller is known, and may do what it asks for.
#[derive(Debug)]
pub struct Onward<'a> {
    /// Its route.
    pub route: &'a Route,
    /// Who asks.
    pub caller: &'a Caller,
    /// The path with what stands behind the question mark, as it came.
    pub path: &'a str,
    /// Its headers, as they came.
    pub headers: &'a HeaderMap,
    /// Its body; empty if its route takes none.
    pub body: Bytes,
}

/// An answer from beyond.
#[derive(Debug)]
pub struct Brought {
    /// The status.
    pub status: StatusCode,
    /// The headers that are to be shown.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl From<Brought> for Response<Body> {
    fn from(brought: Brought) -> Self {
        let mut response = Response::new(Body::from(brought.body));
        *response.status_mut() = brought.status;
        *response.headers_mut() = brought.headers;
        response
    }
}

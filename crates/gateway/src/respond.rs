//! Answers as they leave.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use resit_api::{Problem, ProblemKind, header};
use resit_event_log::Position;
use serde::Serialize;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    /// The log position that it shows, if it shows one.
    pub(crate) position: Option<Position>,
    media: &'static str,
    body: Vec<u8>,
}

const JSON: &str = "application/json";

impl Answered {
    /// A JSON answer.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, Problem> {
        let mut body = Vec::with_capacity(2_048);
        serde_json::to_writer(&mut body, value).map_err(|error| {
            tracing::error!(%error, "an answer has no JSON form");
            Problem::new(ProblemKind::Bug, "the answer can't be written; the server's log says more")
        })?;
        Ok(Self { status: StatusCode::OK, position: None, media: JSON, body })
    }

    /// An answer that is text already.
    pub(crate) fn text(media: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: StatusCode::OK, position: None, media, body: body.into() }
    }

    /// The same, with the position that it shows.
    pub(crate) fn at(self, position: Position) -> Self {
        Self { position: Some(position), ..self }
    }

    /// The same, with another status.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.media));
        if let Some(position) = self.position {
            response
                .headers_mut()
                .insert(HeaderName::from_static(header::POSITION), HeaderValue::from(position.0));
        }
        response
    }
}

/// A problem as it leaves.
pub(crate) fn problem(problem: &Problem) -> Response<Body> {
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.r#type == ProblemKind::Unauthenticated {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(position) = problem.position.filter(|_| problem.r#type == ProblemKind::Refused) {
        headers.insert(HeaderName::from_static(header::POSITION), HeaderValue::from(position.0));
    }
    response
}

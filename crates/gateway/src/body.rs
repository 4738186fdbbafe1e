//! The body of a request, read once.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use resit_api::{FieldError, Problem, ProblemKind};

use crate::Limits;

/// How much of a body that nobody asked for is read, so that its connection can be used again.
const LEFT_BYTES_MAX: usize = 64 << 10;

/// How long its answer waits for that.
const LEFT_MAX: Duration = Duration::from_millis(500);

/// Reads a JSON body, as long and as slow as the limits allow.
pub(crate) async fn read(headers: &HeaderMap, body: &mut Body, limits: &Limits) -> Result<Bytes, Problem> {
    let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or("");
    if !is_json(media) {
        let said = if media.is_empty() { "nothing".to_owned() } else { format!("`{media}`") };
        let detail = format!("the Content-Type says {said}; send JSON, and `Content-Type: application/json`");
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    whole(headers, body, limits).await
}

/// Reads a body of any kind, as long and as slow as the limits allow.
pub(crate) async fn whole(headers: &HeaderMap, body: &mut Body, limits: &Limits) -> Result<Bytes, Problem> {
    let max = limits.body_bytes_max;
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(too_large(max));
    }
    let limit = Duration::from_millis(limits.body_millis_max);
    let Ok(came) = tokio::time::timeout(limit, Limited::new(body, max).collect()).await else {
        return Err(too_slow(limit));
    };
    match came {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(max)),
        Err(error) => {
            let reason = format!("it broke off: {error}");
            Err(Problem::bad_input(FieldError::new(
                "body",
                reason,
                "send the request again, with the same key",
            )))
        }
    }
}

/// An answer that may leave. What is left of the body is read if it is short; else the connection can't be used again,
/// and the answer says so.
pub(crate) async fn settled(mut response: Response<Body>, headers: &HeaderMap, body: Body) -> Response<Body> {
    // Who waits to be asked for a body that nobody wants need not send it.
    let is_coming = response.status() != StatusCode::REQUEST_TIMEOUT && !headers.contains_key(EXPECT);
    let is_usable = body.is_end_stream() || (is_coming && ends_soon(body).await);
    if !is_usable {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn ends_soon(body: Body) -> bool {
    if body.size_hint().lower() > LEFT_BYTES_MAX as u64 {
        return false;
    }
    let left = Limited::new(body, LEFT_BYTES_MAX).collect();
    matches!(tokio::time::timeout(LEFT_MAX, left).await, Ok(Ok(_)))
}

fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or("").trim();
    media.eq_ignore_ascii_case("application/json")
        || (media.len() > 5 && media.is_ascii() && media[media.len() - 5..].eq_ignore_ascii_case("+json"))
}

fn too_slow(limit: Duration) -> Problem {
    let detail = format!(
        "the body did not come within {} ms; send the request again, with the same key",
        limit.as_millis()
    );
    Problem::new(ProblemKind::RequestTimeout, detail)
}

fn too_large(max: usize) -> Problem {
    let detail = format!("the body may have {max} bytes at most; split the request");
    Problem::new(ProblemKind::TooLarge, detail)
}

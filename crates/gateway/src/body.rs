//! The body of a request, read once.

use axum::body::Body;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use resit_api::{FieldError, Problem, ProblemKind};

/// Reads a JSON body of at most `max` bytes.
pub(crate) async fn read(headers: &HeaderMap, body: Body, max: usize) -> Result<Bytes, Problem> {
    let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or("");
    if !is_json(media) {
        let said = if media.is_empty() { "nothing".to_owned() } else { format!("`{media}`") };
        let detail = format!("the Content-Type says {said}; send JSON, and `Content-Type: application/json`");
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(too_large(max));
    }
    match Limited::new(body, max).collect().await {
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

fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or("").trim();
    media.eq_ignore_ascii_case("application/json")
        || (media.len() > 5 && media.is_ascii() && media[media.len() - 5..].eq_ignore_ascii_case("+json"))
}

fn too_large(max: usize) -> Problem {
    let detail = format!("the body may have {max} bytes at most; split the request");
    Problem::new(ProblemKind::TooLarge, detail)
}

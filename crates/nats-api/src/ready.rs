//! Whether requests that are handed on would be answered.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::{HeaderMap, Message, Request, RequestError, RequestErrorKind};
use axum::http::StatusCode;
use resit_access::Role;
use resit_api::{Problem, header};
use resit_nats::Link;

use crate::message::{inward, shown, take_status};

/// How long a command handler may take to say where the log ends.
const HEAD_MAX: Duration = Duration::from_secs(2);

/// Why nobody would answer a request; empty if somebody would.
///
/// A command handler is asked for the first record and the end of the log, which takes the log's leader as well.
pub(crate) async fn faults(link: &Link) -> Vec<String> {
    if link.client.connection_state() != State::Connected {
        return vec!["there is no connection to NATS".to_owned()];
    }
    let fault = match where_it_ends(link).await {
        Ok(message) => failed(&message),
        Err(error) if error.kind() == RequestErrorKind::TimedOut => Some(format!(
            "no command handler said within {} seconds where the log ends; do the NATS servers have a leader?",
            HEAD_MAX.as_secs()
        )),
        Err(error) => Some(format!("no command handler answers: {error}")),
    };
    fault.into_iter().collect()
}

/// Asks a command handler where the log ends.
pub(crate) async fn where_it_ends(link: &Link) -> Result<Message, RequestError> {
    let mut headers = HeaderMap::new();
    headers.insert(shown(header::PATH), "/v1/log?limit=1");
    headers.insert(shown(header::ANSWER_FORM), header::ANSWER_FORM_NOW);
    let subject = link.names.api_by_gateway(Role::Reporting.name(), "gateway", "log");
    let request = Request::new().headers(headers).timeout(Some(HEAD_MAX));
    link.client.send_request(subject, request).await
}

/// What a handler says if it can't answer.
fn failed(message: &Message) -> Option<String> {
    let mut headers = inward(message.headers.as_ref());
    if take_status(&mut headers) == Some(StatusCode::OK) {
        return None;
    }
    let problem: Option<Problem> = serde_json::from_slice(&message.payload).ok();
    Some(problem.map_or_else(|| "a command handler fails, and does not say why".to_owned(), |it| it.detail))
}

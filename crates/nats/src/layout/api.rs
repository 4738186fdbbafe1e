//! Requests to JetStream, as they go over the wire: its servers insist on an empty body where they expect none.

use async_nats::jetstream::response::Response;
use serde::de::DeserializeOwned;

use crate::Link;

/// Why nothing is known of a ledger's streams, or nothing was done about them.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// No answer came.
    #[error("NATS did not answer {request}; does JetStream run there, and may this user ask?")]
    NoAnswer {
        /// What was asked.
        request: String,
        /// What came instead.
        source: async_nats::RequestError,
    },
    /// It said no.
    #[error("NATS refuses {request}")]
    Refused {
        /// What was asked.
        request: String,
        /// What it said.
        source: async_nats::jetstream::Error,
    },
    /// The answer is in no form that is known.
    #[error("NATS answers {request} in a form that is not known; run a server of a version that was tried")]
    Strange {
        /// What was asked.
        request: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// Asks JetStream.
pub(super) async fn ask<T: DeserializeOwned>(
    link: &Link,
    request: &str,
    body: Vec<u8>,
) -> Result<Result<T, async_nats::jetstream::Error>, LayoutError> {
    let request = request.to_owned();
    let answer = link.client.request(format!("$JS.API.{request}"), body.into()).await;
    let message = match answer {
        Ok(message) => message,
        Err(source) => return Err(LayoutError::NoAnswer { request, source }),
    };
    match serde_json::from_slice(&message.payload) {
        Ok(Response::Ok(answer)) => Ok(Ok(answer)),
        Ok(Response::Err { error }) => Ok(Err(error)),
        Err(source) => Err(LayoutError::Strange { request, source }),
    }
}

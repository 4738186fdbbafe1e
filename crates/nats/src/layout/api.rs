//! Requests to JetStream, as they go over the wire: its servers insist on an empty body where they expect none.

use async_nats::jetstream::response::Response;
use serde::de::DeserializeOwned;

use crate::{Denied, Link};

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
    /// The user may not ask, or not hear the answer.
    #[error(
        "NATS denies this user {denied}, so that {request} gets no answer: show the key of a user who may ask that, and with \
         --nats-inbox (RESIT_NATS_INBOX) the inbox that `resit nats users` printed for it, such as _INBOX_admin"
    )]
    Denied {
        /// What was asked.
        request: String,
        /// What is denied.
        denied: Denied,
    },
    /// There are no streams for this user at all.
    #[error(
        "the account of this user has no JetStream: show the key of a user of the account LEDGER, as `resit nats users` wrote \
         it (--nats-nkey-file), or turn JetStream on for this one"
    )]
    NoJetStream,
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
    let (subject, request) = (format!("$JS.API.{request}"), request.to_owned());
    let message = tokio::select! {
        answer = link.client.request(subject.clone(), body.into()) => match answer {
            Ok(message) => message,
            Err(source) => return Err(LayoutError::NoAnswer { request, source }),
        },
        denied = link.denial(&subject) => return Err(LayoutError::Denied { request, denied }),
    };
    match serde_json::from_slice(&message.payload) {
        Ok(Response::Ok(answer)) => Ok(Ok(answer)),
        Ok(Response::Err { error }) => Ok(Err(error)),
        Err(source) => Err(LayoutError::Strange { request, source }),
    }
}

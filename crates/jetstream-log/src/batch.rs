//! An atomic batch: all messages are stored, or none.

use async_nats::client::{PublishError, PublishErrorKind};
use async_nats::{HeaderName, Message, StatusCode};
use resit_nats::Link;
use serde::Deserialize;
use tokio::time::timeout;

use crate::answers::Expected;
use crate::pending::{Outgoing, Pending};
use crate::shared::Shared;

/// What came of a batch.
#[derive(Debug)]
pub(crate) enum Published {
    /// It is stored and durable; its last message has this sequence.
    Stored { last: u64 },
    /// A subject was not where it was expected. Nothing is stored.
    Conflict,
    /// The server took it apart, and stored nothing: it may be sent again.
    Lost(String),
    /// The server does not take it. Nothing is stored.
    Refused(String),
    /// Its last message came to no server: nothing is stored, nor ever will be of this try.
    NotSent(String),
    /// Nobody knows.
    Unknown(String),
}

#[derive(Debug, Deserialize)]
struct Ack {
    error: Option<Fault>,
    #[serde(default)]
    seq: u64,
    #[serde(default)]
    count: usize,
}

#[derive(Debug, Deserialize)]
struct Fault {
    code: u16,
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

/// Headers that say which batch a message is of, its place there, and that it ends it.
const BATCH_ID: HeaderName = HeaderName::from_static("Nats-Batch-Id");
const BATCH_SEQUENCE: HeaderName = HeaderName::from_static("Nats-Batch-Sequence");
const BATCH_COMMIT: HeaderName = HeaderName::from_static("Nats-Batch-Commit");

/// A wrong last sequence on one server, and on replicas.
const WRONG_LAST: [u64; 2] = [10_071, 10_164];

/// Codes of batches that were not stored through no fault of theirs: too many under way, incomplete.
const LOST: [u64; 2] = [10_176, 10_210];

impl Shared {
    /// Publishes commits as one batch. They are recorded now: each no earlier than those before it on the wire.
    pub(crate) async fn publish(&self, commits: &mut [Pending]) -> Published {
        let span = self.link.settings.timeout;
        match timeout(span, self.sent(commits)).await {
            Ok(Ok(mut answer)) => match timeout(span, answer.messages.recv()).await {
                Ok(Some(answer)) => understood(&answer, commits.iter().map(Pending::messages).sum()),
                Ok(None) | Err(_) => Published::Unknown("no answer came in time".into()),
            },
            Ok(Err(published)) => published,
            // Only its last message makes a batch one, and that is sent last.
            Err(_) => Published::NotSent("it could not be sent in time".into()),
        }
    }

    /// Sends every message, and returns what the answer will come by.
    async fn sent(&self, commits: &mut [Pending]) -> Result<Expected, Published> {
        let Link { client, names, .. } = &self.link;
        let expected = self.answers.expect(client).await;
        let expected = expected.map_err(|e| Published::NotSent(e.to_string()))?;
        let _turn = self.wire.lock().await;
        for commit in &mut *commits {
            commit.recorded_at = self.seen.not_before(commit.given_at());
        }
        let mut outgoing: Vec<Outgoing> = Vec::new();
        for commit in &*commits {
            outgoing.extend(commit.outgoing(names));
        }
        let last = outgoing.len();
        for (Outgoing { subject, mut headers, payload }, n) in outgoing.into_iter().zip(1..) {
            headers.insert(BATCH_ID, expected.id.as_str());
            headers.insert(BATCH_SEQUENCE, n.to_string());
            let sent = if n < last {
                client.publish_with_headers(subject, headers, payload).await
            } else {
                headers.insert(BATCH_COMMIT, "1");
                client
                    .publish_with_reply_and_headers(subject, expected.subject.clone(), headers, payload)
                    .await
            };
            sent.map_err(|e| unsent(&e))?;
        }
        Ok(expected)
    }
}

fn unsent(error: &PublishError) -> Published {
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded | PublishErrorKind::InvalidSubject => {
            Published::Refused(format!("{error}; is `max_payload` 8MB on every server?"))
        }
        PublishErrorKind::Send => Published::NotSent(error.to_string()),
    }
}

fn understood(answer: &Message, messages: usize) -> Published {
    if answer.status == Some(StatusCode::NO_RESPONDERS) {
        return Published::NotSent("the stream has no leader".into());
    }
    let ack: Ack = match serde_json::from_slice(&answer.payload) {
        Ok(ack) => ack,
        Err(error) => return Published::Unknown(format!("the answer can't be understood: {error}")),
    };
    match ack.error {
        None if ack.count == messages => Published::Stored { last: ack.seq },
        None => Published::Unknown(format!("{} of {messages} messages were acknowledged", ack.count)),
        Some(Fault { err_code, .. }) if WRONG_LAST.contains(&err_code) => Published::Conflict,
        Some(Fault { err_code, description, .. }) if LOST.contains(&err_code) => Published::Lost(description),
        // The server could not do it now, and does not say what it did.
        Some(Fault { code: 500.., err_code, description }) => {
            Published::Unknown(format!("{description} ({err_code})"))
        }
        Some(Fault { err_code, description, .. }) => {
            Published::Refused(format!("{description} ({err_code})"))
        }
    }
}

//! Many messages in one request, from any server that has them: fast, and maybe behind the leader.

use std::time::Duration;

use async_nats::{HeaderMap, Message};
use resit_event_log::ReadError;
use serde::Serialize;
use tokio::time::timeout;

use crate::answers::Expected;
use crate::shared::{Shared, unread};
use crate::stored::Stored;

/// How many messages are asked for at once.
pub(crate) const BATCH_MAX: usize = 512;

#[derive(Debug, Serialize)]
struct Asked<'a> {
    seq: u64,
    batch: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_by_subj: Option<&'a str>,
}

/// An answer was broken off.
#[derive(Debug, thiserror::Error)]
#[error("no server sent the rest of it in time")]
struct BrokenOff;

impl Shared {
    /// Messages from a sequence on, of one subject or of all: those that the server which answers has, some at most. Markers are
    /// none.
    pub(crate) async fn direct(
        &self,
        first: u64,
        count: usize,
        subject: Option<&str>,
    ) -> Result<Vec<(u64, Option<Stored>)>, ReadError> {
        let span = self.link.settings.timeout;
        let expected = self.answers.expect(&self.link.client).await;
        let mut expected = expected.map_err(|e| unread("reading messages", e))?;
        let asked = Asked { seq: first, batch: count.min(BATCH_MAX), next_by_subj: subject };
        let body = serde_json::to_vec(&asked).expect("numbers and a text are JSON");
        let to = format!("$JS.API.DIRECT.GET.{}", self.stream_name);
        let sent = self.link.client.publish_with_reply(to, expected.subject.clone(), body.into()).await;
        sent.map_err(|e| unread("reading messages", e))?;
        let mut messages = Vec::new();
        loop {
            let message = next(&mut expected, span).await?;
            match message.status.map(|status| status.as_u16()) {
                None => messages.extend(self.received(&message)?),
                // 204 ends what was found; 404 says that nothing was.
                Some(204 | 404) => return Ok(messages),
                Some(_) => return Err(unread("reading messages", BrokenOff)),
            }
        }
    }

    /// The sequence of a message, and the record in it.
    fn received(&self, message: &Message) -> Result<Option<(u64, Option<Stored>)>, ReadError> {
        let headers = message.headers.as_ref();
        let (Some(sequence), Some(subject)) =
            (number(headers, "Nats-Sequence"), text(headers, "Nats-Subject"))
        else {
            return Ok(None);
        };
        self.record_in(subject, sequence, &message.payload).map(|stored| Some((sequence, stored)))
    }
}

/// The next message of an answer.
pub(crate) async fn next(expected: &mut Expected, span: Duration) -> Result<Message, ReadError> {
    let message = timeout(span, expected.messages.recv()).await.ok().flatten();
    message.ok_or_else(|| unread("reading messages", BrokenOff))
}

pub(crate) fn text<'a>(headers: Option<&'a HeaderMap>, name: &str) -> Option<&'a str> {
    headers?.get(name).map(async_nats::HeaderValue::as_str)
}

pub(crate) fn number(headers: Option<&HeaderMap>, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

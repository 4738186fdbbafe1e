//! The newest message on a subject, as of a head that is proven.
//!
//! Whatever one server has of the stream is a beginning of what the majority has stored. So it does not matter who answers, only
//! how far it is: an answer that says that its server has the head, or more, has all in it that stands up to there.

use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageError, LastRawMessageErrorKind};
use bytes::Bytes;
use resit_event_log::{Position, ReadError};
use serde::Serialize;
use tokio::time::timeout;

use crate::damage::unreadable;
use crate::head::Said;
use crate::pause::Pauses;
use crate::range::{next, number, text};
use crate::shared::{Shared, unread};

/// The pauses between questions to a server that is behind: most are by milliseconds.
const AGAIN: Duration = Duration::from_millis(1);
const AGAIN_LONGEST: Duration = Duration::from_millis(100);

/// How often a message that is counted may not be given, before who leads is asked for it.
const UNGIVEN_MAX: u32 = 10;

/// A message of the log.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) subject: String,
    pub(crate) sequence: u64,
    pub(crate) payload: Bytes,
}

/// What a server has on a subject.
enum Given {
    /// The newest message, of those up to a sequence that it has.
    Newest(Found, u64),
    Nothing,
}

#[derive(Debug, Serialize)]
struct Asked<'a> {
    multi_last: [&'a str; 1],
}

impl Shared {
    /// The message that a subject ends with; none if it has none. Whatever was acknowledged before this was asked is seen.
    pub(crate) async fn last_on(&self, subject: &str) -> Result<Option<Found>, ReadError> {
        // What one server keeps alone is nowhere newer.
        if self.is_kept_by_one() {
            return self.last_of_one(subject).await;
        }
        let head = self.head_now().await?;
        let span = self.link.settings.timeout;
        timeout(span, self.last_as_of(subject, head)).await.unwrap_or_else(|_| {
            let why = "no server gave it in time that has all of the log".to_owned();
            Err(unread("asking for the last message of a subject", Said(why)))
        })
    }

    async fn last_as_of(&self, subject: &str, head: Position) -> Result<Option<Found>, ReadError> {
        let (mut pauses, mut ungiven) = (Pauses::new(AGAIN, AGAIN_LONGEST), 0);
        loop {
            match self.newest_given(subject).await? {
                Given::Newest(found, up_to) if up_to >= head.0 => return Ok(Some(found)),
                Given::Newest(..) => {}
                // Servers do not say how far they are when they give nothing, and say the same of a damaged message.
                Given::Nothing => match self.count_as_of(subject, head).await? {
                    Some(0) => return Ok(None),
                    Some(_) if ungiven == UNGIVEN_MAX && self.last_given(subject).await?.is_none() => {
                        return Err(unreadable(subject));
                    }
                    _ => {}
                },
            }
            ungiven += 1;
            pauses.next().await;
        }
    }

    /// How many messages are counted on a subject by a server that has the head; none if it does not have it.
    async fn count_as_of(&self, subject: &str, head: Position) -> Result<Option<u64>, ReadError> {
        let standing = self.standing(Some(subject)).await?;
        let counted = standing.state.subjects.and_then(|subjects| subjects.get(subject).copied());
        Ok((standing.state.last_seq >= head.0).then(|| counted.unwrap_or(0)))
    }

    /// What the server has on a subject that the question comes to.
    async fn newest_given(&self, subject: &str) -> Result<Given, ReadError> {
        let asking = "asking for the last message of a subject";
        let expected = self.answers.expect(&self.link.client).await;
        let mut expected = expected.map_err(|e| unread(asking, e))?;
        let body = serde_json::to_vec(&Asked { multi_last: [subject] }).expect("a text is JSON");
        let to = format!("$JS.API.DIRECT.GET.{}", self.stream_name);
        let sent = self.link.client.publish_with_reply(to, expected.subject.clone(), body.into()).await;
        sent.map_err(|e| unread(asking, e))?;
        let mut found = None;
        loop {
            let message = next(&mut expected, self.link.settings.timeout).await?;
            let headers = message.headers.as_ref();
            match message.status.map(|status| status.as_u16()) {
                None => {
                    let of = number(headers, "Nats-Sequence").zip(text(headers, "Nats-Subject"));
                    found = of.map(|(sequence, subject)| Found {
                        subject: subject.to_owned(),
                        sequence,
                        payload: message.payload.clone(),
                    });
                }
                Some(204) => {
                    return Ok(match found.zip(number(headers, "Nats-UpTo-Sequence")) {
                        Some((found, up_to)) => Given::Newest(found, up_to),
                        None => Given::Nothing,
                    });
                }
                Some(404) => return Ok(Given::Nothing),
                Some(status) => return Err(unread(asking, Said(format!("a server answered {status}")))),
            }
        }
    }

    /// The same of a log that one server keeps.
    async fn last_of_one(&self, subject: &str) -> Result<Option<Found>, ReadError> {
        if let Some(message) = self.last_given(subject).await? {
            return Ok(Some(message));
        }
        // A server says the same of a message that its disk has damaged. It still counts it.
        if self.count_as_of(subject, Position::START).await? == Some(0) {
            return Ok(None);
        }
        // Somebody may have written it in between.
        self.last_given(subject).await?.map(Some).ok_or_else(|| unreadable(subject))
    }

    /// What a server gives that leads, or believes that it does.
    async fn last_given(&self, subject: &str) -> Result<Option<Found>, ReadError> {
        match self.stream.get_last_raw_message_by_subject(subject).await {
            Ok(StreamMessage { subject, sequence, payload, .. }) => {
                Ok(Some(Found { subject: subject.to_string(), sequence, payload }))
            }
            Err(error) if is_none(&error) => Ok(None),
            Err(error) => Err(unread("asking for the last message of a subject", error)),
        }
    }
}

pub(crate) fn is_none(error: &LastRawMessageError) -> bool {
    match error.kind() {
        LastRawMessageErrorKind::NoMessageFound => true,
        LastRawMessageErrorKind::JetStream(e) => e.error_code() == ErrorCode::NO_MESSAGE_FOUND,
        _ => false,
    }
}

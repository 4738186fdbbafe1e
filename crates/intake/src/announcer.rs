//! Announces the ledger's facts: each once, in the order of the log.
//!
//! Where it goes on is what the last message of the stream says, and each message goes in only right behind the one that
//! was seen last. So two announcers can't both put a fact there, and one that was killed goes on where it was.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::stream::Stream;
use bytes::Bytes;
use futures_util::future::join_all;
use resit_event_log::{EventLog, Position};
use resit_nats::Link;
use tokio::sync::watch;

use crate::bounded::payload_bytes_max;
use crate::fact::{Fact, Place};
use crate::{Counts, IntakeError};

/// How many records are read at a time.
const READ_RECORDS: usize = 256;

/// How many facts are on their way at a time, and how many bytes: each waits in memory for its acknowledgement.
const ON_THEIR_WAY_MAX: usize = 128;
const ON_THEIR_WAY_BYTES_MAX: usize = 16 << 20;

/// How long one that was outrun leaves it to the other, before it looks whether that one still does it.
const STAND_BY: Duration = Duration::from_secs(5);

/// Follows the log, and announces what is on record.
pub struct Announcer {
    link: Link,
    log: Arc<dyn EventLog>,
    counts: Arc<Counts>,
    position: watch::Sender<Position>,
    trouble: watch::Sender<Option<Trouble>>,
}

/// Why announcing does not get on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// How often it was tried since it last got on.
    pub tries: u32,
    /// How far in the log it is: what comes after that is not announced.
    pub position: Position,
    /// What the last try met, with its causes.
    pub reason: String,
}

/// How far the announcement is.
#[derive(Debug, Clone, Copy)]
struct Announced {
    /// The last fact; none before the first.
    last: Option<Place>,
    /// The number of its message.
    sequence: u64,
}

impl Announcer {
    /// Announces the facts of a log.
    pub fn new(link: Link, log: Arc<dyn EventLog>, counts: Arc<Counts>) -> Self {
        let (position, trouble) = (watch::Sender::new(Position::START), watch::Sender::new(None));
        Self { link, log, counts, position, trouble }
    }

    /// How far in the log it is.
    pub fn position(&self) -> watch::Receiver<Position> {
        self.position.subscribe()
    }

    /// Why it does not get on; none while it does, or while another process announces.
    pub fn trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.trouble.subscribe()
    }

    /// Announces facts until `stop`.
    ///
    /// # Errors
    ///
    /// If the log or the stream of facts did not answer. Start it again: it goes on where the stream ends.
    pub async fn run(&self, stop: impl Future<Output = ()>) -> Result<(), IntakeError> {
        tokio::pin!(stop);
        loop {
            let ended = tokio::select! {
                () = &mut stop => return Ok(()),
                ended = self.follow() => ended,
            };
            match ended {
                Err(IntakeError::Outrun) => {
                    self.gets_on();
                    tracing::debug!("another process announces facts; standing by");
                }
                Err(error) => {
                    self.met(&error);
                    return Err(error);
                }
                Ok(()) => return Ok(()),
            }
            if tokio::time::timeout(STAND_BY, &mut stop).await.is_ok() {
                return Ok(());
            }
        }
    }

    fn gets_on(&self) {
        self.trouble.send_if_modified(|trouble| trouble.take().is_some());
    }

    fn met(&self, error: &IntakeError) {
        let reason = error.with_causes();
        let position = *self.position.borrow();
        self.trouble.send_modify(|trouble| {
            let tries = trouble.as_ref().map_or(0, |trouble| trouble.tries) + 1;
            *trouble = Some(Trouble { tries, position, reason });
        });
    }

    async fn follow(&self) -> Result<(), IntakeError> {
        let mut announced = self.announced().await?;
        // The record of the last fact may have more of them.
        let mut read = announced.last.map_or(Position::START, |last| Position(last.position.0 - 1));
        loop {
            let records = self.log.read(read, READ_RECORDS).await?;
            let Some(last) = records.last() else {
                self.gets_on();
                self.log.wait_past(read).await?;
                continue;
            };
            read = last.position;
            let facts = records.iter().flat_map(Fact::of);
            let new: Vec<Fact> =
                facts.filter(|fact| announced.last.is_none_or(|last| last < fact.place())).collect();
            let mut left = new.as_slice();
            while !left.is_empty() {
                let done;
                (done, announced) = self.announce(left, announced).await?;
                left = &left[done..];
                self.gets_on();
            }
            self.position.send_replace(read);
        }
    }

    async fn announced(&self) -> Result<Announced, IntakeError> {
        let name = self.link.names.facts_stream();
        let unread = |source| IntakeError::Unread { stream: name.clone(), source };
        let stream = self.link.jetstream.get_stream_no_info(&name).await;
        let stream: Stream<()> = stream.map_err(|e| unread(Box::new(e)))?;
        let sequence = stream.get_info().await.map_err(|e| unread(Box::new(e)))?.state.last_sequence;
        if sequence == 0 {
            return Ok(Announced { last: None, sequence });
        }
        let message = stream.get_raw_message(sequence).await.map_err(|e| unread(Box::new(e)))?;
        let fact: Fact = serde_json::from_slice(&message.payload)
            .map_err(|_| IntakeError::NoFact { stream: name.clone() })?;
        Ok(Announced { last: Some(fact.place()), sequence })
    }

    /// Announces facts, each only right after the one before it, and returns how many: as many as may be on their way.
    async fn announce(
        &self,
        facts: &[Fact],
        announced: Announced,
    ) -> Result<(usize, Announced), IntakeError> {
        let mut acknowledged = Vec::new();
        let mut bytes = 0;
        for (fact, before) in facts.iter().take(ON_THEIR_WAY_MAX).zip(announced.sequence..) {
            let (subject, headers, payload) = self.message(fact);
            bytes += payload.len();
            if bytes > ON_THEIR_WAY_BYTES_MAX && !acknowledged.is_empty() {
                break;
            }
            let headers = right_behind(headers, before);
            let sent = self.link.jetstream.publish_with_headers(subject.clone(), headers, payload).await;
            let unanswered = move |source: PublishError| failed(subject.clone(), source);
            let sent = sent.map_err(&unanswered)?;
            acknowledged.push(async move { sent.await.map_err(unanswered) });
        }
        let (mut sequence, done) = (announced.sequence, acknowledged.len());
        for acknowledged in join_all(acknowledged).await {
            sequence = acknowledged?.sequence;
        }
        self.counts.announced(done);
        let last = facts[..done].last().map(Fact::place).or(announced.last);
        Ok((done, Announced { last, sequence }))
    }

    /// The subject, the headers and the payload that tell a fact, no longer than the servers take.
    fn message(&self, fact: &Fact) -> (String, HeaderMap, Bytes) {
        let ledger = self.link.names.ledger().to_string();
        let told = fact.told(&ledger);
        let subject = self.link.names.fact(fact.stream_kind(), &told.kind);
        let (headers, payload) = told.binary();
        // The expected sequence goes with them.
        let bytes_max = payload_bytes_max(&self.link, &right_behind(headers.clone(), u64::MAX));
        if payload.len() <= bytes_max {
            return (subject, headers, payload);
        }
        let (position, bytes) = (fact.position, payload.len());
        tracing::info!(%position, bytes, bytes_max, "a fact is announced without what is too long for the servers");
        let (headers, payload) = fact.clone().within(bytes_max).told(&ledger).binary();
        (subject, headers, payload)
    }
}

/// A no because another message came in between; servers have two codes for it.
fn failed(subject: String, source: PublishError) -> IntakeError {
    let said = source.source().and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>());
    match said.map(async_nats::jetstream::Error::error_code) {
        Some(ErrorCode::STREAM_WRONG_LAST_SEQUENCE | ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT) => {
            IntakeError::Outrun
        }
        _ => IntakeError::Publish { subject, source: Box::new(source) },
    }
}

fn right_behind(mut headers: HeaderMap, sequence: u64) -> HeaderMap {
    headers.insert(async_nats::header::NATS_EXPECTED_LAST_SEQUENCE, sequence.to_string());
    headers
}

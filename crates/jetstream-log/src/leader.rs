//! Reads that the stream's leader answers: what was acknowledged is always seen.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageError, LastRawMessageErrorKind};
use bytes::Bytes;
use futures_util::StreamExt as _;
use resit_event_log::{Position, ReadError, Record, StreamId};

use crate::damage::{missing, unreadable};
use crate::head::Said;
use crate::shared::{Shared, unread};
use crate::stored::{self, Marker, Stored};

impl Shared {
    /// The last record of a stream; none if it doesn't exist.
    pub(crate) async fn last_of(&self, stream: &StreamId) -> Result<Option<Stored>, ReadError> {
        let subject = self.link.names.record(stream.kind(), stream.id());
        let Some(message) = self.last_on(&subject).await? else { return Ok(None) };
        self.understood(&message).map(Some)
    }

    /// The marker of a command and its sequence; none if the command is not on record.
    pub(crate) async fn marker_of(&self, command: &str) -> Result<Option<(u64, Marker)>, ReadError> {
        let subject = self.link.names.command_marker(command);
        let Some(message) = self.last_on(&subject).await? else { return Ok(None) };
        let marker = stored::decode_marker(&message.subject, message.sequence, &message.payload)?;
        Ok(Some((message.sequence, marker)))
    }

    /// The marker at a sequence.
    pub(crate) async fn marker_at(&self, sequence: u64) -> Result<Marker, ReadError> {
        let message = self.at(sequence).await?;
        stored::decode_marker(&message.subject, message.sequence, &message.payload)
    }

    /// The record at a sequence; none if a marker is there.
    pub(crate) async fn message_at(&self, sequence: u64) -> Result<Option<Stored>, ReadError> {
        let message = self.at(sequence).await?;
        self.record_in(&message.subject, message.sequence, &message.payload)
    }

    /// The next record of a stream behind a position; none if the leader finds none.
    pub(crate) async fn next_of(
        &self,
        stream: &StreamId,
        after: Position,
    ) -> Result<Option<Stored>, ReadError> {
        let subject = self.link.names.record(stream.kind(), stream.id());
        let next =
            self.stream.raw_message_builder().sequence(after.0 + 1).next_by_subject(subject).send().await;
        match next {
            Ok(message) => self.understood(&message).map(Some),
            Err(error) if is_none(&error) => Ok(None),
            Err(error) => Err(unread("reading a stream", error)),
        }
    }

    async fn at(&self, sequence: u64) -> Result<StreamMessage, ReadError> {
        match self.stream.get_raw_message(sequence).await {
            Ok(message) => Ok(message),
            Err(error) if !is_none(&error) => Err(unread("reading a message", error)),
            // A server that follows may have it before the leader can give it.
            Err(error) if self.leaders_end().await? < sequence => Err(unread("reading a message", error)),
            Err(_) => Err(missing(sequence)),
        }
    }

    /// The log's head.
    pub(crate) async fn head_now(&self) -> Result<Position, ReadError> {
        let head = Position(self.leaders_end().await?);
        self.note_head(head);
        Ok(head.max(*self.head.borrow()))
    }

    /// The last sequence that the leader has.
    async fn leaders_end(&self) -> Result<u64, ReadError> {
        let info = self.stream.get_info().await.map_err(|e| unread("asking for the head", e))?;
        // A server that has lost the others answers by what it has itself.
        if info.cluster.is_some_and(|cluster| cluster.leader.is_none()) {
            return Err(unread("asking for the head", Said("the stream has no leader".into())));
        }
        Ok(info.state.last_sequence)
    }

    /// The message that a subject ends with; none if it has none.
    async fn last_on(&self, subject: &str) -> Result<Option<StreamMessage>, ReadError> {
        tracing::trace!(subject, "asking the leader");
        if let Some(message) = self.last_given(subject).await? {
            return Ok(Some(message));
        }
        // A server says the same of a message that its disk has damaged. It still counts it.
        if self.count_on(subject).await? == 0 {
            return Ok(None);
        }
        // Somebody may have written it in between.
        self.last_given(subject).await?.map(Some).ok_or_else(|| unreadable(subject))
    }

    async fn last_given(&self, subject: &str) -> Result<Option<StreamMessage>, ReadError> {
        match self.stream.get_last_raw_message_by_subject(subject).await {
            Ok(message) => Ok(Some(message)),
            Err(error) if is_none(&error) => Ok(None),
            Err(error) => Err(unread("asking for the last message of a subject", error)),
        }
    }

    /// How many messages the leader counts on a subject.
    async fn count_on(&self, subject: &str) -> Result<usize, ReadError> {
        let asking = |e| unread("asking how many messages a subject has", e);
        let mut subjects = self.stream.info_with_subjects(subject).await.map_err(asking)?;
        let mut count = 0;
        while let Some(counted) = subjects.next().await {
            count += counted.map_err(asking)?.1;
        }
        Ok(count)
    }

    fn understood(&self, message: &StreamMessage) -> Result<Stored, ReadError> {
        let stored = stored::decode(&message.subject, message.sequence, &message.payload)?;
        self.seen.note(&stored.record);
        Ok(stored)
    }

    /// The record in a message; none in a marker.
    pub(crate) fn record_in(
        &self,
        subject: &str,
        sequence: u64,
        payload: &Bytes,
    ) -> Result<Option<Stored>, ReadError> {
        if !subject.starts_with(&*self.records_prefix) {
            stored::decode_marker(subject, sequence, payload)?;
            return Ok(None);
        }
        let stored = stored::decode(subject, sequence, payload)?;
        self.seen.note(&stored.record);
        Ok(Some(stored))
    }

    /// A record with its command, which may be in the marker.
    pub(crate) async fn whole(&self, stored: Stored) -> Result<Record, ReadError> {
        let Stored { mut record, whole } = stored;
        if !whole {
            let marker = record.position.0 - u64::from(record.slice) - 1;
            record.command_body = self.marker_at(marker).await?.body;
        }
        Ok(record)
    }
}

fn is_none(error: &LastRawMessageError) -> bool {
    match error.kind() {
        LastRawMessageErrorKind::NoMessageFound => true,
        LastRawMessageErrorKind::JetStream(e) => e.error_code() == ErrorCode::NO_MESSAGE_FOUND,
        _ => false,
    }
}

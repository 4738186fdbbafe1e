//! Reads that the stream's leader answers: what was acknowledged is always seen.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;
use resit_event_log::{Position, ReadError, Record, StreamId};

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
        let marker = stored::decode_marker(message.sequence, &message.payload)?;
        Ok(Some((message.sequence, marker)))
    }

    /// The marker at a sequence.
    pub(crate) async fn marker_at(&self, sequence: u64) -> Result<Marker, ReadError> {
        let message = self.stream.get_raw_message(sequence).await;
        let message = message.map_err(|e| unread("reading a marker", e))?;
        stored::decode_marker(message.sequence, &message.payload)
    }

    /// The record at a sequence; none if a marker is there.
    pub(crate) async fn message_at(&self, sequence: u64) -> Result<Option<Stored>, ReadError> {
        let message = self.stream.get_raw_message(sequence).await.map_err(|e| match e.kind() {
            LastRawMessageErrorKind::NoMessageFound => missing(sequence),
            _ => unread("reading a record", e),
        })?;
        self.record_in(&message.subject, message.sequence, &message.payload)
    }

    /// The next record of a stream behind a position.
    pub(crate) async fn next_of(&self, stream: &StreamId, after: Position) -> Result<Stored, ReadError> {
        let subject = self.link.names.record(stream.kind(), stream.id());
        let next =
            self.stream.raw_message_builder().sequence(after.0 + 1).next_by_subject(subject).send().await;
        let message = next.map_err(|e| unread("reading a stream", e))?;
        self.understood(&message)
    }

    /// The log's head.
    pub(crate) async fn head_now(&self) -> Result<Position, ReadError> {
        let info = self.stream.get_info().await.map_err(|e| unread("asking for the head", e))?;
        // A server that has lost the others answers by what it has itself.
        if info.cluster.is_some_and(|cluster| cluster.leader.is_none()) {
            return Err(unread("asking for the head", Said("the stream has no leader".into())));
        }
        let head = Position(info.state.last_sequence);
        self.note_head(head);
        Ok(head.max(*self.head.borrow()))
    }

    async fn last_on(&self, subject: &str) -> Result<Option<StreamMessage>, ReadError> {
        tracing::trace!(subject, "asking the leader");
        match self.stream.get_last_raw_message_by_subject(subject).await {
            Ok(message) => Ok(Some(message)),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(None),
                LastRawMessageErrorKind::JetStream(e) if e.error_code() == ErrorCode::NO_MESSAGE_FOUND => {
                    Ok(None)
                }
                _ => Err(unread("asking for the last message of a subject", error)),
            },
        }
    }

    fn understood(&self, message: &StreamMessage) -> Result<Stored, ReadError> {
        let stored = stored::decode(message.sequence, &message.payload)?;
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
            return Ok(None);
        }
        let stored = stored::decode(sequence, payload)?;
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

/// A message that was acknowledged is not there.
pub(crate) fn missing(sequence: u64) -> ReadError {
    stored::corrupt(
        sequence,
        "it is missing: a server's disk has lost it; restore that server from the others, or the stream from a copy".into(),
    )
}

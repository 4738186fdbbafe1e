//! What subjects end with, as of a head that is proven (`newest.rs`); and what stands at a sequence, which never changes.

use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use resit_event_log::{Position, ReadError, Record, StreamId};

use crate::damage::missing;
use crate::newest::{Found, is_none};
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
            Ok(message) => self.record_in(&message.subject, message.sequence, &message.payload),
            Err(error) if is_none(&error) => Ok(None),
            Err(error) => Err(unread("reading a stream", error)),
        }
    }

    async fn at(&self, sequence: u64) -> Result<StreamMessage, ReadError> {
        match self.stream.get_raw_message(sequence).await {
            Ok(message) => Ok(message),
            Err(error) if !is_none(&error) => Err(unread("reading a message", error)),
            // A server that follows may have it before the leader can give it.
            Err(error) if self.end_at_least().await?.0 < sequence => Err(unread("reading a message", error)),
            Err(_) => Err(missing(sequence)),
        }
    }

    fn understood(&self, message: &Found) -> Result<Stored, ReadError> {
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

//! A place in the log, and a consumer that goes on from it.

use std::fmt;
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use bytes::Bytes;
use futures_util::StreamExt as _;
use resit_event_log::{ReadError, Record};
use tokio::time::timeout;

use crate::head::Said;
use crate::leader::missing;
use crate::shared::{Shared, unread};
use crate::stored::{self, Stored};

/// How long a message that is known to be there may take.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// Follows the log from a place on.
pub(crate) struct Cursor {
    messages: Ordered,
    /// The sequence that comes next.
    pub(crate) next: u64,
    /// The command of the commit that it stands in, if its records lack it.
    body: Option<Bytes>,
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor").field("next", &self.next).finish_non_exhaustive()
    }
}

impl Cursor {
    /// Begins behind a sequence.
    pub(crate) async fn behind(shared: &Shared, after: u64) -> Result<Self, ReadError> {
        let next = after + 1;
        let config = OrderedConfig {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: next },
            ..OrderedConfig::default()
        };
        let consumer =
            shared.stream.create_consumer(config).await.map_err(|e| unread("following the log", e))?;
        let messages = consumer.messages().await.map_err(|e| unread("following the log", e))?;
        Ok(Self { messages, next, body: None })
    }

    /// Reads on to `last`, a sequence that is known to be there, or until `limit` records were read.
    pub(crate) async fn read(
        &mut self,
        shared: &Shared,
        last: u64,
        limit: usize,
    ) -> Result<Vec<Record>, ReadError> {
        let mut records = Vec::new();
        while self.next <= last && records.len() < limit {
            let message = timeout(SILENCE_MAX, self.messages.next()).await;
            let message = message.map_err(|e| unread("following the log", e))?;
            let message =
                message.ok_or_else(|| unread("following the log", Said("the consumer ended".into())))?;
            let message = message.map_err(|e| unread("following the log", e))?;
            records.extend(self.taken(shared, &message).await?);
        }
        Ok(records)
    }

    /// Takes a message in: a record comes out of it, unless it is a marker.
    async fn taken(&mut self, shared: &Shared, message: &Message) -> Result<Option<Record>, ReadError> {
        let sequence =
            message.info().map_err(|e| unread("following the log", Said(e.to_string())))?.stream_sequence;
        if sequence != self.next {
            return Err(missing(self.next));
        }
        self.next += 1;
        if !message.subject.starts_with(&shared.records_prefix) {
            let marker = stored::decode_marker(sequence, &message.payload)?;
            self.body = (!marker.body.is_empty()).then_some(marker.body);
            return Ok(None);
        }
        let Stored { mut record, whole } = stored::decode(sequence, &message.payload)?;
        shared.seen.note(&record);
        if !whole {
            record.command_body = match &self.body {
                Some(body) => body.clone(),
                // It began in the middle of a commit.
                None => return shared.whole(Stored { record, whole }).await.map(Some),
            };
        }
        Ok(Some(record))
    }
}

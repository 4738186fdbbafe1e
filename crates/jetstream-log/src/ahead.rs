//! Reading ahead: while records are used, the next are decoded, and held to what the log never does.

use std::sync::Arc;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::Ordered;
use bytes::Bytes;
use futures_util::StreamExt as _;
use resit_event_log::ReadError;
use tokio::sync::mpsc;

use crate::damage::missing;
use crate::due::Due;
use crate::head::Said;
use crate::seen::Seen;
use crate::shared::{Shared, unread};
use crate::stored::{self, Stored};

/// How many messages are decoded at a time.
const CHUNK: usize = 512;

/// What stood at each sequence: a record, or a marker.
pub(crate) type Chunk = Vec<(u64, Option<Stored>)>;

/// Decodes what a consumer brings.
pub(crate) struct Reader {
    records_prefix: Arc<str>,
    seen: Arc<Seen>,
    next: u64,
    due: Due,
    /// The command of the commit that it stands in, if its records lack it.
    body: Option<Bytes>,
}

impl Reader {
    /// Begins at a sequence.
    pub(crate) fn new(shared: &Shared, next: u64) -> Self {
        let (records_prefix, seen) = (shared.records_prefix.clone(), shared.seen.clone());
        Self { records_prefix, seen, next, due: Due::at(next), body: None }
    }

    /// Reads until nobody takes any more, or something is wrong.
    pub(crate) async fn read(mut self, messages: Ordered, to: mpsc::Sender<Result<Chunk, ReadError>>) {
        let mut arriving = messages.ready_chunks(CHUNK);
        while let Some(messages) = arriving.next().await {
            let mut chunk = Vec::with_capacity(messages.len());
            let fault = messages.into_iter().try_for_each(|message| {
                let message = message.map_err(|e| unread("following the log", e))?;
                chunk.push(self.decoded(&message)?);
                Ok(())
            });
            // What stands before damage is sound.
            let taken = to.send(Ok(chunk)).await;
            if let Err(fault) = fault {
                drop(to.send(Err(fault)).await);
                return;
            }
            if taken.is_err() {
                return;
            }
        }
    }

    fn decoded(&mut self, message: &Message) -> Result<(u64, Option<Stored>), ReadError> {
        let sequence =
            message.info().map_err(|e| unread("following the log", Said(e.to_string())))?.stream_sequence;
        if sequence < self.next {
            // The client made its consumer anew before anything had come by it, and that one begins with the log.
            return Err(unread("following the log", Said("the servers began anew".into())));
        }
        if sequence > self.next {
            return Err(missing(self.next));
        }
        self.next += 1;
        if !message.subject.starts_with(&*self.records_prefix) {
            let marker = stored::decode_marker(&message.subject, sequence, &message.payload)?;
            self.due = self.due.behind(sequence, None)?;
            self.body = (!marker.body.is_empty()).then_some(marker.body);
            return Ok((sequence, None));
        }
        let mut stored = stored::decode(&message.subject, sequence, &message.payload)?;
        self.due = self.due.behind(sequence, Some(&stored))?;
        self.seen.note(&stored.record);
        // If it began in the middle of a commit, the marker is asked for when the record is taken.
        if let (false, Some(body)) = (stored.whole, &self.body) {
            stored.record.command_body = body.clone();
            stored.whole = true;
        }
        Ok((sequence, Some(stored)))
    }
}

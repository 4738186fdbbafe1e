//! Reading ahead: while records are used, the next are decoded, and held to what the log never does.

use std::sync::Arc;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::Ordered;
use bytes::Bytes;
use futures_util::StreamExt as _;
use resit_event_log::ReadError;
use resit_nats::Names;
use tokio::sync::mpsc;

use crate::damage::missing;
use crate::due::Due;
use crate::head::Said;
use crate::nameless::Nameless;
use crate::seen::Seen;
use crate::shared::{Shared, unread};
use crate::stored::{self, Content, Stored};
use crate::strides::Strides;

/// How many messages are decoded at a time.
const CHUNK: usize = 512;

/// What stood at each sequence: a record, or a marker.
pub(crate) type Chunk = Vec<(u64, Option<Stored>)>;

/// Who takes chunks.
pub(crate) type Taker = mpsc::Sender<Result<Chunk, ReadError>>;

/// Decodes what comes of the log, in its order.
pub(crate) struct Reader {
    names: Names,
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
        let names = shared.link.names.clone();
        Self { names, records_prefix, seen, next, due: Due::at(next), body: None }
    }

    /// Reads what a consumer brings, until nobody takes any more, or something is wrong.
    pub(crate) async fn read(mut self, messages: Ordered, to: Taker) {
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

    /// Reads a stretch of the log in strides, up to its end, or to whatever is wrong: that is for a consumer to tell.
    pub(crate) async fn stride(mut self, mut strides: Strides, to: Taker) {
        let mut nameless = Nameless::new(self.names.clone());
        while let Some((first, contents)) = strides.next().await {
            let count = contents.len();
            let mut chunk = Vec::with_capacity(count);
            chunk.extend(contents.into_iter().zip(first..).map_while(|(content, sequence)| {
                let content = nameless.decoded(sequence, &content)?;
                self.taken(sequence, content).ok()
            }));
            let is_whole = chunk.len() == count;
            if to.send(Ok(chunk)).await.is_err() || !is_whole {
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
        let content = if message.subject.starts_with(&*self.records_prefix) {
            Content::Record(stored::decode(&message.subject, sequence, &message.payload)?)
        } else {
            Content::Marker(stored::decode_marker(&message.subject, sequence, &message.payload)?)
        };
        self.taken(sequence, content)
    }

    /// Takes in what stands at a sequence.
    fn taken(&mut self, sequence: u64, content: Content) -> Result<(u64, Option<Stored>), ReadError> {
        if sequence > self.next {
            return Err(missing(self.next));
        }
        self.next += 1;
        match content {
            Content::Marker(marker) => {
                self.due = self.due.behind(sequence, None)?;
                self.body = (!marker.body.is_empty()).then_some(marker.body);
                Ok((sequence, None))
            }
            Content::Record(mut stored) => {
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
    }
}

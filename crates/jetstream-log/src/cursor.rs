//! A place in the log, and a consumer that goes on from it. It reads ahead: while records are used, the next are decoded.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use bytes::Bytes;
use futures_util::StreamExt as _;
use resit_event_log::{ReadError, Record};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::head::Said;
use crate::leader::missing;
use crate::seen::Seen;
use crate::shared::{Shared, unread};
use crate::stored::{self, Stored};

/// How long a message that is known to be there may take.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// How many messages are decoded at a time, and how many times that lie ready.
const CHUNK: usize = 512;
const CHUNKS_MAX: usize = 16;

/// What stood at each sequence: a record, or a marker.
type Chunk = Vec<(u64, Option<Stored>)>;

/// Follows the log from a place on.
#[derive(Debug)]
pub(crate) struct Cursor {
    chunks: mpsc::Receiver<Result<Chunk, ReadError>>,
    ready: VecDeque<(u64, Option<Stored>)>,
    /// The sequence that comes next.
    pub(crate) next: u64,
    _ahead: JoinSet<()>,
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
        let (sender, chunks) = mpsc::channel(CHUNKS_MAX);
        let reader = Reader {
            records_prefix: shared.records_prefix.clone(),
            seen: shared.seen.clone(),
            next,
            body: None,
        };
        let mut ahead = JoinSet::new();
        ahead.spawn(reader.read(messages, sender));
        Ok(Self { chunks, ready: VecDeque::new(), next, _ahead: ahead })
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
            let Some((sequence, stored)) = self.ready.pop_front() else {
                let chunk = timeout(SILENCE_MAX, self.chunks.recv()).await;
                let chunk = chunk.map_err(|e| unread("following the log", e))?;
                let ended = || unread("following the log", Said("the consumer ended".into()));
                self.ready.extend(chunk.ok_or_else(ended)??);
                continue;
            };
            self.next = sequence + 1;
            if let Some(stored) = stored {
                records.push(shared.whole(stored).await?);
            }
        }
        Ok(records)
    }
}

/// Decodes what a consumer brings.
struct Reader {
    records_prefix: Arc<str>,
    seen: Arc<Seen>,
    next: u64,
    /// The command of the commit that it stands in, if its records lack it.
    body: Option<Bytes>,
}

impl Reader {
    /// Reads until nobody takes any more, or something is wrong.
    async fn read(mut self, messages: Ordered, to: mpsc::Sender<Result<Chunk, ReadError>>) {
        let mut arriving = messages.ready_chunks(CHUNK);
        while let Some(messages) = arriving.next().await {
            let decoded = messages.into_iter().map(|message| match message {
                Ok(message) => self.decoded(&message),
                Err(error) => Err(unread("following the log", error)),
            });
            let chunk: Result<Chunk, ReadError> = decoded.collect();
            let is_over = chunk.is_err();
            if to.send(chunk).await.is_err() || is_over {
                return;
            }
        }
    }

    fn decoded(&mut self, message: &Message) -> Result<(u64, Option<Stored>), ReadError> {
        let sequence =
            message.info().map_err(|e| unread("following the log", Said(e.to_string())))?.stream_sequence;
        if sequence != self.next {
            return Err(missing(self.next));
        }
        self.next += 1;
        if !message.subject.starts_with(&*self.records_prefix) {
            let marker = stored::decode_marker(sequence, &message.payload)?;
            self.body = (!marker.body.is_empty()).then_some(marker.body);
            return Ok((sequence, None));
        }
        let mut stored = stored::decode(sequence, &message.payload)?;
        self.seen.note(&stored.record);
        // If it began in the middle of a commit, the marker is asked for when the record is taken.
        if let (false, Some(body)) = (stored.whole, &self.body) {
            stored.record.command_body = body.clone();
            stored.whole = true;
        }
        Ok((sequence, Some(stored)))
    }
}

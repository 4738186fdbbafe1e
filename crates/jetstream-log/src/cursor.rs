//! A place in the log, and a consumer that goes on from it.

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use resit_event_log::{ReadError, Record};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::ahead::{Chunk, Reader};
use crate::head::Said;
use crate::shared::{Shared, unread};
use crate::stored::Stored;

/// How long a message that is known to be there may take.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// How many chunks lie ready.
const CHUNKS_MAX: usize = 16;

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
        // What stands right before says what has to come.
        let first = after.max(1);
        let config = OrderedConfig {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: first },
            ..OrderedConfig::default()
        };
        let consumer =
            shared.stream.create_consumer(config).await.map_err(|e| unread("following the log", e))?;
        let messages = consumer.messages().await.map_err(|e| unread("following the log", e))?;
        let (sender, chunks) = mpsc::channel(CHUNKS_MAX);
        let mut ahead = JoinSet::new();
        ahead.spawn(Reader::new(shared, first).read(messages, sender));
        Ok(Self { chunks, ready: VecDeque::new(), next: after + 1, _ahead: ahead })
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
                let Ok(chunk) = timeout(SILENCE_MAX, self.chunks.recv()).await else {
                    // A server says nothing at all of a message that its disk has damaged.
                    shared.message_at(self.next).await?;
                    return Err(unread("following the log", Said("no server sent the next message".into())));
                };
                let ended = || unread("following the log", Said("the consumer ended".into()));
                match chunk.ok_or_else(ended).flatten() {
                    Ok(chunk) => self.ready.extend(chunk),
                    Err(error) if records.is_empty() => return Err(error),
                    // Whoever reads on from here is told.
                    Err(_) => return Ok(records),
                }
                continue;
            };
            if sequence < self.next {
                continue;
            }
            self.next = sequence + 1;
            if let Some(stored) = stored {
                records.push(shared.whole(stored).await?);
            }
        }
        Ok(records)
    }
}

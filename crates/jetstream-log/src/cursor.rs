//! A place in the log, and what goes on from it: a consumer, or strides as far as the log is known to go.

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use resit_event_log::{ReadError, Record};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::ahead::{Chunk, Reader, Taker};
use crate::head::Said;
use crate::shared::{Shared, unread};
use crate::stored::Stored;
use crate::strides::Strides;

/// How long a message that is known to be there may take.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// How many chunks lie ready.
const CHUNKS_MAX: usize = 16;

/// How many strides lie ready, beside those under way.
const STRIDES_MAX: usize = 8;

/// Follows the log from a place on.
#[derive(Debug)]
pub(crate) struct Cursor {
    chunks: mpsc::Receiver<Result<Chunk, ReadError>>,
    ready: VecDeque<(u64, Option<Stored>)>,
    /// The sequence that comes next.
    pub(crate) next: u64,
    /// Where it ends, if it does.
    end: Option<u64>,
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
        let reader = Reader::new(shared, first);
        Ok(Self::reading(after + 1, None, |to| reader.read(messages, to)))
    }

    /// Begins behind a sequence, and ends with another, which is known to be there.
    pub(crate) async fn striding(shared: &Shared, after: u64, end: u64) -> Result<Self, ReadError> {
        let first = after.max(1);
        let strides = Strides::over(shared, first, end).await?;
        let reader = Reader::new(shared, first);
        Ok(Self::reading(after + 1, Some(end), |to| reader.stride(strides, to)))
    }

    fn reading<R>(next: u64, end: Option<u64>, read: impl FnOnce(Taker) -> R) -> Self
    where
        R: Future<Output = ()> + Send + 'static,
    {
        let (to, chunks) = mpsc::channel(if end.is_some() { STRIDES_MAX } else { CHUNKS_MAX });
        let mut ahead = JoinSet::new();
        ahead.spawn(read(to));
        Self { chunks, ready: VecDeque::new(), next, end, _ahead: ahead }
    }

    /// Whether all that it reads is read.
    pub(crate) fn is_done(&self) -> bool {
        self.end.is_some_and(|end| self.next > end)
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
                let ended = || unread("following the log", Said("what was read ahead ended".into()));
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

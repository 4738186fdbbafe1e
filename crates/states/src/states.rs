//! States of streams: from a bounded cache, caught up with the log, or as they stood at an earlier time.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use resit_domain::{State, Stream, Timestamp};
use resit_event_log::{EventLog, Position, Record};

use crate::{Folded, StateError, stream_id};

/// As of when a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Now, by the cache where it has an answer, or by a glance at the log. An append tells if that was too old.
    Cached,
    /// Now, by the cache where it has an answer, or by the log. For whoever follows the log: what it has taken in, and what that
    /// hangs on, is seen as it stands there or later.
    Followed,
    /// Now, by the log.
    Head,
    /// Just before the record at this position.
    Before(Position),
    /// What was on record at this instant.
    KnownAt(Timestamp),
    /// What had happened by `happened`, out of what was on record at `recorded`.
    Happened {
        /// The instant in question.
        happened: Timestamp,
        /// What was known then.
        recorded: Timestamp,
    },
}

impl AsOf {
    fn sees(self, record: &Record) -> bool {
        match self {
            AsOf::Cached | AsOf::Followed | AsOf::Head => true,
            AsOf::Before(position) => record.position < position,
            AsOf::KnownAt(at) | AsOf::Happened { recorded: at, .. } => record.recorded_at <= at,
        }
    }
}

/// How many streams are asked for at once: over a network each answer takes a while.
const ASKED_MAX: usize = 64;

/// States of streams over a log.
pub struct States {
    log: Arc<dyn EventLog>,
    cache: Cache<Stream, Folded>,
}

impl States {
    /// States over a log, of which at most `capacity` are kept.
    pub fn new(log: Arc<dyn EventLog>, capacity: usize) -> Self {
        Self { log, cache: Cache::new(capacity) }
    }

    /// The log beneath.
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.log
    }

    /// A stream's state.
    pub async fn load(&self, stream: &Stream, as_of: AsOf) -> Result<Folded, StateError> {
        match as_of {
            AsOf::Cached => {
                if let Some(folded) = self.cache.get(stream) {
                    return Ok(folded);
                }
                let records = self.log.glance_at_stream(&stream_id(stream), Position::START).await?;
                self.absorbed(stream, Folded::new(stream), &records)
            }
            AsOf::Followed => match self.cache.get(stream) {
                Some(folded) => Ok(folded),
                None => self.catch_up(stream, Folded::new(stream)).await,
            },
            AsOf::Head => {
                self.catch_up(stream, self.cache.get(stream).unwrap_or_else(|| Folded::new(stream))).await
            }
            _ => {
                let mut records = self.log.read_stream(&stream_id(stream), Position::START).await?;
                records.retain(|record| as_of.sees(record));
                if let AsOf::Happened { happened, .. } = as_of {
                    for record in &mut records {
                        record.events.retain(|event| event.happened_at <= happened);
                    }
                }
                Folded::new(stream).absorb(&records)
            }
        }
    }

    /// States of many streams by the log, each at least as new as all that is on record now.
    pub async fn at_head(&self, streams: Vec<Stream>) -> Result<Vec<(Stream, Folded)>, StateError> {
        let states = streams.into_iter().map(async |stream| {
            let folded = self.load(&stream, AsOf::Head).await?;
            Ok((stream, folded))
        });
        stream::iter(states).buffer_unordered(ASKED_MAX).try_collect().await
    }

    async fn catch_up(&self, stream: &Stream, folded: Folded) -> Result<Folded, StateError> {
        let records = self.log.read_stream(&stream_id(stream), folded.revision).await?;
        self.absorbed(stream, folded, &records)
    }

    fn absorbed(&self, stream: &Stream, folded: Folded, records: &[Record]) -> Result<Folded, StateError> {
        Ok(self.newest(stream, folded.absorb(records)?))
    }

    /// Keeps a state unless a newer one is there, and returns whichever is the newer. Whoever reads, appends or follows gets here
    /// in any order: what is kept never goes back by it.
    fn newest(&self, stream: &Stream, folded: Folded) -> Folded {
        let of_both = |_: &Stream, kept: &mut Folded| {
            if kept.revision < folded.revision {
                *kept = folded.clone();
            }
            EntryAction::Retain(kept.clone())
        };
        match self.cache.entry(stream, None, of_both) {
            EntryResult::Retained(newest) => newest,
            EntryResult::Vacant(room) => {
                // Whoever clears the cache just now has it cleared.
                drop(room.insert(folded.clone()));
                folded
            }
            EntryResult::Removed(..) | EntryResult::Replaced(..) | EntryResult::Timeout => {
                unreachable!("it is retained, and waited for as long as it takes")
            }
        }
    }

    /// Takes in records that follow each other in the log, so that the states that are kept stand at least there, of
    /// entitlements and of what they hang on. What others put here before is not folded again.
    pub async fn take_in(&self, records: &[(Stream, &Record)]) -> Result<(), StateError> {
        let shown = |stream: &Stream| {
            matches!(
                stream,
                Stream::Entitlement(_) | Stream::Offer(_) | Stream::Agreement(_) | Stream::Calendar(_)
            )
        };
        for (stream, record) in records.iter().filter(|(stream, _)| shown(stream)) {
            let before = match self.cache.get(stream) {
                Some(folded) if folded.revision >= record.position => continue,
                Some(folded) if folded.revision == record.previous => folded,
                _ if record.previous == Position::START => Folded::new(stream),
                // Something is missing in between: it was dropped to keep the cache small.
                found => {
                    self.catch_up(stream, found.unwrap_or_else(|| Folded::new(stream))).await?;
                    continue;
                }
            };
            self.newest(stream, before.absorb([*record])?);
        }
        Ok(())
    }

    /// A stream's state behind records that follow each other on it. It is folded on from `at_hand`, which stands at one of
    /// its earlier records, or else from what is kept; what others put here before is not folded again. What comes of it
    /// is not kept here: see [`States::put_back`].
    pub async fn behind(
        &self,
        stream: &Stream,
        at_hand: Option<Folded>,
        records: &[&Record],
    ) -> Result<Folded, StateError> {
        let before = at_hand.or_else(|| self.cache.get(stream)).unwrap_or_else(|| Folded::new(stream));
        let new = records.partition_point(|record| record.position <= before.revision);
        match records[new..].first() {
            None => Ok(before),
            Some(first) if first.previous == before.revision => before.absorb(records[new..].iter().copied()),
            // Something is missing in between: it was dropped to keep the cache small.
            Some(_) => self.catch_up(stream, before).await,
        }
    }

    /// Keeps a state that was folded on by [`States::behind`], unless a newer one is there.
    pub fn put_back(&self, stream: &Stream, folded: Folded) {
        self.newest(stream, folded);
    }

    /// Takes in records that follow each other in the log, so that states that are kept are not older than they have to
    /// be. Nothing is read: what is not kept stays so, and what lacks records in between is dropped.
    pub fn keep_up(&self, records: &[(Stream, &Record)]) -> Result<(), StateError> {
        for (stream, record) in records {
            match self.cache.get(stream) {
                Some(folded) if folded.revision == record.previous => {
                    self.newest(stream, folded.absorb([*record])?);
                }
                Some(folded) if folded.revision < record.previous => _ = self.cache.remove(stream),
                _ => {}
            }
        }
        Ok(())
    }

    /// Keeps a state that was just appended, unless a newer one is there.
    pub fn keep(&self, stream: &Stream, state: State, revision: Position) {
        self.newest(stream, Folded { state, revision });
    }
}

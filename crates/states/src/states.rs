//! States of streams: from a bounded cache, caught up with the log, or as they stood at an earlier time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use resit_domain::{State, Stream, Timestamp};
use resit_event_log::{EventLog, Position, Record};

use crate::kept::Kept;
use crate::{Folded, StateError, is_common, stream_id, stream_of};

/// As of when a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Now, by the cache where it has an answer. An append tells if that was too old of a stream that it writes; of common
    /// streams ([`is_common`]) it is as new as what was told last ([`States::keep_up`]).
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

/// Whether a stream is an entitlement's, or one that entitlements hang on.
fn is_shown(stream: &Stream) -> bool {
    matches!(
        stream,
        Stream::Entitlement(_)
            | Stream::Offer(_)
            | Stream::Agreement(_)
            | Stream::Calendar(_)
            | Stream::Zones(_)
    )
}

/// How many streams are asked for at once: over a network each answer takes a while.
const ASKED_MAX: usize = 64;

/// States of streams over a log.
pub struct States {
    log: Arc<dyn EventLog>,
    kept: Kept,
    /// The latest recorded time that was read, in milliseconds.
    recorded_at: AtomicI64,
}

impl States {
    /// States over a log. Those that are kept weigh as much as `capacity` vouchers at most, at 1 to 2 KiB each: a pack weighs
    /// what its vouchers do.
    pub fn new(log: Arc<dyn EventLog>, capacity: usize) -> Self {
        Self { log, kept: Kept::new(capacity), recorded_at: AtomicI64::new(i64::MIN) }
    }

    /// The log beneath.
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.log
    }

    /// The latest recorded time of what was read for [`AsOf::Cached`] and [`AsOf::Head`]; none before the first record. Nothing is
    /// judged by an earlier instant than what it is judged by was recorded at.
    pub fn recorded_at(&self) -> Option<Timestamp> {
        Timestamp::from_millis(self.recorded_at.load(Ordering::Relaxed))
    }

    /// A stream's state.
    pub async fn load(&self, stream: &Stream, as_of: AsOf) -> Result<Folded, StateError> {
        match as_of {
            AsOf::Cached | AsOf::Followed => match self.kept.of(stream) {
                Some(folded) => Ok(folded),
                // What others read meanwhile may come of a glance.
                None if as_of == AsOf::Followed && !is_common(stream) => {
                    self.catch_up(stream, Folded::new(stream)).await
                }
                None => self.kept.found(stream, self.read(stream)).await,
            },
            AsOf::Head => {
                self.catch_up(stream, self.kept.of(stream).unwrap_or_else(|| Folded::new(stream))).await
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

    /// What is kept of a stream, if anything is.
    pub fn kept(&self, stream: &Stream) -> Option<Folded> {
        self.kept.of(stream)
    }

    /// States of many streams by the log, each at least as new as all that is on record now.
    pub async fn at_head(&self, streams: Vec<Stream>) -> Result<Vec<(Stream, Folded)>, StateError> {
        let states = streams.into_iter().map(async |stream| {
            let folded = self.load(&stream, AsOf::Head).await?;
            Ok((stream, folded))
        });
        stream::iter(states).buffer_unordered(ASKED_MAX).try_collect().await
    }

    /// Reads a stream of which nothing is kept.
    async fn read(&self, stream: &Stream) -> Result<Folded, StateError> {
        let name = stream_id(stream);
        // An append tells whether a glance saw everything, but of a stream that it does not write.
        let records = if is_common(stream) {
            self.log.read_stream(&name, Position::START).await?
        } else {
            self.log.glance_at_stream(&name, Position::START).await?
        };
        self.go_on(Folded::new(stream), &records)
    }

    fn go_on(&self, folded: Folded, records: &[Record]) -> Result<Folded, StateError> {
        if let Some(last) = records.last() {
            self.recorded_at.fetch_max(last.recorded_at.millis(), Ordering::Relaxed);
        }
        folded.absorb(records)
    }

    async fn catch_up(&self, stream: &Stream, folded: Folded) -> Result<Folded, StateError> {
        let records = self.log.read_stream(&stream_id(stream), folded.revision).await?;
        let folded = self.go_on(folded, &records)?;
        self.kept.renew(stream, folded.clone());
        Ok(folded)
    }

    /// Takes in records that follow each other in the log, so that the states that are kept stand at least there. Of
    /// entitlements and of what they hang on, what is missing is read; any other state goes on if it is kept, or is dropped if
    /// records in between are missing. What others put here before is not folded again.
    pub async fn take_in(&self, records: &[(Stream, &Record)]) -> Result<(), StateError> {
        for (stream, record) in records {
            if !is_shown(stream) {
                self.kept.go_on(stream, record)?;
                continue;
            }
            let before = match self.kept.of(stream) {
                Some(folded) if folded.revision >= record.position => continue,
                Some(folded) if folded.revision == record.previous => folded,
                // It is read when somebody asks for it.
                None if is_common(stream) => {
                    self.kept.forget(stream);
                    continue;
                }
                _ if record.previous == Position::START => Folded::new(stream),
                // Something is missing in between: it was dropped to keep the cache small.
                found => {
                    self.catch_up(stream, found.unwrap_or_else(|| Folded::new(stream))).await?;
                    continue;
                }
            };
            self.kept.renew(stream, before.absorb([*record])?);
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
        let before = at_hand.or_else(|| self.kept.of(stream)).unwrap_or_else(|| Folded::new(stream));
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
        self.kept.renew(stream, folded);
    }

    /// Takes in records that follow each other in the log, so that no state that is kept is older than they are, of common
    /// streams, and none older than it has to be, of others. Nothing is read: what is not kept stays so, and what lacks
    /// records in between, or can't be understood, is dropped.
    ///
    /// # Errors
    ///
    /// The first record that can't be understood. All are taken in nevertheless.
    pub fn keep_up(&self, records: &[Record]) -> Result<(), StateError> {
        // Of a kind of stream that only a newer program knows, nothing is kept.
        let go_on = |record: &Record| self.kept.go_on(&stream_of(&record.stream)?, record);
        records.iter().map(go_on).fold(Ok(()), Result::and)
    }

    /// Drops all that is kept.
    pub fn forget_all(&self) {
        self.kept.forget_all();
    }

    /// Puts a state that was just appended into the cache.
    pub fn keep(&self, stream: &Stream, state: State, revision: Position) {
        self.kept.renew(stream, Folded { state, revision });
    }
}

//! Reading the whole log: in strides while there is much of it, by a consumer that goes on where the last reading ended, or a few
//! messages at a place.

use resit_event_log::{Position, ReadError, Record, StreamId};
use tokio::sync::Mutex;

use crate::cursor::Cursor;
use crate::damage::missing;
use crate::due::Due;
use crate::range::BATCH_MAX;
use crate::shared::Shared;

/// How many followers are remembered: the projector, the scheduler, an announcer, and some more.
const CURSORS_MAX: usize = 6;

/// Who reads no more than this gets it without a consumer.
const FEW: usize = 256;

/// Who is further behind than this reads in strides.
const FAR: u64 = 1_024;

/// Cursors that nobody reads by at the moment, the one that was used last at the end.
#[derive(Debug, Default)]
pub(crate) struct Cursors(Mutex<Vec<Cursor>>);

impl Cursors {
    async fn take(&self, next: u64) -> Option<Cursor> {
        let mut cursors = self.0.lock().await;
        let at = cursors.iter().position(|cursor| cursor.next == next)?;
        Some(cursors.remove(at))
    }

    async fn put_back(&self, cursor: Cursor) {
        if cursor.is_done() {
            return;
        }
        let mut cursors = self.0.lock().await;
        if cursors.len() == CURSORS_MAX {
            cursors.remove(0);
        }
        cursors.push(cursor);
    }
}

impl Shared {
    /// Records behind `after`, up to `last`, which is there: at least one if there is one, at most `limit`.
    pub(crate) async fn follow(&self, after: u64, last: u64, limit: usize) -> Result<Vec<Record>, ReadError> {
        // Nor does it take the consumer of somebody who reads much.
        if limit <= FEW {
            return self.few(after + 1, last, limit).await;
        }
        let cursor = match self.cursors.take(after + 1).await {
            None if last - after > FAR => Some(Cursor::striding(self, after, last).await?),
            cursor => cursor,
        };
        // A consumer that was left alone for long may be gone, and strides end before what is wrong: then there is a new consumer.
        if let Some(mut cursor) = cursor
            && let Ok(records) = cursor.read(self, last, limit).await
        {
            self.cursors.put_back(cursor).await;
            return Ok(records);
        }
        match self.by_consumer(after, last, limit).await {
            // A consumer that was just made may go down with its server. What is damaged is damaged for the next one, too.
            Err(ReadError::Unavailable { .. }) => self.by_consumer(after, last, limit).await,
            read => read,
        }
    }

    async fn by_consumer(&self, after: u64, last: u64, limit: usize) -> Result<Vec<Record>, ReadError> {
        let mut cursor = Cursor::behind(self, after).await?;
        let records = cursor.read(self, last, limit).await?;
        self.cursors.put_back(cursor).await;
        Ok(records)
    }

    /// Records from a sequence on, up to `last`, which is there.
    pub(crate) async fn few(&self, first: u64, last: u64, limit: usize) -> Result<Vec<Record>, ReadError> {
        let mut records = Vec::new();
        // What stands right before says what has to come.
        let mut next = first.saturating_sub(1).max(1);
        let mut due = Due::at(next);
        while next <= last && records.len() < limit {
            // With a marker before each record, and two more; what nobody asks for may be damaged.
            let there = usize::try_from(last - next + 1).unwrap_or(usize::MAX);
            let count = there.min(2 * (limit - records.len()) + 2);
            let mut messages = self.direct(next, count, None).await?;
            if messages.is_empty() {
                // The server that was asked does not have it yet; the leader does.
                messages.push((next, self.message_at(next).await?));
            }
            for (sequence, stored) in messages {
                if sequence != next {
                    return Err(missing(next));
                }
                due = due.behind(sequence, stored.as_ref())?;
                next += 1;
                let is_asked_for = (first..=last).contains(&sequence) && records.len() < limit;
                if let Some(stored) = stored.filter(|_| is_asked_for) {
                    records.push(self.whole(stored).await?);
                }
            }
        }
        Ok(records)
    }

    /// A stream's records behind a position, as far as any one server has them: one request if they are few.
    pub(crate) async fn glance(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        let subject = self.link.names.record(stream.kind(), stream.id());
        let mut records: Vec<Record> = Vec::new();
        loop {
            let reached = records.last().map_or(after, |record| record.position);
            let messages = self.direct(reached.0 + 1, BATCH_MAX, Some(&subject)).await?;
            let is_all = messages.len() < BATCH_MAX;
            for stored in messages.into_iter().filter_map(|(_, stored)| stored) {
                records.push(self.whole(stored).await?);
            }
            if is_all {
                chained(after, &records)?;
                return Ok(records);
            }
        }
    }

    /// A stream's records behind a position.
    pub(crate) async fn history(&self, stream: &StreamId, after: Position) -> Result<Vec<Record>, ReadError> {
        let Some(newest) = self.last_of(stream).await?.filter(|newest| newest.record.position > after) else {
            return Ok(Vec::new());
        };
        let last = newest.record.position;
        let mut records = Vec::new();
        let mut reached = after;
        if newest.record.previous > after {
            let subject = self.link.names.record(stream.kind(), stream.id());
            loop {
                let messages = self.direct(reached.0 + 1, usize::MAX, Some(&subject)).await?;
                let before = reached;
                for stored in messages.into_iter().filter_map(|(_, stored)| stored) {
                    let record = self.whole(stored).await?;
                    if record.position >= last {
                        break;
                    }
                    reached = record.position;
                    records.push(record);
                }
                if newest.record.previous == reached {
                    break;
                }
                if before == reached {
                    // The server that was asked is behind; the leader is not.
                    let found = self.next_of(stream, reached).await?;
                    // Nor has it what the newest says it stands behind: that is lost.
                    let found = found.filter(|found| found.record.position < last);
                    let found = found.ok_or_else(|| missing(newest.record.previous.0))?;
                    let record = self.whole(found).await?;
                    reached = record.position;
                    records.push(record);
                }
            }
        }
        records.push(self.whole(newest).await?);
        chained(after, &records)?;
        Ok(records)
    }
}

/// Each record of a stream names the one before it: what was lost behind `after`, or between two, is told.
fn chained(after: Position, records: &[Record]) -> Result<(), ReadError> {
    if let Some(first) = records.first().filter(|first| first.previous > after) {
        return Err(missing(first.previous.0));
    }
    let broken = records.windows(2).find(|pair| pair[1].previous != pair[0].position);
    broken.map_or(Ok(()), |pair| Err(missing(pair[1].previous.0)))
}

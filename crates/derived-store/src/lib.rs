#![doc = include_str!("../README.md")]

mod ahead;
mod binding;
mod changes;
mod checkpoint;
mod fault;
mod live;
mod open;
mod read;
mod row;
mod sheet;
mod sled_care;
mod standing;
mod walk;

use std::future;
use std::mem;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use resit_event_log::{EventLog, Position, ReadError, Record};

pub use ahead::Ahead;
use changes::Change;
pub use changes::{Changes, Lasting};
use checkpoint::Checkpoint;
pub use fault::Fault;
use live::Live;
pub use open::is_writable;
pub use sled_care::{Opened, guarded, open_sled, remove};
pub use standing::Gone;
use standing::Standing;

/// Why a store can't be held against its log.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SettleError {
    /// The log could not be read.
    #[error("the log can't be read")]
    Read(#[from] ReadError),
    /// The store can't be used.
    #[error(transparent)]
    Store(#[from] Fault),
}

/// The form of all rows. Whoever changes what a row looks like raises it, and rows of the old form are made anew.
const LAYOUT: u32 = 7;

/// More than there will ever be: rows of any other are known as what they are.
const LAYOUTS_MAX: u32 = 100;

/// A number by which a record is known again, and the form of the rows that were made from it.
fn mark_of(record: &Record, layout: u32) -> u32 {
    let Record { position, recorded_at, stream, command, .. } = record;
    let text = format!("{layout} {position} {} {stream} {command}", recorded_at.millis());
    crc32c::crc32c(text.as_bytes())
}

/// Rows and a checkpoint.
#[derive(Debug)]
pub struct DerivedStore {
    folder: PathBuf,
    live: Live,
    /// Whether there may be sheets: where there are none, nobody looks for a row on one.
    sheets: AtomicBool,
    /// Keeps the folder of a temporary store until it is closed.
    temporary: Option<tempfile::TempDir>,
}

const CHECKPOINT: &[u8] = &[0];

/// How many rows are dropped at a time.
const CLEARED: usize = 8_192;

/// More changes than these are not made in one step of sled: it holds all memory of a step until that is done.
const AT_ONCE_MAX: usize = 128;

impl DerivedStore {
    /// The position up to which the log is in the rows.
    pub fn checkpoint(&self) -> Result<Position, Fault> {
        Ok(self.standing()?.map_or(Position::START, |checkpoint| checkpoint.position))
    }

    /// The checkpoint, if the rows were made from this log. If the log holds something else there, or ends before it (an
    /// older copy was put in its place), every row is dropped, and the checkpoint is 0.
    ///
    /// A store that failed, on a full disk for one, is opened again here: who follows the log goes on when there is room.
    pub async fn settle(&self, log: &dyn EventLog) -> Result<Position, SettleError> {
        self.mend()?;
        match self.standing_in(log).await? {
            Standing::Here(position) => return Ok(position),
            // Rows without a checkpoint are of a writing, or of a clearing, that was cut short: nobody can tell which.
            Standing::Nowhere => match self.rows().next() {
                None => return Ok(Position::START),
                Some(row) => _ = row?,
            },
            Standing::OtherRelease(position) => {
                tracing::info!(%position, "the rows have the form of another release; they are made anew");
            }
            Standing::OtherTimes(position) => {
                tracing::info!(%position, "recorded times were corrected since the rows were made; they are rebuilt");
            }
            Standing::Gone(gone) => {
                tracing::error!(position = %gone.position, head = %gone.head, "{gone}; the rows are made anew");
            }
        }
        self.clear().await?;
        Ok(Position::START)
    }

    /// What of the log is gone, if rows were made from records that it does not hold any more. It changes nothing, and so
    /// may be asked before [`DerivedStore::settle`] drops the rows that tell of it.
    pub async fn gone_from(&self, log: &dyn EventLog) -> Result<Option<Gone>, SettleError> {
        Ok(match self.standing_in(log).await? {
            Standing::Gone(gone) => Some(gone),
            Standing::Nowhere | Standing::Here(_) | Standing::OtherRelease(_) | Standing::OtherTimes(_) => {
                None
            }
        })
    }

    async fn standing_in(&self, log: &dyn EventLog) -> Result<Standing, SettleError> {
        let Some(Checkpoint { position, mark, corrected_at }) = self.standing()? else {
            return Ok(Standing::Nowhere);
        };
        if corrected_at == log.corrected_at() {
            return Self::standing_by(position, mark, log).await;
        }
        // The mark is of the record as it was shown then.
        let then = log.corrected_until(corrected_at);
        let standing = match then {
            Some(then) => Self::standing_by(position, mark, &*then).await?,
            None => Standing::Gone(Gone { position, head: log.head().await? }),
        };
        Ok(match standing {
            Standing::Here(position) => Standing::OtherTimes(position),
            standing => standing,
        })
    }

    async fn standing_by(position: Position, mark: u32, log: &dyn EventLog) -> Result<Standing, SettleError> {
        let found = log.read(Position(position.0.saturating_sub(1)), 1).await?;
        let found = found.first().filter(|record| record.position == position);
        Ok(match found {
            Some(record) if mark_of(record, LAYOUT) == mark => Standing::Here(position),
            Some(record) if (0..LAYOUTS_MAX).any(|layout| mark_of(record, layout) == mark) => {
                Standing::OtherRelease(position)
            }
            _ => Standing::Gone(Gone { position, head: log.head().await? }),
        })
    }

    fn standing(&self) -> Result<Option<Checkpoint>, Fault> {
        let Some(bytes) = self.get(CHECKPOINT)? else { return Ok(None) };
        Checkpoint::read(&bytes).map(Some)
    }

    /// Makes changes and moves the checkpoint to the last record that is in them, which was read from a log that shows corrections up
    /// to `corrected_at`: a few in one step, many ahead of the checkpoint. Killed in between, they are made again.
    ///
    /// Rows that last are written each by itself too: for a few that is less work.
    pub fn apply(&self, mut changes: Changes, last: &Record, corrected_at: Position) -> Result<(), Fault> {
        let lasting = mem::take(&mut changes.lasting).tables.into_values().flatten();
        changes.rows.extend(lasting.map(|(key, value)| {
            let sealed = row::seal(&key, &value);
            (key, Some(sealed))
        }));
        if changes.len() > AT_ONCE_MAX {
            self.write(mem::take(&mut changes))?;
        }
        let checkpoint = Checkpoint { position: last.position, mark: mark_of(last, LAYOUT), corrected_at };
        changes.put(CHECKPOINT, &checkpoint.to_bytes());
        self.make(changes.groups.into_iter().flatten().chain(changes.rows))
    }

    /// Makes changes one by one, or one group after the other, ahead of a checkpoint that is still to come: killed in
    /// between, they are made again. Several threads may do so at once. Hands back the rows that last, for
    /// [`DerivedStore::bind`].
    pub fn write(&self, mut changes: Changes) -> Result<Lasting, Fault> {
        // Neighbours lie in one page.
        changes.rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.live.with(|db| {
            for (key, row) in changes.rows {
                match row {
                    Some(row) => db.insert(key, row)?,
                    None => db.remove(key)?,
                };
            }
            Ok(())
        })?;
        // A step costs sled about as much as many rows do.
        let mut step = Vec::new();
        for group in changes.groups {
            if step.len() + group.len() > AT_ONCE_MAX {
                self.make(mem::take(&mut step))?;
            }
            step.extend(group);
        }
        if !step.is_empty() {
            self.make(step)?;
        }
        Ok(changes.lasting)
    }

    /// Makes changes in one atomic step.
    fn make(&self, changes: impl IntoIterator<Item = Change>) -> Result<(), Fault> {
        let mut batch = sled::Batch::default();
        let mut count = 0;
        for (key, row) in changes {
            count += 1;
            match row {
                Some(row) => batch.insert(key, row),
                None => batch.remove(key),
            }
        }
        self.live.with(|db| Ok(db.apply_batch(batch)?))?;
        sled_care::free(count);
        Ok(())
    }

    /// Drops every row and the checkpoint, the checkpoint first, in bounded steps that yield. Dropped or killed in between, the
    /// rest is a store without a checkpoint, which [`DerivedStore::settle`] clears.
    pub async fn clear(&self) -> Result<(), Fault> {
        self.mend()?;
        while !self.live.with(|db| sled_care::remove_some(db, CLEARED))? {
            yield_once().await;
        }
        self.sheets.store(false, Ordering::Release);
        Ok(())
    }

    /// Brings all that was written to the disk.
    pub fn flush(&self) -> Result<(), Fault> {
        self.live.with(|db| Ok(db.flush()?))?;
        if self.temporary.is_none() { self.live.sync() } else { Ok(()) }
    }
}

/// Lets others run. Any runtime will do.
async fn yield_once() {
    let mut yielded = false;
    future::poll_fn(|task| {
        if mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

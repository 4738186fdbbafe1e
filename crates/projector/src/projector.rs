//! Keeping the read models behind the log.

use std::panic::resume_unwind;
use std::sync::Arc;

use resit_derived_store::{DerivedStore, Gone};
use resit_event_log::{EventLog, Position, ReadError, Record};
use resit_states::{States, with_streams};
use tokio::runtime::Handle;
use tokio::select;
use tokio::sync::{Mutex, oneshot};
use tokio::task::{JoinHandle, spawn_blocking, yield_now};

use crate::ProjectionError;
use crate::members::Members;
use crate::pending::Pending;
use crate::writing::{Writing, WrittenAhead, arrive, is_empty};

/// Records that are read while those before them are taken in.
type ReadAhead = oneshot::Receiver<Result<Vec<Record>, ReadError>>;

/// Keeps read models behind a log.
pub struct Projector {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) store: Arc<DerivedStore>,
    states: Arc<States>,
    /// The rows that are being written. No others are before they are there, whatever became of who began with it.
    writing: Mutex<Option<JoinHandle<Result<(), ProjectionError>>>>,
}

/// How many records are read at a time: few enough that memory is used again while it is warm.
const READ: usize = 1_024;
/// How many vouchers may be pending before their rows are written: one that changes often is written once for all.
const PENDING_MAX: usize = 50_000;

impl Projector {
    /// A projector of `log` into `store`.
    pub fn new(log: Arc<dyn EventLog>, store: DerivedStore) -> Self {
        let states = Arc::new(States::new(log, 2 * PENDING_MAX));
        Self::sharing(states, store)
    }

    /// A projector that shares states with others in its process: what they have folded is not folded again.
    pub fn sharing(states: Arc<States>, store: DerivedStore) -> Self {
        Self { log: states.log().clone(), store: Arc::new(store), states, writing: Mutex::default() }
    }

    /// A projector of the same log into an empty store beside this one's, that goes when it is closed: what a rebuild would
    /// come to.
    pub fn fresh_beside(&self) -> Result<Self, ProjectionError> {
        Ok(Self::new(self.log.clone(), self.store.beside()?))
    }

    /// Takes in what is on record until there is no more, tells `progress` the position that was read after each step, and returns the
    /// checkpoint. What is written then outlives a crash of the process; [`Projector::flush`] brings it to the disk.
    pub async fn catch_up(&self, mut progress: impl FnMut(Position)) -> Result<Position, ProjectionError> {
        self.written().await?;
        let mut checkpoint = self.store.settle(&*self.log).await?;
        let mut read = checkpoint;
        let mut pending = Pending::default();
        let written_ahead = Arc::new(WrittenAhead::default());
        let mut being_read: Option<ReadAhead> = None;
        loop {
            let records = match being_read.take() {
                // Nobody reads ahead in a process that stops.
                Some(records) => match records.await {
                    Ok(records) => records?,
                    Err(_) => self.log.read(read, READ).await?,
                },
                None => self.log.read(read, READ).await?,
            };
            if let Some(last) = records.last() {
                read = last.position;
                // Where there is much to read, somebody reads on while this is taken in.
                being_read = (records.len() == READ).then(|| read_ahead(self.log.clone(), read));
                let records = with_streams(&records)?;
                pending.take_in(&records, &self.states).await?;
                progress(read);
                // A log in memory or on this disk never makes its reader wait. Others must get their turn.
                yield_now().await;
            }
            if records.is_empty() || pending.len() >= PENDING_MAX {
                if !pending.shared.is_empty() {
                    // The lists of members are read now.
                    self.arrive(&written_ahead).await?;
                }
                self.write_members(&pending).await?;
                let gathered = Writing::gather(std::mem::take(&mut pending), &self.states).await?;
                if let Some(next) = gathered {
                    checkpoint = read;
                    let (store, written_ahead) = (self.store.clone(), written_ahead.clone());
                    self.begin_writing(move || next.write(&store, &written_ahead)).await?;
                }
                if records.is_empty() {
                    self.arrive(&written_ahead).await?;
                    return Ok(checkpoint);
                }
            }
        }
    }

    /// Writes the rows of everything that shares what changed, in bounded steps ahead of the checkpoint.
    async fn write_members(&self, pending: &Pending) -> Result<(), ProjectionError> {
        let is_written = |id| pending.entitlements.contains_key(&id);
        for mut members in pending.shared.iter().filter_map(Members::of) {
            while let Some(step) = members.next(is_written, &self.states, &self.store).await? {
                let store = self.store.clone();
                self.begin_writing(move || step.write(&store)).await?;
                yield_now().await;
            }
        }
        Ok(())
    }

    /// Writes what waits of rows that were written ahead of the checkpoint, and moves that.
    async fn arrive(&self, written_ahead: &Arc<WrittenAhead>) -> Result<(), ProjectionError> {
        self.written().await?;
        if is_empty(written_ahead) {
            return Ok(());
        }
        let (store, written_ahead) = (self.store.clone(), written_ahead.clone());
        self.begin_writing(move || arrive(&store, &written_ahead)).await?;
        self.written().await
    }

    /// Begins to write rows, once those before them are there: rows never go back.
    async fn begin_writing(
        &self,
        write: impl FnOnce() -> Result<(), ProjectionError> + Send + 'static,
    ) -> Result<(), ProjectionError> {
        self.written().await?;
        *self.writing.lock().await = Some(spawn_blocking(write));
        Ok(())
    }

    /// Waits until the rows that are being written are there.
    async fn written(&self) -> Result<(), ProjectionError> {
        let mut writing = self.writing.lock().await;
        let Some(task) = writing.as_mut() else { return Ok(()) };
        let written = task.await;
        *writing = None;
        match written {
            Ok(written) => written,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            Err(_) => Err(ProjectionError::Stopped),
        }
    }

    /// Drops every row and makes them anew from the first record on.
    pub async fn rebuild(&self, progress: impl FnMut(Position)) -> Result<Position, ProjectionError> {
        // If that failed, it is made anew all the same.
        drop(self.written().await);
        self.store.clear().await?;
        let position = self.catch_up(progress).await?;
        self.flush()?;
        Ok(position)
    }

    /// Brings all rows to the disk. What a loss of power takes is made anew from the log.
    pub fn flush(&self) -> Result<(), ProjectionError> {
        Ok(self.store.flush()?)
    }

    /// What of the log is gone, if rows were made from records that it does not hold any more.
    ///
    /// Who catches up drops those rows, and with them all that tells of it.
    pub async fn gone(&self) -> Result<Option<Gone>, ProjectionError> {
        Ok(self.store.gone_from(&*self.log).await?)
    }

    /// The position up to which the log is in the rows.
    pub fn checkpoint(&self) -> Result<Position, ProjectionError> {
        Ok(self.store.checkpoint()?)
    }
}

/// Reads behind a position on a thread of its own, until nobody waits for it any more.
fn read_ahead(log: Arc<dyn EventLog>, after: Position) -> ReadAhead {
    let (mut to, records) = oneshot::channel();
    let runtime = Handle::current();
    spawn_blocking(move || {
        runtime.block_on(async {
            select! {
                biased;
                () = to.closed() => {}
                // If nobody waits now, nobody misses it.
                records = log.read(after, READ) => drop(to.send(records)),
            }
        });
    });
    records
}

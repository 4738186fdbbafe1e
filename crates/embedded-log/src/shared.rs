//! What the writer, the indexer and all readers share.

use std::sync::{
    Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    atomic::{AtomicBool, Ordering},
    mpsc::Sender,
};

use resit_event_log::{AppendError, Position, ReadError};
use tokio::sync::watch;

use crate::{
    active::Active,
    directory::Directory,
    files::Files,
    index::{IndexStore, Marking},
    indexing::filters,
    reread::Reread,
    sealed::{Sealed, SealedIndex, SealedSet},
    segment::{self, FrameFault, SegmentFile},
};

/// What the writer, the indexer and all readers share.
///
/// Who takes both locks takes `active` first.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) directory: Directory,
    pub(crate) store: IndexStore,
    pub(crate) files: Files,
    pub(crate) reread: Reread,
    /// The last durable position: nobody reads behind it.
    pub(crate) head: watch::Sender<Position>,
    active: RwLock<Active>,
    sealed: RwLock<Arc<SealedSet>>,
    /// Wakes the indexer's thread; dropped when the log closes.
    indexer: Mutex<Option<Sender<()>>>,
    /// Set when the log closes: what takes long and can be done later is not begun.
    closing: AtomicBool,
    /// Why the index of sealed segments can't be stored.
    index_fault: Mutex<Option<String>>,
}

impl Shared {
    pub(crate) fn new(
        directory: Directory,
        store: IndexStore,
        files: Files,
        active: Active,
        sealed: SealedSet,
        head: Position,
        indexer: Sender<()>,
    ) -> Self {
        Self {
            directory,
            store,
            files,
            reread: Reread::default(),
            head: watch::Sender::new(head),
            active: RwLock::new(active),
            sealed: RwLock::new(Arc::new(sealed)),
            indexer: Mutex::new(Some(indexer)),
            closing: AtomicBool::new(false),
            index_fault: Mutex::default(),
        }
    }

    pub(crate) fn head(&self) -> Position {
        *self.head.borrow()
    }

    pub(crate) fn active(&self) -> RwLockReadGuard<'_, Active> {
        self.active.read().expect("no code panics while it holds the lock")
    }

    pub(crate) fn active_mut(&self) -> RwLockWriteGuard<'_, Active> {
        self.active.write().expect("no code panics while it holds the lock")
    }

    pub(crate) fn sealed(&self) -> Arc<SealedSet> {
        self.sealed.read().expect("no code panics while it holds the lock").clone()
    }

    /// Takes no more commits; the writer ends when it has done what was taken before.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        // Even if somebody panicked: this runs while values are dropped.
        self.active.write().unwrap_or_else(PoisonError::into_inner).close(stopped());
    }

    /// Takes no more commits, and refuses those that nobody will write: the writer is gone.
    pub(crate) fn close_at_once(&self) {
        self.close();
        self.active.write().unwrap_or_else(PoisonError::into_inner).refuse_all(&stopped());
    }

    /// Puts a new segment in the place of the active one, which becomes the last of the sealed ones.
    pub(crate) fn seal(&self, footer: segment::Footer, next: Active) {
        let mut active = self.active_mut();
        let old = active.followed_by(next);
        let index = SealedIndex::Live(Arc::new(old.index));
        let sealed = Arc::new(Sealed { first: old.first, footer, index });
        self.update_sealed(|set| {
            let segments = set.segments.iter().chain([&sealed]).cloned().collect();
            SealedSet { segments, runs: set.runs.clone() }
        });
    }

    /// Replaces the list of sealed segments.
    pub(crate) fn update_sealed(&self, change: impl FnOnce(&SealedSet) -> SealedSet) {
        let mut set = self.sealed.write().expect("no code panics while it holds the lock");
        *set = Arc::new(change(&set));
    }

    /// Lets go of indexes that can't be stored, but for those of so many bytes of the newest segments: memory has a bound,
    /// whatever becomes of the disk.
    pub(crate) fn thin_out(&self, unstored_bytes_max: u64) {
        let set = self.sealed();
        let mut live_bytes = 0;
        for number in set.unstored().collect::<Vec<_>>().into_iter().rev() {
            let segment = &set.segments[number];
            let SealedIndex::Live(index) = &segment.index else { break };
            let is_newest = live_bytes == 0;
            live_bytes += segment.footer.offset;
            if is_newest || live_bytes <= unstored_bytes_max {
                continue;
            }
            let entries = index.entries(number);
            let filter = filters(number, 1, &entries).pop().expect("there is one for each");
            let mut marking = Marking::default();
            (0..).zip(index.offsets()).for_each(|(number, offset)| marking.pass(number, offset));
            let thin = segment.with(SealedIndex::Thin(Arc::new(filter), marking.done()));
            self.update_sealed(|set| {
                let mut set = set.clone();
                if matches!(set.segments[number].index, SealedIndex::Live(_)) {
                    set.segments[number] = thin;
                }
                set
            });
        }
    }

    /// Has the indexer's thread look for something to do.
    pub(crate) fn nudge_indexer(&self) {
        if let Some(indexer) = &*self.indexer.lock().unwrap_or_else(PoisonError::into_inner) {
            // A thread that is gone has left its fault.
            _ = indexer.send(());
        }
    }

    /// Nobody nudges the indexer any more: it stores what there is, and ends.
    pub(crate) fn let_go_of_indexer(&self) {
        drop(self.indexer.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Whether the log closes.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    pub(crate) fn note_index_fault(&self, fault: Option<String>) {
        *self.index_fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Why the index can't be stored, if it can't; else why nobody writes any more.
    pub(crate) fn fault(&self) -> Option<String> {
        let index = self.index_fault.lock().unwrap_or_else(PoisonError::into_inner).clone();
        index.or_else(|| self.active.read().unwrap_or_else(PoisonError::into_inner).ended())
    }

    /// The file of a segment, sealed or active.
    pub(crate) fn file(&self, first: u64) -> Result<SegmentFile, ReadError> {
        let opened = self.files.open(first, &self.directory.segment(first));
        opened.map_err(|fault| match fault {
            FrameFault::Damaged(what) => corrupt(first, 0, what),
            FrameFault::Io(error) => ReadError::Unavailable {
                reason: format!(
                    "segment {} can't be opened; check the disk and its mount",
                    segment::file_name(first)
                ),
                source: Some(Arc::new(error)),
            },
        })
    }
}

/// Says that nobody writes any more.
pub(crate) fn stopped() -> AppendError {
    let reason = "the log's writer has stopped; see what it logged, and restart".into();
    AppendError::Unavailable { reason, source: None }
}

/// Says where the log is damaged, and what helps.
pub(crate) fn corrupt(first: u64, offset: u64, what: &str) -> ReadError {
    ReadError::Corrupt {
        place: format!("segment {} at byte {offset}", segment::file_name(first)),
        reason: format!(
            "{what}; stop the ledger and restore the log from a copy, or without one see `resit --dry-run log repair`"
        ),
    }
}

/// Says which frame could not be read, and why.
pub(crate) fn frame_error(first: u64, offset: u64, fault: FrameFault) -> ReadError {
    match fault {
        FrameFault::Damaged(what) => corrupt(first, offset, what),
        FrameFault::Io(error) => ReadError::Unavailable {
            reason: format!("segment {} can't be read; check the disk", segment::file_name(first)),
            source: Some(Arc::new(error)),
        },
    }
}

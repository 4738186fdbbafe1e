//! What the writer, the indexer and all readers share.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use resit_event_log::{AppendError, Position, ReadError};
use tokio::sync::watch;

use crate::{
    active::Active,
    check::check_alone,
    directory::Directory,
    files::Files,
    index::{IndexFault, IndexStore, LiveIndex},
    name::Name,
    recover::read_segment,
    sealed::{Sealed, SealedIndex},
    segment::{self, FrameFault, SegmentFile},
};

/// All sealed segments, ascending. The list is never changed, only replaced by a longer one.
pub(crate) type SealedList = Arc<Vec<Arc<Sealed>>>;

/// What the writer, the indexer and all readers share.
///
/// Who takes both locks takes `active` first.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) directory: Directory,
    pub(crate) store: IndexStore,
    pub(crate) files: Files,
    /// The last durable position: nobody reads behind it.
    pub(crate) head: watch::Sender<Position>,
    active: RwLock<Active>,
    sealed: RwLock<SealedList>,
}

impl Shared {
    pub(crate) fn new(
        directory: Directory,
        store: IndexStore,
        files: Files,
        active: Active,
        sealed: Vec<Arc<Sealed>>,
        head: Position,
    ) -> Self {
        let (active, sealed) = (RwLock::new(active), RwLock::new(Arc::new(sealed)));
        Self { directory, store, files, head: watch::Sender::new(head), active, sealed }
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

    pub(crate) fn sealed(&self) -> SealedList {
        self.sealed.read().expect("no code panics while it holds the lock").clone()
    }

    /// Takes no more commits; the writer ends when it has done what was taken before.
    pub(crate) fn close(&self) {
        // Even if somebody panicked: this runs while values are dropped.
        self.active.write().unwrap_or_else(PoisonError::into_inner).close(stopped());
    }

    /// Takes no more commits, and refuses those that nobody will write: the writer is gone.
    pub(crate) fn close_at_once(&self) {
        self.close();
        self.active.write().unwrap_or_else(PoisonError::into_inner).refuse_all(&stopped());
    }

    /// Puts a new segment in the place of the active one, which becomes the last of the sealed ones.
    pub(crate) fn seal(&self, footer: segment::Footer, next: Active) -> Arc<Sealed> {
        let mut active = self.active_mut();
        let old = active.followed_by(next);
        let sealed = Arc::new(Sealed::new(old.first, footer, SealedIndex::Live(Arc::new(old.index))));
        let mut list = self.sealed.write().expect("no code panics while it holds the lock");
        *list = Arc::new(list.iter().chain([&sealed]).cloned().collect());
        sealed
    }

    /// The frames of a sealed segment that may hold records of a name, oldest first.
    pub(crate) fn frames_of(&self, sealed: &Sealed, name: &Name<'_>) -> Result<Vec<u32>, ReadError> {
        let found = match sealed.index() {
            SealedIndex::Live(index) => {
                return Ok(name.frames_in(&index, Position::START, Position(u64::MAX)));
            }
            SealedIndex::Stored(summary) => {
                self.store.offsets(sealed.first, &summary, name.kind, name.key.stored())
            }
        };
        found.or_else(|IndexFault(reason)| {
            let segment = segment::file_name(sealed.first);
            tracing::warn!(segment, reason, "the index failed; reading the segment instead");
            let index = Arc::new(self.index_anew(sealed)?);
            sealed.set_index(SealedIndex::Live(index.clone()));
            Ok(name.frames_in(&index, Position::START, Position(u64::MAX)))
        })
    }

    fn index_anew(&self, sealed: &Sealed) -> Result<LiveIndex, ReadError> {
        let path = self.directory.segment(sealed.first);
        let bytes = read_segment(&path).map_err(|error| ReadError::Unavailable {
            reason: error.to_string(),
            source: Some(Arc::new(error)),
        })?;
        let mut index = LiveIndex::new(sealed.first);
        let see = |offset, header: &_, payload: &_| index.insert_payload(offset, header, payload);
        match check_alone(sealed.first, &bytes, see) {
            Ok(()) => Ok(index),
            Err(damage) => Err(corrupt(sealed.first, damage.offset, &damage.reason)),
        }
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

//! Numbers that other roles know and metrics show.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use resit_domain::Timestamp;

const UNKNOWN: i64 = i64::MIN;

/// The instant of what falls due if nothing does.
const NEVER: i64 = i64::MAX;

/// How long a server that could not write is not sent new work.
const UNWRITABLE_MILLIS: i64 = 30_000;

/// Numbers of other roles. Whoever knows one puts it here; metrics and health read them.
#[derive(Debug)]
pub struct Gauges {
    oldest_due_at: AtomicI64,
    free_disk_bytes: AtomicU64,
    unwritable_at: AtomicI64,
    stopping: AtomicBool,
    faults: Mutex<BTreeMap<&'static str, String>>,
    remarks: Mutex<Vec<String>>,
}

impl Default for Gauges {
    fn default() -> Self {
        Self {
            oldest_due_at: AtomicI64::new(UNKNOWN),
            free_disk_bytes: AtomicU64::new(u64::MAX),
            unwritable_at: AtomicI64::new(UNKNOWN),
            stopping: AtomicBool::new(false),
            faults: Mutex::default(),
            remarks: Mutex::default(),
        }
    }
}

impl Gauges {
    /// The scheduler found this to be the next thing that falls due; it may lie ahead.
    pub fn note_next_due(&self, at: Option<Timestamp>) {
        self.oldest_due_at.store(at.map_or(NEVER, Timestamp::millis), Ordering::Relaxed);
    }

    /// So many bytes are free on the ledger's disk.
    pub fn note_free_disk(&self, bytes: u64) {
        self.free_disk_bytes.store(bytes, Ordering::Relaxed);
    }

    /// The log took a commit, or could not be written.
    pub fn note_append(&self, appended: Result<(), Timestamp>) {
        let failed_at = appended.err().map_or(UNKNOWN, Timestamp::millis);
        self.unwritable_at.store(failed_at, Ordering::Relaxed);
    }

    /// The server begins to stop: it is no longer ready.
    pub fn note_stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// What is wrong with something that the process needs; none when it is well again. Until then it is not ready.
    pub fn note_fault(&self, about: &'static str, fault: Option<String>) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Some(fault) => _ = faults.insert(about, fault),
            None => _ = faults.remove(about),
        }
    }

    /// Something that whoever asks whether the process is ready should know, though it is.
    pub fn note_remark(&self, remark: impl Into<String>) {
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).push(remark.into());
    }

    pub(crate) fn remarks(&self) -> Vec<String> {
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is wrong.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// How long the oldest thing that is due waits to be put on record; none if nobody has looked what is.
    pub(crate) fn expiry_lag_millis(&self, now: Timestamp) -> Option<i64> {
        match self.oldest_due_at.load(Ordering::Relaxed) {
            UNKNOWN => None,
            due_at => Some(now.millis().saturating_sub(due_at).max(0)),
        }
    }

    /// Whether the log could not be written the last time that it was tried. A while later somebody has to try again:
    /// who is not ready is not sent the command that would tell.
    pub(crate) fn is_unwritable(&self, now: Timestamp) -> bool {
        let failed_at = self.unwritable_at.load(Ordering::Relaxed);
        failed_at != UNKNOWN && now.millis().saturating_sub(failed_at) < UNWRITABLE_MILLIS
    }

    pub(crate) fn free_disk_bytes(&self) -> Option<u64> {
        Some(self.free_disk_bytes.load(Ordering::Relaxed)).filter(|bytes| *bytes != u64::MAX)
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

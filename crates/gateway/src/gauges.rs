//! Numbers that other roles know and metrics show.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use resit_domain::Timestamp;
use resit_event_log::Position;

use crate::tasks::{Task, Tasks};
use crate::work::Works;

const UNKNOWN: i64 = i64::MIN;

/// The instant of what falls due if nothing does.
const NEVER: i64 = i64::MAX;

/// How long a server that could not write is not sent new work.
const UNWRITABLE_MILLIS: i64 = 30_000;

/// Numbers of other roles. Whoever knows one puts it here; metrics and health read them.
#[derive(Debug)]
pub struct Gauges {
    oldest_due_at: AtomicI64,
    overdue: AtomicU64,
    agenda_at: AtomicU64,
    free_disk_bytes: AtomicU64,
    log_size: Mutex<Option<LogSize>>,
    unwritable_at: AtomicI64,
    stopping: AtomicBool,
    faults: Mutex<BTreeMap<&'static str, Option<String>>>,
    remarks: Mutex<Vec<String>>,
    tasks: Tasks,
    works: Arc<Works>,
}

/// How large the log is on its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogSize {
    /// How many segments there are.
    pub segments: u64,
    /// How many bytes they have together.
    pub bytes: u64,
}

impl Default for Gauges {
    fn default() -> Self {
        Self {
            oldest_due_at: AtomicI64::new(UNKNOWN),
            overdue: AtomicU64::new(0),
            agenda_at: AtomicU64::new(u64::MAX),
            free_disk_bytes: AtomicU64::new(u64::MAX),
            log_size: Mutex::default(),
            unwritable_at: AtomicI64::new(UNKNOWN),
            stopping: AtomicBool::new(false),
            faults: Mutex::default(),
            remarks: Mutex::default(),
            tasks: Tasks::default(),
            works: Arc::default(),
        }
    }
}

impl Gauges {
    /// The scheduler found this to be the next thing that falls due; it may lie ahead.
    pub fn note_next_due(&self, at: Option<Timestamp>) {
        self.oldest_due_at.store(at.map_or(NEVER, Timestamp::millis), Ordering::Relaxed);
    }

    /// So many entitlements are due and not on record.
    pub fn note_overdue(&self, count: u64) {
        self.overdue.store(count, Ordering::Relaxed);
    }

    /// The agenda has taken the log in up to here.
    pub fn note_agenda(&self, position: Position) {
        self.agenda_at.store(position.0, Ordering::Relaxed);
    }

    /// The log has this size on its disk.
    pub fn note_log_size(&self, size: LogSize) {
        *self.log_size.lock().unwrap_or_else(PoisonError::into_inner) = Some(size);
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
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).insert(about, fault);
    }

    /// A background task of this process: it has to move at least every `bound` while it does not wait. From now on it is
    /// watched.
    pub fn task(&self, name: &'static str, bound: Duration, now: Instant) -> Arc<Task> {
        self.tasks.task(name, bound, now)
    }

    /// The long work that is under way.
    pub fn works(&self) -> &Arc<Works> {
        &self.works
    }

    /// Something that whoever asks whether the process is ready should know, though it is.
    pub fn note_remark(&self, remark: impl Into<String>) {
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).push(remark.into());
    }

    pub(crate) fn remarks(&self) -> Vec<String> {
        self.remarks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is wrong at `now`: the reasons not to be ready that do not depend on the log.
    pub fn reasons(&self, now: Instant) -> Vec<String> {
        self.subjects(now).into_values().flatten().collect()
    }

    /// All that may be wrong, by its name, with what is wrong with it at `now`.
    pub(crate) fn subjects(&self, now: Instant) -> BTreeMap<&'static str, Option<String>> {
        let mut subjects = self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (name, fault) in self.tasks.all(now) {
            let known = subjects.entry(name).or_default();
            *known = match (known.take(), fault) {
                (Some(one), Some(other)) => Some(format!("{one}; {other}")),
                (one, other) => one.or(other),
            };
        }
        subjects
    }

    /// When the next thing falls due, as the scheduler noted it; none if nothing does, or it is not known yet.
    pub fn next_due(&self) -> Option<Timestamp> {
        Some(self.oldest_due_at.load(Ordering::Relaxed))
            .filter(|at| ![UNKNOWN, NEVER].contains(at))
            .and_then(Timestamp::from_millis)
    }

    /// How many entitlements are due and not on record, as the scheduler last counted.
    pub fn overdue(&self) -> u64 {
        self.overdue.load(Ordering::Relaxed)
    }

    /// How far the agenda is; none before the scheduler has opened it.
    pub fn agenda_at(&self) -> Option<Position> {
        Some(self.agenda_at.load(Ordering::Relaxed)).filter(|at| *at != u64::MAX).map(Position)
    }

    /// The log's size, as it was last measured.
    pub fn log_size(&self) -> Option<LogSize> {
        *self.log_size.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// The bytes that are free on the ledger's disk, as they were last measured.
    pub fn free_disk_bytes(&self) -> Option<u64> {
        Some(self.free_disk_bytes.load(Ordering::Relaxed)).filter(|bytes| *bytes != u64::MAX)
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

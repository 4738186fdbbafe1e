//! Long work that is under way in a process, and how far it is.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use resit_api::WorkUnderWay;
use resit_domain::Timestamp;

/// Kinds of work that may take long. The first of each pair names it in `status` and metrics, the second is what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// What has fallen due is put on record.
    Expire,
    /// The agenda takes in records.
    Agenda,
    /// The read models take in records.
    ReadModels,
    /// The log, and what is derived from it, are checked.
    Verify,
}

impl Work {
    /// Every kind.
    pub const ALL: [Work; 4] = [Work::Expire, Work::Agenda, Work::ReadModels, Work::Verify];

    /// Its name in `status` and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Work::Expire => "expire",
            Work::Agenda => "agenda",
            Work::ReadModels => "read-models",
            Work::Verify => "verify",
        }
    }

    /// What it is, in a sentence that goes on with how far it is.
    pub fn sentence(self) -> &'static str {
        match self {
            Work::Expire => "what has fallen due is being put on record",
            Work::Agenda => "the agenda is taking in records",
            Work::ReadModels => "the read models are taking in records",
            Work::Verify => "the ledger is being verified",
        }
    }

    /// What it counts.
    pub fn unit(self) -> &'static str {
        match self {
            Work::Expire => "entitlements",
            Work::Agenda | Work::ReadModels | Work::Verify => "records",
        }
    }
}

/// The long work of a process.
#[derive(Debug, Default)]
pub struct Works(Mutex<BTreeMap<Work, Arc<Progress>>>);

#[derive(Debug)]
struct Progress {
    since: Timestamp,
    done: AtomicU64,
    total: AtomicU64,
}

/// Work that is under way until this is dropped.
#[derive(Debug)]
pub struct UnderWay {
    works: Arc<Works>,
    work: Work,
    progress: Arc<Progress>,
}

impl Works {
    /// Begins a kind of work at `since`: it counts up to `total`.
    pub fn begin(self: &Arc<Self>, work: Work, since: Timestamp, total: u64) -> UnderWay {
        let progress = Arc::new(Progress { since, done: AtomicU64::new(0), total: AtomicU64::new(total) });
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(work, progress.clone());
        UnderWay { works: self.clone(), work, progress }
    }

    /// All that is under way.
    pub fn all(&self) -> Vec<WorkUnderWay> {
        let works = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        works.iter().map(|(work, progress)| progress.of(*work)).collect()
    }

    /// What is under way of one kind.
    pub fn of(&self, work: Work) -> Option<WorkUnderWay> {
        let works = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        works.get(&work).map(|progress| progress.of(work))
    }
}

impl Progress {
    fn of(&self, work: Work) -> WorkUnderWay {
        let total = self.total.load(Ordering::Relaxed);
        WorkUnderWay {
            work: work.name().to_owned(),
            done: self.done.load(Ordering::Relaxed).min(total),
            total,
            unit: work.unit().to_owned(),
            since: self.since,
        }
    }
}

impl UnderWay {
    /// So many are done.
    pub fn done(&self, done: u64) {
        self.progress.done.store(done, Ordering::Relaxed);
    }

    /// There is more, or less, to do than was known at first.
    pub fn total(&self, total: u64) {
        self.progress.total.store(total, Ordering::Relaxed);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut works = self.works.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Another one of its kind may have begun meanwhile.
        if works.get(&self.work).is_some_and(|progress| Arc::ptr_eq(progress, &self.progress)) {
            works.remove(&self.work);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_listed_while_it_is_under_way() {
        let (works, now) = (Arc::new(Works::default()), "2026-01-05".parse().unwrap());
        let verify = works.begin(Work::Verify, now, 100);
        let first = works.begin(Work::Agenda, now, 10);
        first.done(7);
        verify.done(120);
        let listed = |works: &Works| -> Vec<_> {
            works.all().into_iter().map(|work| (work.work, work.done, work.total)).collect()
        };
        assert_eq!(listed(&works), [("agenda".to_owned(), 7, 10), ("verify".to_owned(), 100, 100)]);
        let second = works.begin(Work::Agenda, now, 20);
        drop(first);
        assert_eq!(works.of(Work::Agenda).map(|work| work.total), Some(20));
        drop((second, verify));
        assert_eq!(works.all(), []);
    }
}

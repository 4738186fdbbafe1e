//! How fresh the states are that a handler keeps, where other processes write the same log.
//!
//! An append asserts the streams that it writes. What a command only reads, such as its offer, is asserted by nothing; so
//! handlers keep to two spans. A state that is kept is judged by only while it is known that, no longer than [`FRESH_MAX`] ago,
//! it was as new as the log ([`Following`](crate::Following)). And whoever changed such a stream hears of it only when
//! [`OUTLAST`] has passed since ([`Freshness::outlast`]). So whatever is asked for behind that answer is judged by the change.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use resit_states::{is_common, says_nothing};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::Outcome;

/// The time that passes: a clock that is never set.
pub type Stopwatch = Arc<dyn Fn() -> Instant + Send + Sync>;

/// How old the last proof of freshness may be. All handlers of a ledger go by the same.
const FRESH_MAX: Duration = Duration::from_millis(250);

/// How long a change of a common stream is waited out: [`FRESH_MAX`], and more than two stopwatches differ by meanwhile.
const OUTLAST: Duration = Duration::from_millis(300);

/// From this age on a new proof is asked for, so that under load nobody waits for one.
const RENEW_AFTER: Duration = Duration::from_millis(80);

/// How long a proof is waited for. Then the log itself is asked, which takes longer and is always right.
const PROOF_MAX: Duration = Duration::from_millis(250);

/// What is known of how fresh the states are.
pub(crate) struct Freshness {
    stopwatch: Stopwatch,
    /// What was on record by this moment is in every common state that is kept; none before the first proof.
    fresh_since: watch::Sender<Option<Instant>>,
    /// Whether anybody asked since it was looked last.
    is_used: AtomicBool,
    is_wanted: AtomicBool,
    wanted: Notify,
}

impl Freshness {
    pub(crate) fn new(stopwatch: Stopwatch) -> Self {
        Self {
            stopwatch,
            fresh_since: watch::Sender::new(None),
            is_used: AtomicBool::new(false),
            is_wanted: AtomicBool::new(false),
            wanted: Notify::new(),
        }
    }

    /// The moment now. Who follows the log takes it before it asks how far the log is.
    pub(crate) fn now(&self) -> Instant {
        (self.stopwatch)()
    }

    /// Notes that what was on record by `moment` has been told to the states.
    pub(crate) fn prove(&self, moment: Instant) {
        // Whoever still wants a newer one says so when this is seen.
        self.is_wanted.store(false, Ordering::Release);
        self.fresh_since.send_replace(Some(moment));
    }

    /// Whether anybody asked how fresh the states are since this was asked last.
    pub(crate) fn was_used(&self) -> bool {
        self.is_used.swap(false, Ordering::Relaxed)
    }

    /// Waits until a proof is wanted.
    pub(crate) async fn wish(&self) {
        while !self.is_wanted.load(Ordering::Acquire) {
            self.wanted.notified().await;
        }
    }

    /// Waits for the next proof that holds; none if it does not come in time.
    pub(crate) async fn proven(&self) -> Option<Instant> {
        let proven = async {
            let mut proofs = self.fresh_since.subscribe();
            loop {
                if let Some(since) = self.fresh() {
                    return Some(since);
                }
                proofs.changed().await.ok()?;
            }
        };
        timeout(PROOF_MAX, proven).await.ok().flatten()
    }

    /// Since when the states are fresh, if that is not too long ago. Asks for the next proof in time.
    pub(crate) fn fresh(&self) -> Option<Instant> {
        if !self.is_used.load(Ordering::Relaxed) {
            self.is_used.store(true, Ordering::Relaxed);
        }
        let since = *self.fresh_since.borrow();
        let age = since.map(|since| self.age(since));
        if age.is_none_or(|age| age > RENEW_AFTER) && !self.is_wanted.swap(true, Ordering::AcqRel) {
            self.wanted.notify_one();
        }
        since.filter(|_| age.is_some_and(|age| age <= FRESH_MAX))
    }

    /// Whether a judgement may still go on record: its process may have been stopped since.
    pub(crate) fn holds(&self, since: Instant) -> bool {
        self.age(since) <= FRESH_MAX
    }

    fn age(&self, since: Instant) -> Duration {
        self.now().saturating_duration_since(since)
    }

    /// Waits until no handler judges any more by what was before a change that is on record.
    pub(crate) async fn outlast(&self) {
        drop(timeout(OUTLAST, pending::<()>()).await);
    }
}

/// Whether a command changed what others are judged by and do not write.
pub(crate) fn changes_what_others_read(outcome: &Outcome) -> bool {
    let Outcome::Accepted { events, .. } = outcome else { return false };
    events.iter().any(|happened| is_common(&happened.stream) && !says_nothing(happened.event.kind()))
}

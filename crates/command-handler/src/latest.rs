//! Which time it is: never an earlier one than what is on record.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use resit_clock_guard::Untrusted;
use resit_domain::{Command, Timestamp};
use resit_event_log::Position;

use crate::{CommandHandler, Failure};

/// Reads a clock that is guarded: the time, or why it is not trusted.
pub type TrustedNow = Arc<dyn Fn() -> Result<Timestamp, Untrusted> + Send + Sync>;

impl CommandHandler {
    /// From now on nothing is judged by a recorded time that is later than the caller's while this clock is not trusted. Only the
    /// first clock counts. Without one, any recorded time is believed.
    pub fn guard_by(&self, clock: TrustedNow) {
        self.clock.get_or_init(|| clock);
    }

    /// The latest recorded time that was seen; none before the first.
    pub fn latest_recorded(&self) -> Option<Timestamp> {
        let latest = Timestamp::from_millis(self.latest.load(Ordering::Relaxed));
        latest.max(self.states.recorded_at())
    }

    /// The instant to judge by: [`CommandHandler::not_before`], unless a clock that is not trusted may have put it there.
    ///
    /// # Errors
    ///
    /// [`Failure::ClockUntrusted`] if what is on record is later than the caller's time, and the clock is not trusted now.
    pub(crate) async fn judged_at(&self, at: Timestamp) -> Result<Timestamp, Failure> {
        let judged_at = self.not_before(at).await?;
        if judged_at > at
            && let Some(clock) = self.clock.get()
        {
            clock()?;
        }
        Ok(judged_at)
    }

    /// The same, for a command. A correction of recorded times is judged by the caller's time: what is on record may be what it
    /// corrects.
    ///
    /// # Errors
    ///
    /// See [`CommandHandler::judged_at`].
    pub(crate) async fn judged_at_for(&self, command: &Command, at: Timestamp) -> Result<Timestamp, Failure> {
        match command {
            Command::CorrectTime(_) => Ok(at),
            _ => self.judged_at(at).await,
        }
    }

    /// Somebody else put something on record at `at`: what is judged and shown from now on is so by no earlier instant.
    pub fn note_recorded(&self, at: Timestamp) {
        self.latest.fetch_max(at.millis(), Ordering::Relaxed);
    }

    /// The later of the caller's time and the latest time on record: what is judged, and what is shown as it stands
    /// now, is so by the same instant.
    pub async fn not_before(&self, at: Timestamp) -> Result<Timestamp, Failure> {
        if self.latest.load(Ordering::Relaxed) == i64::MIN {
            let head = self.log.head().await?;
            let last = self.log.read(Position(head.0.saturating_sub(1)), 1).await?;
            let recorded_at = last.last().map_or(i64::MIN + 1, |record| record.recorded_at.millis());
            self.latest.fetch_max(recorded_at, Ordering::Relaxed);
        }
        // Another process's clock may be ahead of this one's, and what it recorded just read.
        Ok(self.latest_recorded().map_or(at, |latest| at.max(latest)))
    }
}

//! The clock of a process: guarded, or a rehearsal's.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use resit_clock_guard::{Against, Bounds, ClockGuard, Untrusted};
use resit_command_handler::{CommandHandler, TrustedNow, decode};
use resit_domain::{Event, LedgerClock, Stream, Timestamp};
use resit_event_log::{EventLog, Position, ReadError};
use resit_gateway::{Clock, ClockFixed};
use tokio::sync::watch;

use super::machine::reading;
use super::seen_file::SeenFile;

/// A process's clock: the system's, as far as it can be trusted; on a ledger for rehearsals it stands where it was set, until it is
/// set again.
///
/// If a rehearsal's clock ran on, the scheduler could come to a deadline that whoever rehearses stands one instant before.
#[derive(Debug)]
pub(crate) struct ServerClock {
    shows: Shows,
    moved: watch::Sender<()>,
}

#[derive(Debug)]
enum Shows {
    /// The system's time.
    System(Box<Guarded>),
    /// Where a rehearsal stands, in milliseconds.
    Rehearsal(AtomicI64),
}

#[derive(Debug)]
struct Guarded {
    guard: ClockGuard,
    file: SeenFile,
    handler: OnceLock<Latest>,
}

/// Who knows the latest recorded time.
struct Latest(Weak<CommandHandler>);

impl std::fmt::Debug for Latest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Latest")
    }
}

impl ServerClock {
    /// The system's clock, with the evidence that earlier processes left in a folder.
    pub(crate) fn of_the_system(folder: &Path, bounds: Bounds) -> Self {
        let (guard, file) = (ClockGuard::new(bounds), SeenFile::of(folder));
        file.tell(&guard, None);
        Self::new(Shows::System(Box::new(Guarded { guard, file, handler: OnceLock::new() })))
    }

    /// The same, of a ledger whose log is open.
    pub(crate) async fn of_a_ledger(
        folder: &Path,
        bounds: Bounds,
        log: &dyn EventLog,
    ) -> Result<Self, ReadError> {
        let (guard, file) = (ClockGuard::new(bounds), SeenFile::of(folder).corrected_at(log.corrected_at()));
        let head = log.head().await?;
        if let Some(last) = log.read(Position(head.0.saturating_sub(1)), 1).await?.last() {
            guard.note_recorded(last.recorded_at);
        }
        file.tell(&guard, confirmed_at(log).await?);
        Ok(Self::new(Shows::System(Box::new(Guarded { guard, file, handler: OnceLock::new() }))))
    }

    /// A clock that can be set, and shows `at` now.
    pub(crate) fn for_rehearsals(at: Timestamp) -> Self {
        Self::new(Shows::Rehearsal(AtomicI64::new(at.millis())))
    }

    fn new(shows: Shows) -> Self {
        Self { shows, moved: watch::Sender::new(()) }
    }

    /// Tells whenever it is set, or its trust changes.
    pub(crate) fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Wakes whoever waits for it to move.
    pub(crate) fn tell_moved(&self) {
        self.moved.send_replace(());
    }

    /// What decides; none of a rehearsal's clock.
    pub(crate) fn judge(&self) -> Option<&ClockGuard> {
        self.guarded().map(|guarded| &guarded.guard)
    }

    fn guarded(&self) -> Option<&Guarded> {
        match &self.shows {
            Shows::System(guarded) => Some(guarded),
            Shows::Rehearsal(_) => None,
        }
    }

    /// From now on the handler judges by no time that this clock contradicts, and the clock knows what the handler knows of recorded
    /// times.
    pub(crate) fn guard(self: &Arc<Self>, handler: &Arc<CommandHandler>) {
        if let Some(guarded) = self.guarded() {
            guarded.handler.get_or_init(|| Latest(Arc::downgrade(handler)));
            handler.guard_by(self.for_handlers());
        }
    }

    /// Keeps a trusted reading for the next process. Nobody has to stop because it can't be kept.
    pub(crate) fn leave_evidence(&self) -> io::Result<()> {
        let Some(guarded) = self.guarded() else { return Ok(()) };
        let reading = reading();
        if guarded.guard.trusted(reading).is_ok() { guarded.file.write(reading) } else { Ok(()) }
    }

    /// Takes a confirmation that was recorded at `at`, unless the clock is not near that time: then it was another reading that was
    /// confirmed.
    pub(super) fn confirm_near(&self, at: Timestamp) {
        let Some(guard) = self.judge() else { return };
        let reading = reading();
        if u128::from(reading.wall.millis().abs_diff(at.millis())) <= guard.bounds().skew_max().as_millis() {
            guard.confirm(reading);
            self.leave_evidence().ok();
            self.tell_moved();
        }
    }

    /// The instant to judge a correction of recorded times by: what the clock reads, although records, or what was trusted while they
    /// were made, are later. These are what is corrected.
    ///
    /// # Errors
    ///
    /// If the clock is ahead of the evidence, or the NATS servers contradict it: then it is the clock that is to be set right.
    pub(crate) fn now_for_correction(&self) -> Result<Timestamp, Untrusted> {
        self.trusted_now().or_else(|untrusted| match untrusted.against {
            Against::RecordAhead | Against::Uptime | Against::SeenAhead if untrusted.ahead_ms() < 0 => {
                Ok(untrusted.reads)
            }
            _ => Err(untrusted),
        })
    }

    /// Why the clock is not trusted, and what to do; none while it is.
    pub(crate) fn fault(&self) -> Option<String> {
        self.trusted_now().err().map(|untrusted| untrusted.to_string())
    }

    /// What a handler asks before it judges by a time that is not its caller's.
    pub(crate) fn for_handlers(self: &Arc<Self>) -> TrustedNow {
        let clock = self.clone();
        Arc::new(move || clock.trusted_now())
    }
}

impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        match &self.shows {
            Shows::System(guarded) => guarded.guard.estimate(reading()),
            Shows::Rehearsal(at) => {
                Timestamp::from_millis(at.load(Ordering::Relaxed)).unwrap_or_else(super::now)
            }
        }
    }

    fn trusted_now(&self) -> Result<Timestamp, Untrusted> {
        let Some(guarded) = self.guarded() else { return Ok(self.now()) };
        let handler = guarded.handler.get().and_then(|Latest(handler)| handler.upgrade());
        if let Some(latest) = handler.and_then(|handler| handler.latest_recorded()) {
            guarded.guard.note_recorded(latest);
        }
        guarded.guard.trusted(reading())
    }

    fn confirm(&self, at: Timestamp) {
        self.confirm_near(at);
    }

    fn is_settable(&self) -> bool {
        self.guarded().is_none()
    }

    fn set(&self, at: Timestamp) -> Result<(), ClockFixed> {
        let Shows::Rehearsal(stands_at) = &self.shows else { return Err(ClockFixed) };
        stands_at.store(at.millis(), Ordering::Relaxed);
        self.tell_moved();
        Ok(())
    }
}

/// When the clock was last confirmed on record, if ever.
pub(super) async fn confirmed_at(log: &dyn EventLog) -> Result<Option<Timestamp>, ReadError> {
    let stream = resit_command_handler::stream_id(&Stream::Clock(LedgerClock));
    let records = log.read_stream(&stream, Position::START).await?;
    let confirms = |record: &&resit_event_log::Record| {
        record.events.iter().any(|event| matches!(decode(event), Ok(Event::ClockConfirmed(_))))
    };
    Ok(records.iter().rev().find(confirms).map(|record| record.recorded_at))
}

//! The one place where the time is read and dice are thrown; everywhere else both are arguments.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use resit_domain::{CommandId, Timestamp};
use resit_gateway::{Clock, ClockFixed};
use tokio::sync::watch;

/// The system's clock.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn now() -> Timestamp {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).ok().and_then(Timestamp::from_millis).unwrap_or(Timestamp::MAX)
}

/// The time that passes, for measuring alone: nothing is judged by it.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

/// Bytes that nobody can guess.
///
/// # Errors
///
/// If the system has no source of random bytes.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A command id for a command that came without one: a ULID of `now`.
pub(crate) fn command_id(now: Timestamp) -> Result<CommandId, getrandom::Error> {
    let random = u128::from_be_bytes(random()?);
    let millis = u64::try_from(now.millis()).unwrap_or_default();
    let id = ulid::Ulid::from_parts(millis, random).to_string();
    Ok(id.parse().expect("a ULID is 26 letters and digits"))
}

/// A server's clock: the system's; on a ledger for rehearsals it stands where it was set, until it is set again.
///
/// If it ran on, the scheduler could come to a deadline that whoever rehearses stands one instant before.
#[derive(Debug)]
pub(crate) struct ServerClock {
    /// Where it stands, in milliseconds; none for the system's.
    stands_at: Option<AtomicI64>,
    moved: watch::Sender<()>,
}

impl ServerClock {
    /// The system's clock.
    pub(crate) fn of_the_system() -> Self {
        Self { stands_at: None, moved: watch::Sender::new(()) }
    }

    /// A clock that can be set, and shows `at` now.
    pub(crate) fn for_rehearsals(at: Timestamp) -> Self {
        Self { stands_at: Some(AtomicI64::new(at.millis())), moved: watch::Sender::new(()) }
    }

    /// Tells whenever it is set.
    pub(crate) fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }
}

impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        let stands_at =
            self.stands_at.as_ref().and_then(|at| Timestamp::from_millis(at.load(Ordering::Relaxed)));
        stands_at.unwrap_or_else(now)
    }

    fn is_settable(&self) -> bool {
        self.stands_at.is_some()
    }

    fn set(&self, at: Timestamp) -> Result<(), ClockFixed> {
        self.stands_at.as_ref().ok_or(ClockFixed)?.store(at.millis(), Ordering::Relaxed);
        self.moved.send_replace(());
        Ok(())
    }
}

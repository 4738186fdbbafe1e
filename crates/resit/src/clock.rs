//! The one place where the time is read and dice are thrown; everywhere else both are arguments.

use std::sync::atomic::{AtomicI64, Ordering};

use resit_domain::{CommandId, Timestamp};
use resit_gateway::{Clock, ClockFixed};
use tokio::sync::watch;

/// The system's clock.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn now() -> Timestamp {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).ok().and_then(Timestamp::from_millis).unwrap_or(Timestamp::MAX)
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

/// A server's clock: the system's; on a ledger for rehearsals it can be set, and runs on from there.
#[derive(Debug)]
pub(crate) struct ServerClock {
    ahead_millis: AtomicI64,
    moved: watch::Sender<()>,
    settable: bool,
}

impl ServerClock {
    /// The system's clock.
    pub(crate) fn of_the_system() -> Self {
        Self { ahead_millis: AtomicI64::new(0), moved: watch::Sender::new(()), settable: false }
    }

    /// A clock that can be set, and shows `at` now.
    pub(crate) fn for_rehearsals(at: Timestamp) -> Self {
        let clock = Self { settable: true, ..Self::of_the_system() };
        clock.show(at);
        clock
    }

    /// Tells whenever it is set.
    pub(crate) fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    fn show(&self, at: Timestamp) {
        self.ahead_millis.store(at.millis() - now().millis(), Ordering::Relaxed);
        self.moved.send_replace(());
    }
}

impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        now().plus_millis(self.ahead_millis.load(Ordering::Relaxed))
    }

    fn set(&self, at: Timestamp) -> Result<(), ClockFixed> {
        if !self.settable {
            return Err(ClockFixed);
        }
        self.show(at);
        Ok(())
    }
}

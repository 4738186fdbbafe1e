//! The one place where the time is read and dice are thrown; everywhere else both are arguments.

mod machine;
mod seen_file;
mod server_clock;
mod watch;

use std::time::Instant;

use resit_domain::{CommandId, Timestamp};

pub(crate) use machine::uptime_ms;
pub(crate) use server_clock::ServerClock;
pub(crate) use watch::watch;

/// The system's clock, as it is: what is judged goes by [`ServerClock`], which knows whether it can be trusted.
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

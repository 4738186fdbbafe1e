//! Looks at the clock again and again, so that a clock that goes wrong is reported while nobody asks for anything.

use std::sync::Arc;
use std::time::Duration;

use resit_clock_guard::{Against, Untrusted};
use resit_event_log::EventLog;
use resit_gateway::{Clock as _, Gauges};

use super::ServerClock;
use super::machine::reading;
use super::server_clock::confirmed_at;
use crate::serve::Stop;

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// How many looks pass between two times that the guard follows a drift, or that the log is asked for a confirmation.
const LOOKS_PER_SECOND: u32 = 5;

/// How many seconds pass between two trusted readings that are kept for the next process.
const KEPT_EVERY_S: u32 = 30;

/// What the fault is about, in health.
const CLOCK: &str = "clock";

/// Watches a clock until it is time to stop. A clock that is not trusted is a fault of its process; that it was confirmed is read from
/// the log, if there is one: the command may have been taken by another process.
pub(crate) async fn watch(
    clock: Arc<ServerClock>,
    log: Option<Arc<dyn EventLog>>,
    gauges: Arc<Gauges>,
    mut stop: Stop,
) {
    let Some(guard) = clock.judge() else { return };
    let (mut before, mut looks): (Option<Against>, u32) = (None, 0);
    if let Err(error) = clock.leave_evidence() {
        tracing::warn!(%error, "when the clock was last trusted can't be kept in the folder: after a long pause it has to be confirmed");
    }
    while !stop.is_now() {
        let trusted = clock.trusted_now();
        gauges.note_fault(CLOCK, trusted.err().map(|untrusted| untrusted.to_string()));
        let against = trusted.err().map(|untrusted| untrusted.against);
        if against != before {
            report(trusted.err());
            clock.tell_moved();
            before = against;
        }
        let is_whole_second = looks.is_multiple_of(LOOKS_PER_SECOND);
        match (&log, trusted) {
            (_, Ok(_)) if is_whole_second => guard.follow(reading()),
            (Some(log), Err(untrusted)) if is_whole_second && untrusted.can_be_confirmed() => {
                // Whoever can't read the log says so elsewhere.
                if let Ok(Some(at)) = confirmed_at(&**log).await {
                    clock.confirm_near(at);
                }
            }
            _ => {}
        }
        if trusted.is_ok() && looks.is_multiple_of(KEPT_EVERY_S * LOOKS_PER_SECOND) {
            clock.leave_evidence().ok();
        }
        looks = looks.wrapping_add(1);
        drop(tokio::time::timeout(LOOK, stop.asked()).await);
    }
    clock.leave_evidence().ok();
}

fn report(untrusted: Option<Untrusted>) {
    if let Some(untrusted) = untrusted {
        tracing::error!("{untrusted}");
    } else {
        tracing::warn!("the clock is trusted again");
    }
}

//! The NATS servers' own time, as evidence for this process's clock.

use std::sync::Arc;
use std::time::Duration;

use resit_domain::Timestamp;
use resit_nats::{Link, server_times};

use crate::clock::{ServerClock, uptime_ms};
use crate::serve::Stop;

/// How often the servers are asked.
const EVERY: Duration = Duration::from_secs(2);

/// How long a process that starts waits for an answer.
const FIRST_MAX: Duration = Duration::from_secs(3);

/// Asks before the process starts work. Without an answer it starts all the same, and trusts no clock until there is one.
pub(super) async fn first(link: &Link, clock: &ServerClock) {
    let Some(guard) = clock.judge() else { return };
    guard.require_servers();
    drop(tokio::time::timeout(FIRST_MAX, ask(link, clock)).await);
}

/// Asks again and again. While nobody answers, what was last heard holds on by this machine's uptime.
pub(super) async fn watch(link: Link, clock: Arc<ServerClock>, mut stop: Stop) {
    while !stop.is_now() {
        tokio::select! {
            () = ask(&link, &clock) => {}
            () = stop.asked() => return,
        }
        drop(tokio::time::timeout(EVERY, stop.asked()).await);
    }
}

async fn ask(link: &Link, clock: &ServerClock) {
    let Some(guard) = clock.judge() else { return };
    let asked_ms = uptime_ms();
    let times = server_times(link, uptime_ms).await;
    let read = |text: &str| text.parse::<Timestamp>().ok();
    let heard: Vec<_> = times.iter().filter_map(|of| Some((read(&of.time)?, of.heard_ms))).collect();
    if let Some((at, heard_ms)) = middle(heard) {
        guard.note_servers(at, asked_ms, heard_ms);
    }
}

/// Of several servers' times the middle one: one server whose clock is wrong has no say. Of two the earlier one, because a time that
/// is too late does more harm.
fn middle(mut heard: Vec<(Timestamp, i64)>) -> Option<(Timestamp, i64)> {
    heard.sort_unstable_by_key(|(at, heard_ms)| at.millis() - heard_ms);
    heard.get(heard.len().saturating_sub(1) / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_server_of_three_has_no_say() {
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        for (heard, found) in [
            (vec![], None),
            (vec![(5, 0)], Some(5)),
            (vec![(5, 0), (9_000, 0)], Some(5)),
            (vec![(9_000, 0), (5, 0), (6, 0)], Some(6)),
            (vec![(1, 0), (5_000, 0), (5_001, 0)], Some(5_000)),
            // The later answer is of the same moment.
            (vec![(5, 0), (205, 200), (7, 0)], Some(5)),
        ] {
            let heard = heard.into_iter().map(|(millis, heard_ms)| (at(millis), heard_ms)).collect();
            assert_eq!(middle(heard).map(|(at, heard_ms)| at.millis() - heard_ms), found);
        }
    }
}

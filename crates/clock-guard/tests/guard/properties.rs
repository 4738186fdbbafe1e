//! Whatever a clock does, nothing is trusted beyond the bounds, and a clock that is right is trusted.

use std::time::Duration;

use proptest::prelude::*;
use resit_domain::Timestamp;

use resit_clock_guard::{Bounds, ClockGuard, Reading};

const SKEW: i64 = 60_000;
const GAP: i64 = 7 * 86_400_000;
const YEAR: i64 = 365 * 86_400_000;
const BEGIN: i64 = 1_795_000_000_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

/// How far a clock is off: right, within the skew, or far.
fn off() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0), 2 => -SKEW..SKEW, 1 => -YEAR..YEAR, 1 => -20 * YEAR..20 * YEAR]
}

#[derive(Debug, Clone)]
struct Step {
    after: i64,
    off: i64,
    follows: bool,
    servers_off: Option<i64>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let span = prop_oneof![0..5_000i64, 0..YEAR];
    let servers = prop_oneof![3 => Just(None), 1 => off().prop_map(Some)];
    let step = (span, off(), any::<bool>(), servers);
    let step = step.prop_map(|(after, off, follows, servers_off)| Step { after, off, follows, servers_off });
    prop::collection::vec(step, 1..40)
}

proptest! {
    /// A process that began with a clock that was right.
    #[test]
    fn nothing_is_trusted_beyond_the_bounds_and_the_right_clock_recovers(steps in steps()) {
        let guard = ClockGuard::new(Bounds::new(Duration::from_mins(1), Duration::from_millis(GAP.unsigned_abs())));
        let first = Reading { wall: at(BEGIN), uptime_ms: 1_000 };
        prop_assert!(guard.trusted(first).is_ok());
        let (mut elapsed, mut followed, mut servers_off) = (0, 0, None);
        for step in steps {
            elapsed += step.after;
            let reading = Reading { wall: at(BEGIN + elapsed + step.off), uptime_ms: 1_000 + elapsed };
            if let Some(off) = step.servers_off {
                guard.note_servers(at(BEGIN + elapsed + off), reading.uptime_ms, reading.uptime_ms);
                servers_off = Some(off);
            }
            if let Ok(trusted) = guard.trusted(reading) {
                prop_assert_eq!(trusted, reading.wall);
                // What a trusted clock was followed by since is at most what may be drift.
                prop_assert!(step.off.abs() <= SKEW + followed / 1_000);
                if let Some(servers) = servers_off {
                    prop_assert!((step.off - servers).abs() <= SKEW);
                }
            }
            if step.follows {
                guard.follow(reading);
                followed = elapsed;
            }
        }
        // The clock is right again, and so are the servers: it is trusted unless the guard followed it away by what may be drift.
        let reading = Reading { wall: at(BEGIN + elapsed), uptime_ms: 1_000 + elapsed };
        guard.note_servers(reading.wall, reading.uptime_ms, reading.uptime_ms);
        if followed / 1_000 <= SKEW {
            prop_assert!(guard.trusted(reading).is_ok());
        }
    }

    /// A process that begins after a reboot, with whatever its clock reads.
    #[test]
    fn a_start_trusts_only_what_fits_the_last_evidence(
        recorded in prop::option::of(-YEAR..0i64), seen in prop::option::of(-YEAR..0i64), off in off(),
    ) {
        let guard = ClockGuard::new(Bounds::new(Duration::from_mins(1), Duration::from_millis(GAP.unsigned_abs())));
        if let Some(recorded) = recorded {
            guard.note_recorded(at(BEGIN + recorded));
        }
        if let Some(seen) = seen {
            guard.note_seen(at(BEGIN + seen));
        }
        let reading = Reading { wall: at(BEGIN + off), uptime_ms: 1_000 };
        let last = recorded.max(seen);
        let fits = last.is_none_or(|last| (-SKEW..=GAP).contains(&(off - last)));
        prop_assert_eq!(guard.trusted(reading).is_ok(), fits);
    }
}

//! Each kind of evidence, just inside its bound and just beyond it.

use std::time::Duration;

use resit_domain::Timestamp;

use resit_clock_guard::{Against, Bounds, ClockGuard, Reading};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

const SKEW: i64 = MINUTE;
const GAP: i64 = 7 * DAY;

fn noon() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

/// A reading so long after noon, by a clock that is so far ahead. The machine had run for an hour at noon.
fn after(elapsed_ms: i64, ahead_ms: i64) -> Reading {
    Reading { wall: noon().plus_millis(elapsed_ms + ahead_ms), uptime_ms: HOUR + elapsed_ms }
}

fn guard() -> ClockGuard {
    ClockGuard::new(Bounds::new(
        Duration::from_millis(SKEW.unsigned_abs()),
        Duration::from_millis(GAP.unsigned_abs()),
    ))
}

/// A guard that trusted the clock at noon.
fn running() -> ClockGuard {
    let guard = guard();
    guard.trusted(after(0, 0)).unwrap();
    guard
}

fn against(guard: &ClockGuard, reading: Reading) -> Option<Against> {
    guard.trusted(reading).err().map(|untrusted| untrusted.against)
}

#[test]
fn a_running_process_trusts_its_clock_up_to_the_skew_in_both_directions() {
    for elapsed in [0, SECOND, 20 * SECOND, DAY, YEAR] {
        for ahead in [0, SKEW - 1, SKEW, 1 - SKEW, -SKEW] {
            let reading = after(elapsed, ahead);
            assert_eq!(running().trusted(reading), Ok(reading.wall), "{ahead} after {elapsed}");
        }
        for ahead in [SKEW + 1, HOUR, DAY, 400 * DAY, 10 * YEAR, -SKEW - 1, -HOUR, -DAY, -10 * YEAR] {
            let found = against(&running(), after(elapsed, ahead));
            assert_eq!(found, Some(Against::Uptime), "{ahead} after {elapsed}");
        }
    }
}

#[test]
fn a_clock_that_is_set_right_is_trusted_again() {
    let guard = running();
    for ahead in [HOUR, DAY, 400 * DAY, 10 * YEAR, -HOUR] {
        assert!(guard.trusted(after(SECOND, ahead)).is_err());
        guard.follow(after(SECOND, ahead));
        assert_eq!(guard.trusted(after(20 * SECOND, 0)), Ok(after(20 * SECOND, 0).wall));
    }
}

#[test]
fn a_confirmed_reading_is_trusted_and_a_later_jump_is_not() {
    let guard = running();
    guard.confirm(after(SECOND, DAY));
    assert!(guard.trusted(after(MINUTE, DAY)).is_ok());
    assert_eq!(against(&guard, after(MINUTE, 2 * DAY)), Some(Against::Uptime));
    assert_eq!(
        against(&guard, after(MINUTE, 0)),
        Some(Against::Uptime),
        "it was confirmed to be a day later"
    );
}

#[test]
fn a_start_in_the_same_boot_is_measured_by_uptime() {
    for (elapsed, ahead) in
        [(SECOND, HOUR), (20 * DAY, HOUR), (SECOND, DAY), (SECOND, 10 * YEAR), (SECOND, -HOUR)]
    {
        let guard = guard();
        guard.note_earlier(after(0, 0));
        assert_eq!(against(&guard, after(elapsed, ahead)), Some(Against::Uptime), "{ahead} after {elapsed}");
        assert!(guard.trusted(after(elapsed, 0)).is_ok(), "{elapsed}");
    }
}

#[test]
fn a_start_after_a_reboot_is_measured_by_the_last_record_and_the_last_trusted_reading() {
    // The last record and the last trusted reading, each so long before noon; how far the clock is ahead; what it is against.
    for (recorded, seen, ahead, found) in [
        (Some(0), None, GAP, None),
        (Some(0), None, GAP + 1, Some(Against::Gap)),
        (Some(0), None, 400 * DAY, Some(Against::Gap)),
        (None, Some(0), 10 * YEAR, Some(Against::Gap)),
        (Some(YEAR), Some(0), GAP, None),
        (Some(0), Some(YEAR), GAP, None),
        (Some(YEAR), Some(DAY), 0, None),
        (Some(YEAR), Some(YEAR), 0, Some(Against::Gap)),
        (Some(0), None, -SKEW, None),
        (Some(0), None, -SKEW - 1, Some(Against::RecordAhead)),
        (None, Some(0), -SKEW - 1, Some(Against::SeenAhead)),
        (Some(YEAR), Some(0), -HOUR, Some(Against::SeenAhead)),
        (None, None, 10 * YEAR, None),
    ] {
        let guard = guard();
        if let Some(before) = recorded {
            guard.note_recorded(noon().plus_millis(-before));
        }
        if let Some(before) = seen {
            guard.note_seen(noon().plus_millis(-before));
        }
        assert_eq!(against(&guard, after(0, ahead)), found, "{recorded:?} {seen:?} {ahead}");
    }
}

#[test]
fn a_year_of_sleep_takes_one_confirmation() {
    let guard = guard();
    guard.note_recorded(noon());
    guard.note_seen(noon());
    let woken = Reading { wall: noon().plus_millis(YEAR), uptime_ms: MINUTE };
    let untrusted = guard.trusted(woken).unwrap_err();
    assert!(untrusted.can_be_confirmed());
    assert!(untrusted.to_string().contains("`resit clock confirm 2027-11-30T12:00:00Z`"), "{untrusted}");
    guard.confirm(woken);
    assert_eq!(guard.trusted(woken), Ok(woken.wall));
}

#[test]
fn the_servers_time_is_what_counts_where_there_are_servers() {
    let guard = running();
    guard.require_servers();
    assert_eq!(against(&guard, after(SECOND, 0)), Some(Against::ServersSilent));
    // Asked at one second, answered at three, when it was two seconds after noon there.
    guard.note_servers(noon().plus_millis(2 * SECOND), HOUR + SECOND, HOUR + 3 * SECOND);
    assert!(guard.trusted(after(4 * SECOND, 0)).is_ok());
    for ahead in [-HOUR, HOUR, 400 * DAY, 10 * YEAR] {
        let untrusted = guard.trusted(after(DAY, ahead)).unwrap_err();
        assert_eq!(untrusted.against, Against::Servers, "{ahead}");
        assert!(!untrusted.can_be_confirmed());
    }
    // Their clock jumps, and this machine's does not.
    guard.note_servers(noon().plus_millis(YEAR), HOUR + 5 * SECOND, HOUR + 5 * SECOND);
    assert_eq!(against(&guard, after(6 * SECOND, 0)), Some(Against::Servers));
}

#[test]
fn a_record_from_the_future_is_reported_and_never_confirmed() {
    let guard = running();
    guard.note_recorded(noon().plus_millis(10 * YEAR));
    let untrusted = guard.trusted(after(SECOND, 0)).unwrap_err();
    assert_eq!(untrusted.against, Against::RecordAhead);
    assert!(!untrusted.can_be_confirmed());
    guard.confirm(after(SECOND, 0));
    assert_eq!(against(&guard, after(SECOND, 0)), Some(Against::RecordAhead));
    assert_eq!(guard.estimate(after(SECOND, 0)), after(SECOND, 0).wall, "nothing is shown as of that record");
}

#[test]
fn what_is_shown_meanwhile_is_shown_as_of_what_is_known() {
    assert_eq!(running().estimate(after(SECOND, 10 * YEAR)), after(SECOND, 0).wall);
    let started = guard();
    started.note_recorded(noon());
    assert_eq!(started.estimate(after(0, 10 * YEAR)), noon());
}

#[test]
fn steps_that_are_small_each_do_not_add_up_unnoticed() {
    let guard = running();
    let mut ahead = 0;
    for minute in 1..=60 {
        ahead += 10 * SECOND;
        guard.follow(after(minute * MINUTE, ahead));
    }
    assert_eq!(against(&guard, after(HOUR, ahead)), Some(Against::Uptime));
}

#[test]
fn a_clock_that_drifts_as_hardware_does_stays_trusted_for_years() {
    for ppm in [-500, -100, 100, 500] {
        let guard = running();
        for hour in 1..=3 * 365 * 24 {
            let reading = after(hour * HOUR, hour * HOUR / 1_000_000 * ppm);
            guard.trusted(reading).unwrap_or_else(|e| panic!("{ppm} ppm after {hour} h: {e}"));
            guard.follow(reading);
        }
    }
}

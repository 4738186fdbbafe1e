//! Reading a zone by rules that were published.

use chrono::{Datelike, NaiveDateTime, TimeDelta, Timelike};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::Shown;
use crate::Timestamp;

pub(super) fn civil_time(rules: &TimeZone, at: Timestamp) -> NaiveDateTime {
    at.utc().naive_utc() + seconds(offset_at(rules, at))
}

pub(super) fn shown(rules: &TimeZone, local: NaiveDateTime) -> Shown {
    let Some(civil) = civil(local) else {
        // Beyond the years that the rules are asked for, an instant is held at the end of time whatever its offset is.
        return Shown::Once(Timestamp::from_utc(local.and_utc()));
    };
    match rules.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => Shown::Once(less(local, offset)),
        AmbiguousOffset::Fold { before, after } => {
            Shown::Twice { first: less(local, before), second: less(local, after) }
        }
        AmbiguousOffset::Gap { before, after } => {
            let (inside, behind) = (less(local, after), less(local, before));
            Shown::Never { gap_ends_at: first_with(rules, after, inside, behind) }
        }
    }
}

/// The first instant after `before` at which the offset is `offset`, as it is at `until`.
fn first_with(rules: &TimeZone, offset: Offset, before: Timestamp, until: Timestamp) -> Timestamp {
    // Clocks change at whole seconds.
    let (mut low, mut high) =
        (before.millis().div_euclid(1_000), until.millis().div_euclid(1_000).saturating_add(1));
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let at = Timestamp::from_millis(middle * 1_000).expect("it lies between two instants");
        if offset_at(rules, at) == offset { high = middle } else { low = middle }
    }
    Timestamp::from_millis(high * 1_000).unwrap_or(Timestamp::MAX)
}

fn offset_at(rules: &TimeZone, at: Timestamp) -> Offset {
    // Clocks change at whole seconds. The last day of the year 9999 is beyond the instants that the rules are asked for.
    let (min, max) = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
    let second = at.millis().div_euclid(1_000).clamp(min, max);
    let at = jiff::Timestamp::from_second(second).expect("it is inside the bounds");
    rules.to_offset(at)
}

fn civil(local: NaiveDateTime) -> Option<DateTime> {
    let small = |number: u32| i8::try_from(number).ok();
    let year = i16::try_from(local.year()).ok()?;
    let (month, day) = (small(local.month())?, small(local.day())?);
    let (hour, minute, second) = (small(local.hour())?, small(local.minute())?, small(local.second())?);
    DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

fn seconds(offset: Offset) -> TimeDelta {
    TimeDelta::seconds(i64::from(offset.seconds()))
}

/// The instant at which clocks with this offset show a local time.
fn less(local: NaiveDateTime, offset: Offset) -> Timestamp {
    Timestamp::from_utc((local - seconds(offset)).and_utc())
}

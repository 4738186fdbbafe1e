//! Reading a zone by the rules that are compiled in.
//!
//! They are those of the last release that had no rules in its logs: what was sold under it was sold by them. So they stay as
//! they are in every later release, until no log is left that needs them; a newer version of the crate would move ends in
//! silence.

use chrono::{MappedLocalTime, NaiveDateTime, TimeZone as _};
use chrono_tz::{GapInfo, Tz};

use super::Shown;
use crate::Timestamp;

pub(super) fn civil_time(zone: Tz, at: Timestamp) -> NaiveDateTime {
    at.utc().with_timezone(&zone).naive_local()
}

pub(super) fn shown(zone: Tz, local: NaiveDateTime) -> Shown {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) => Shown::Once(Timestamp::from_utc(at.to_utc())),
        MappedLocalTime::Ambiguous(first, second) => Shown::Twice {
            first: Timestamp::from_utc(first.to_utc()),
            second: Timestamp::from_utc(second.to_utc()),
        },
        MappedLocalTime::None => {
            let gap_ends_at = GapInfo::new(&local, &zone)
                .and_then(|gap| gap.end)
                .expect("a time that clocks never show lies in a gap that ends");
            Shown::Never { gap_ends_at: Timestamp::from_utc(gap_ends_at.to_utc()) }
        }
    }
}

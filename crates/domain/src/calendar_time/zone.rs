//! Time zones: which civil day an instant falls on, and when a civil day starts.

use std::{fmt, str::FromStr};

use chrono::{DateTime, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::Timestamp;

/// A time zone by its IANA name. Text form: the name.
///
/// The rules are the ones compiled in; a zone whose government changes its mind needs a new release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// A text that names no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("time zone `{0}` is not known; write an IANA name like UTC, America/Chicago or Europe/Berlin")]
pub struct InvalidZone(pub String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The civil day that the calendar on the wall shows at `at`.
    pub fn civil_date(self, at: Timestamp) -> NaiveDate {
        self.civil_time(at).date()
    }

    /// What the clock and the calendar on the wall show at `at`.
    pub fn civil_time(self, at: Timestamp) -> NaiveDateTime {
        at.utc().with_timezone(&self.0).naive_local()
    }

    /// The first instant of a civil day.
    ///
    /// Where midnight is skipped, the first instant after the gap; where it comes twice, the earlier one; for
    /// a day that the zone left out, the first instant of the next day it has.
    pub fn start_of_day(self, day: NaiveDate) -> Timestamp {
        self.instant(day.and_time(NaiveTime::MIN))
    }

    /// The first instant at which clocks show `local` or later: after a gap the end of the gap, of two the
    /// earlier.
    pub fn instant(self, local: NaiveDateTime) -> Timestamp {
        self.map(local, |earlier, _| earlier)
    }

    /// As [`Zone::instant`], but of two the later.
    pub(super) fn last_instant(self, local: NaiveDateTime) -> Timestamp {
        self.map(local, |_, later| later)
    }

    /// Whether clocks ever show `local`.
    pub(super) fn shows(self, local: NaiveDateTime) -> bool {
        self.times_shown(local) > 0
    }

    /// How often clocks show `local`: never in a gap, twice where they are set back.
    pub fn times_shown(self, local: NaiveDateTime) -> u8 {
        match self.0.from_local_datetime(&local) {
            MappedLocalTime::None => 0,
            MappedLocalTime::Single(_) => 1,
            MappedLocalTime::Ambiguous(..) => 2,
        }
    }

    fn map(
        self,
        local: NaiveDateTime,
        of_two: fn(DateTime<Utc>, DateTime<Utc>) -> DateTime<Utc>,
    ) -> Timestamp {
        Timestamp::from_utc(match self.0.from_local_datetime(&local) {
            MappedLocalTime::Single(at) => at.to_utc(),
            MappedLocalTime::Ambiguous(earlier, later) => of_two(earlier.to_utc(), later.to_utc()),
            MappedLocalTime::None => GapInfo::new(&local, &self.0)
                .and_then(|gap| gap.end)
                .expect("a time that clocks never show lies in a gap that ends")
                .to_utc(),
        })
    }
}

impl FromStr for Zone {
    type Err = InvalidZone;
    fn from_str(text: &str) -> Result<Self, InvalidZone> {
        text.parse().map(Self).map_err(|_| InvalidZone(text.chars().take(64).collect()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &str, day: &str, starts_at: &str) {
        let zone: Zone = zone.parse().unwrap();
        let day: NaiveDate = day.parse().unwrap();
        let start = zone.start_of_day(day);
        assert_eq!(start.to_string(), starts_at, "{zone} {day}");
        assert!(
            zone.civil_date(start) >= day && zone.civil_date(start.plus_millis(-1)) < day,
            "{zone} {day}"
        );
    }

    #[test]
    fn a_day_starts_at_its_first_instant() {
        check("UTC", "2020-02-29", "2020-02-29T00:00:00Z");
        check("America/Chicago", "2019-03-10", "2019-03-10T06:00:00Z");
        check("America/Chicago", "2019-03-11", "2019-03-11T05:00:00Z");
        check("America/Chicago", "2019-11-03", "2019-11-03T05:00:00Z");
        check("America/Chicago", "2019-11-04", "2019-11-04T06:00:00Z");
        check("Europe/Berlin", "2019-03-31", "2019-03-30T23:00:00Z");
        check("Europe/Berlin", "2019-04-01", "2019-03-31T22:00:00Z");
        check("Europe/Berlin", "2019-10-28", "2019-10-27T23:00:00Z");
    }

    #[test]
    fn a_day_without_midnight_starts_after_the_gap() {
        check("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z");
        check("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z");
    }

    #[test]
    fn a_day_with_two_midnights_starts_at_the_earlier() {
        check("America/Havana", "2019-11-03", "2019-11-03T04:00:00Z");
        // Here the hour before midnight comes twice, and midnight once.
        check("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z");
    }

    #[test]
    fn a_day_that_was_left_out_starts_with_the_next() {
        check("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z");
        check("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z");
    }

    #[test]
    fn a_local_time_in_a_gap_is_the_end_of_the_gap_and_of_two_the_earlier() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        for (local, at) in [
            ("2019-03-31T01:59:59", "2019-03-31T00:59:59Z"),
            ("2019-03-31T02:00:00", "2019-03-31T01:00:00Z"),
            ("2019-03-31T02:30:00", "2019-03-31T01:00:00Z"),
            ("2019-10-27T02:30:00", "2019-10-27T00:30:00Z"),
        ] {
            assert_eq!(berlin.instant(local.parse().unwrap()).to_string(), at, "{local}");
        }
    }

    #[test]
    fn the_ends_of_time_are_held() {
        for zone in ["UTC", "Pacific/Apia", "America/Chicago"] {
            let zone: Zone = zone.parse().unwrap();
            assert_eq!(zone.start_of_day(NaiveDate::from_ymd_opt(10_000, 1, 2).unwrap()), Timestamp::MAX);
            zone.civil_date(Timestamp::MAX);
        }
    }

    #[test]
    fn an_unknown_zone_is_refused_with_an_example() {
        let message = "Mars/Olympus".parse::<Zone>().unwrap_err().to_string();
        assert!(message.contains("`Mars/Olympus`") && message.contains("America/Chicago"), "{message}");
        assert!(serde_json::from_str::<Zone>("\"utc+2\"").is_err());
    }
}

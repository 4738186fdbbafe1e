//! Days and periods, counted on the calendar of a zone (ruling 1).

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// An instant, in milliseconds since 1970.
pub(crate) type Millis = i64;

/// An hour.
pub(crate) const HOUR: Millis = 3_600_000;

/// A day of 24 hours.
pub(crate) const DAY: Millis = 24 * HOUR;

/// A length of time, in one kind of unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    /// Months of the calendar.
    Months(i32),
    /// Days of the calendar.
    Days(i32),
    /// Hours by the clock.
    Hours(i64),
}

impl Period {
    /// As an offer file writes it.
    pub(crate) fn text(self) -> String {
        match self {
            Period::Months(months) => format!("P{months}M"),
            Period::Days(days) => format!("P{days}D"),
            Period::Hours(hours) => format!("PT{hours}H"),
        }
    }

    /// The day that lies so far behind another one; none for hours.
    pub(crate) fn behind(self, day: Date) -> Option<Date> {
        match self {
            Period::Months(months) => Some(day + Span::new().months(months)),
            Period::Days(days) => Some(day + Span::new().days(days)),
            Period::Hours(_) => None,
        }
    }
}

/// A zone by its name.
fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone of the database")
}

/// The civil day of an instant.
pub(crate) fn day_of(name: &str, at: Millis) -> Date {
    Timestamp::from_millisecond(at).expect("an instant of our time").to_zoned(zone(name)).date()
}

/// The first instant of a day.
pub(crate) fn start_of(name: &str, day: Date) -> Millis {
    zone(name)
        .to_zoned(day.at(0, 0, 0, 0))
        .expect("a day of our time")
        .start_of_day()
        .expect("a day has a start")
        .timestamp()
        .as_millisecond()
}

/// The day after.
pub(crate) fn next(day: Date) -> Date {
    day.tomorrow().expect("a day of our time")
}

/// The instant that lies a period behind another: the same hour of a later day, or so many hours later.
pub(crate) fn later(name: &str, at: Millis, period: Period) -> Millis {
    let zoned = Timestamp::from_millisecond(at).expect("an instant of our time").to_zoned(zone(name));
    let span = match period {
        Period::Months(months) => Span::new().months(months),
        Period::Days(days) => Span::new().days(days),
        Period::Hours(hours) => Span::new().hours(hours),
    };
    (&zoned + span).timestamp().as_millisecond()
}

/// Nights on which clocks change, ends of months, a leap day: a life begins near one of them.
pub(crate) const BEGINNINGS: [Date; 7] = [
    date(2024, 1, 31),
    date(2024, 2, 28),
    date(2024, 3, 9),
    date(2024, 3, 30),
    date(2024, 10, 26),
    date(2024, 11, 2),
    date(2024, 12, 30),
];

//! Civil dates, counted by another library and another copy of the zones than the domain's.

use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};

use super::words::{Counted, Office, Zone};

/// Milliseconds since the epoch.
pub type Millis = i64;

/// One second.
pub const SECOND: Millis = 1_000;
/// One minute.
pub const MINUTE: Millis = 60 * SECOND;
/// One hour.
pub const HOUR: Millis = 60 * MINUTE;
/// Twenty-four hours.
pub const DAY: Millis = 24 * HOUR;

/// A length of time, as an offer file writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `P2M`, `P1M15D`.
    Months(u8, u8),
    /// `P30D`.
    Days(u8),
    /// `PT48H`.
    Hours(u8),
    /// `P10B`, or `P10D` in a version that counts by no office.
    Working(u8),
    /// `P10B` of this office.
    Open(u8, Office),
}

impl Period {
    /// As an offer file writes it.
    pub fn text(self) -> String {
        match self {
            Period::Months(months, 0) => format!("P{months}M"),
            Period::Months(months, days) => format!("P{months}M{days}D"),
            Period::Days(days) => format!("P{days}D"),
            Period::Hours(hours) => format!("PT{hours}H"),
            Period::Working(days) | Period::Open(days, _) => format!("P{days}B"),
        }
    }

    /// The length of what is counted by the clock.
    pub fn exact(self) -> Option<Millis> {
        match self {
            Period::Hours(hours) => Some(i64::from(hours) * HOUR),
            Period::Months(..) | Period::Days(_) | Period::Working(_) | Period::Open(..) => None,
        }
    }

    /// The day that lies this far behind (`sign` 1) or before (`sign` -1) `day`: months first, held at the month's end.
    pub fn from_day(self, day: Date, sign: i64) -> Date {
        let (months, days) = match self {
            Period::Months(months, days) => (i64::from(months), i64::from(days)),
            Period::Days(days) => (0, i64::from(days)),
            Period::Open(days, office) => return office.count(day, days, sign),
            Period::Hours(_) | Period::Working(_) => {
                panic!("hours are no days, and it is asked whose these are")
            }
        };
        let month_count = i64::from(day.year()) * 12 + i64::from(day.month()) - 1 + sign * months;
        let year = i16::try_from(month_count.div_euclid(12)).expect("small years");
        let month = i8::try_from(month_count.rem_euclid(12) + 1).expect("a month");
        let first = Date::new(year, month, 1).expect("every month has a first");
        let held = day.day().min(first.days_in_month());
        let landed = Date::new(year, month, held).expect("held inside the month");
        landed.checked_add(Span::new().days(sign * days)).expect("small years")
    }
}

/// The day that the wall shows at `at`.
pub fn day_of(zone: Zone, at: Millis) -> Date {
    tz(zone).to_datetime(instant(at)).date()
}

/// The first instant of a day.
pub fn start_of(zone: Zone, day: Date) -> Millis {
    wall(zone, day.at(0, 0, 0, 0))
}

/// The first instant at which the wall shows `local` or later.
pub fn wall(zone: Zone, local: DateTime) -> Millis {
    let found = tz(zone).to_ambiguous_timestamp(local);
    let earlier = match found.offset() {
        // The clocks jump over it: read with the later offset it lies before the jump, and the jump is what follows.
        AmbiguousOffset::Gap { after, .. } => {
            let before = after.to_timestamp(local).expect("a day of our time");
            tz(zone).following(before).next().expect("a jump").timestamp()
        }
        _ => found.compatible().expect("a day of our time"),
    };
    earlier.as_millisecond()
}

/// The last instant at which the wall shows `local`: the later one where clocks are set back.
pub fn wall_last(zone: Zone, local: DateTime) -> Millis {
    let found = tz(zone).to_ambiguous_timestamp(local);
    found.later().expect("a day of our time").as_millisecond()
}

/// Whether the wall ever shows `local`.
pub fn is_shown(zone: Zone, local: DateTime) -> bool {
    !matches!(tz(zone).to_ambiguous_timestamp(local).offset(), AmbiguousOffset::Gap { .. })
}

/// The day behind.
pub fn tomorrow(day: Date) -> Date {
    day.tomorrow().expect("small years")
}

/// When a wait after a sitting is over.
pub fn wait_is_over(period: Period, counted: Counted, sat_at: Millis, zone: Zone) -> Millis {
    let sat_on = day_of(zone, sat_at);
    match (counted, period) {
        (Counted::Exact, Period::Hours(hours)) => sat_at + i64::from(hours) * HOUR,
        (Counted::Exact, Period::Days(days)) => sat_at + i64::from(days) * DAY,
        (Counted::Exact, _) => panic!("months and business days have no number of hours"),
        (Counted::CalendarDays, _) => start_of(zone, period.from_day(sat_on, 1)),
        (Counted::FromDayAfter, _) => start_of(zone, period.from_day(tomorrow(sat_on), 1)),
    }
}

fn instant(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).expect("an instant of our time")
}

fn tz(zone: Zone) -> &'static TimeZone {
    static ZONES: OnceLock<Vec<TimeZone>> = OnceLock::new();
    let zones = ZONES.get_or_init(|| {
        Zone::ALL.iter().map(|zone| TimeZone::get(zone.text()).expect("the zones are bundled")).collect()
    });
    &zones[zone as usize]
}

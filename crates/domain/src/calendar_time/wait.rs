//! Waits between a sitting and the next try (ruling 4).

use serde::{Deserialize, Serialize};

use super::{BusinessCalendar, Direction, Period, Span, ZoneClock, civil};
use crate::Timestamp;

/// How long after a sitting the next try has to wait.
///
/// A wait that exists fits together: see [`Wait::new`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct Wait {
    period: Period,
    counted: Counted,
}

/// How a wait counts its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// By the clock, from the instant of the sitting; a day is 24 hours.
    Exact,
    /// By the calendar, from the day of the sitting: one day is over when the next day starts.
    CalendarDays,
    /// By the calendar, from the day after the sitting: one day is over when the day after the next starts.
    FromDayAfter,
}

/// A period that can't be counted this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWait {
    /// Months and business days have no fixed number of hours.
    #[error(
        "wait `{0}` has no exact length; write hours, days or weeks, or count it by \
         `calendar-days` or `from-day-after`"
    )]
    NotExact(Period),
    /// Hours are no days.
    #[error("wait `{0}` counts hours; count it `exact`, or write days, such as P1D")]
    NotDays(Period),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    period: Period,
    counted: Counted,
}

impl Wait {
    /// A wait whose period can be counted that way.
    ///
    /// # Errors
    ///
    /// When exact counting meets months or business days, or calendar counting meets hours.
    pub fn new(period: Period, counted: Counted) -> Result<Self, InvalidWait> {
        match (counted, period.span()) {
            (Counted::Exact, Span::Exact { .. } | Span::Civil { years: 0, months: 0, .. }) => {}
            (Counted::Exact, _) => return Err(InvalidWait::NotExact(period)),
            (_, Span::Exact { .. }) => return Err(InvalidWait::NotDays(period)),
            (_, Span::Civil { .. } | Span::Business { .. }) => {}
        }
        Ok(Self { period, counted })
    }

    /// How long.
    pub fn period(self) -> Period {
        self.period
    }

    /// Counted how.
    pub fn counted(self) -> Counted {
        self.counted
    }

    /// The first instant at which the wait is over: `until <= now` means over.
    ///
    /// Never over where it counts business days and there is no `calendar`; see [`Period::needs_calendar`].
    pub fn until(
        self,
        sat_at: Timestamp,
        zone: ZoneClock<'_>,
        calendar: Option<&BusinessCalendar>,
    ) -> Timestamp {
        let sat_on = zone.civil_date(sat_at);
        let from = match self.counted {
            Counted::Exact => return sat_at.plus_millis(self.exact_millis()),
            Counted::CalendarDays => sat_on,
            Counted::FromDayAfter => sat_on.succ_opt().unwrap_or(sat_on),
        };
        let over_on = civil::shift(from, Direction::After, self.period, calendar);
        over_on.map_or(Timestamp::MAX, |over_on| zone.start_of_day(over_on))
    }

    fn exact_millis(self) -> i64 {
        let seconds = match self.period.span() {
            Span::Civil { weeks, days, .. } => (i64::from(weeks) * 7 + i64::from(days)) * 86_400,
            Span::Exact { .. } | Span::Business { .. } => self.period.exact_seconds().unwrap_or_default(),
        };
        seconds * 1000
    }

    /// In words: `1 day after the sitting, from the start of that day`.
    pub fn plain(self) -> String {
        let period = self.period.plain();
        match (self.counted, self.period.span()) {
            (Counted::Exact, Span::Civil { .. }) => format!("{period} of 24 hours after the sitting"),
            (Counted::Exact, _) => format!("{period} after the sitting"),
            (Counted::CalendarDays, _) => {
                format!("{period} after the day of the sitting, from the start of that day")
            }
            (Counted::FromDayAfter, _) => {
                format!("{period} counted from the day after the sitting, from the start of that day")
            }
        }
    }
}

impl TryFrom<Fields> for Wait {
    type Error = InvalidWait;
    fn try_from(fields: Fields) -> Result<Self, InvalidWait> {
        Self::new(fields.period, fields.counted)
    }
}

impl From<Wait> for Fields {
    fn from(wait: Wait) -> Self {
        Self { period: wait.period, counted: wait.counted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Counted::{CalendarDays, Exact, FromDayAfter};

    fn check(period: &str, counted: Counted, zone: &str, sat_at: &str, until: &str) {
        let wait = Wait::new(period.parse().unwrap(), counted).unwrap();
        let over_at =
            wait.until(sat_at.parse().unwrap(), ZoneClock::compiled_in(zone.parse().unwrap()), None);
        assert_eq!(over_at.to_string(), until, "{period} {counted:?} after {sat_at} in {zone}");
    }

    #[test]
    fn an_exact_wait_is_over_to_the_millisecond() {
        check("PT24H", Exact, "UTC", "2019-09-01T10:00:00.123Z", "2019-09-02T10:00:00.123Z");
        check("P1D", Exact, "America/Chicago", "2019-03-09T18:00:00Z", "2019-03-10T18:00:00Z");
        check("P2W", Exact, "UTC", "2019-09-01T10:00:00Z", "2019-09-15T10:00:00Z");
    }

    #[test]
    fn a_wait_in_calendar_days_is_over_when_the_day_starts() {
        check("P1D", CalendarDays, "UTC", "2007-10-01T00:00:00Z", "2007-10-02T00:00:00Z");
        check("P1D", CalendarDays, "UTC", "2007-10-01T23:59:59.999Z", "2007-10-02T00:00:00Z");
        check("P1D", CalendarDays, "America/Chicago", "2007-10-02T04:59:00Z", "2007-10-02T05:00:00Z");
        check("P1D", CalendarDays, "America/Sao_Paulo", "2018-11-03T15:00:00Z", "2018-11-04T03:00:00Z");
        check("P1M", CalendarDays, "UTC", "2019-01-31T10:00:00Z", "2019-02-28T00:00:00Z");
    }

    #[test]
    fn a_wait_from_the_day_after_is_one_day_longer() {
        check("P14D", FromDayAfter, "UTC", "2019-09-01T10:00:00Z", "2019-09-16T00:00:00Z");
        check("P30D", FromDayAfter, "Europe/Berlin", "2019-03-01T10:00:00Z", "2019-03-31T22:00:00Z");
        check("P1D", FromDayAfter, "Pacific/Apia", "2011-12-28T12:00:00Z", "2011-12-30T10:00:00Z");
    }

    #[test]
    fn business_days_wait_by_the_calendar() {
        let text =
            "calendar = { id = 'office', version = 1, weekend = ['saturday', 'sunday'], holidays = [] }";
        let calendar = BusinessCalendar::parse(text).unwrap();
        let wait = Wait::new("P1B".parse().unwrap(), CalendarDays).unwrap();
        let over_at = wait.until("2019-09-06T10:00:00Z".parse().unwrap(), ZoneClock::UTC, Some(&calendar));
        assert_eq!(over_at.to_string(), "2019-09-09T00:00:00Z");
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        for (period, counted) in
            [("P1M", Exact), ("P10B", Exact), ("PT24H", CalendarDays), ("PT24H", FromDayAfter)]
        {
            assert!(Wait::new(period.parse().unwrap(), counted).is_err(), "{period} {counted:?}");
        }
        let json = r#"{"period":"PT24H","counted":"calendar-days"}"#;
        let message = serde_json::from_str::<Wait>(json).unwrap_err().to_string();
        assert!(message.contains("count it `exact`"), "{message}");
    }

    #[test]
    fn text_and_plain_words() {
        for (json, plain) in [
            (r#"{"period":"PT24H","counted":"exact"}"#, "24 hours after the sitting"),
            (r#"{"period":"P30D","counted":"exact"}"#, "30 days of 24 hours after the sitting"),
            (
                r#"{"period":"P1D","counted":"calendar-days"}"#,
                "1 day after the day of the sitting, from the start of that day",
            ),
            (
                r#"{"period":"P14D","counted":"from-day-after"}"#,
                "14 days counted from the day after the sitting, from the start of that day",
            ),
        ] {
            let wait: Wait = serde_json::from_str(json).unwrap();
            assert_eq!(wait.plain(), plain);
            assert_eq!(serde_json::to_string(&wait).unwrap(), json);
        }
    }
}

//! Business days, by a named calendar that is data with a version (ruling 16).

use std::{collections::BTreeSet, str::FromStr};

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use serde::Deserialize;

use crate::CalendarId;

/// The most holidays one calendar may list.
pub const HOLIDAYS_MAX: usize = 10_000;

/// Which days count as business days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessCalendar {
    id: CalendarId,
    version: u32,
    weekend: BTreeSet<u8>,
    holidays: BTreeSet<NaiveDate>,
}

/// A text that is no calendar file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("calendar file: {0}")]
pub struct InvalidCalendar(pub String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    calendar: Fields,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    id: CalendarId,
    version: u32,
    weekend: Vec<String>,
    holidays: Vec<toml::value::Datetime>,
}

impl BusinessCalendar {
    /// Reads a calendar file: TOML with one table, `[calendar]`, of `id`, `version`, `weekend` (names of
    /// weekdays) and `holidays` (dates).
    ///
    /// # Errors
    ///
    /// When a field is missing, unknown or wrong, when every weekday is weekend, or when the list of holidays
    /// is over [`HOLIDAYS_MAX`].
    pub fn parse(text: &str) -> Result<Self, InvalidCalendar> {
        Self::read(toml::from_str::<File>(text).map_err(|e| InvalidCalendar(e.to_string()))?.calendar)
    }

    /// Reads the `[calendar]` table of a larger file, such as an offer's.
    ///
    /// # Errors
    ///
    /// As [`BusinessCalendar::parse`].
    pub fn from_table(table: toml::Table) -> Result<Self, InvalidCalendar> {
        Self::read(Fields::deserialize(table).map_err(|e| InvalidCalendar(e.to_string()))?)
    }

    fn read(fields: Fields) -> Result<Self, InvalidCalendar> {
        let weekend = fields.weekend.iter().map(|name| weekday(name)).collect::<Result<BTreeSet<_>, _>>()?;
        if weekend.len() == 7 {
            return Err(InvalidCalendar(
                "`weekend` holds all seven days; leave at least one to work on".into(),
            ));
        }
        if fields.holidays.len() > HOLIDAYS_MAX {
            let count = fields.holidays.len();
            return Err(InvalidCalendar(format!("`holidays` lists {count} days; at most {HOLIDAYS_MAX}")));
        }
        let holidays = fields.holidays.iter().map(date).collect::<Result<_, _>>()?;
        Ok(Self { id: fields.id, version: fields.version, weekend, holidays })
    }

    /// The name under which offers ask for it.
    pub fn id(&self) -> &CalendarId {
        &self.id
    }

    /// The version of its list of days.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether `day` counts.
    pub fn is_business_day(&self, day: NaiveDate) -> bool {
        !self.weekend.contains(&number(day.weekday())) && !self.holidays.contains(&day)
    }

    /// The `count`th business day after `day`, which itself does not count; before it when `count` is
    /// negative.
    ///
    /// 0 gives `day` back, whether it counts or not.
    pub fn plus_business_days(&self, day: NaiveDate, count: i32) -> NaiveDate {
        let step = |day: NaiveDate| {
            if count < 0 { day.checked_sub_days(Days::new(1)) } else { day.checked_add_days(Days::new(1)) }
        };
        let mut reached = day;
        let mut left = count.unsigned_abs();
        while left > 0 {
            // At the end of what dates can write there is nothing further to count.
            let Some(next) = step(reached) else { break };
            reached = next;
            left -= u32::from(self.is_business_day(reached));
        }
        reached
    }
}

impl FromStr for BusinessCalendar {
    type Err = InvalidCalendar;
    fn from_str(text: &str) -> Result<Self, InvalidCalendar> {
        Self::parse(text)
    }
}

fn number(day: Weekday) -> u8 {
    match day {
        Weekday::Mon => 1,
        Weekday::Tue => 2,
        Weekday::Wed => 3,
        Weekday::Thu => 4,
        Weekday::Fri => 5,
        Weekday::Sat => 6,
        Weekday::Sun => 7,
    }
}

fn weekday(name: &str) -> Result<u8, InvalidCalendar> {
    name.parse::<Weekday>().map(number).map_err(|_| {
        InvalidCalendar(format!("`weekend` has `{name}`; write monday, tuesday, wednesday, … sunday"))
    })
}

fn date(day: &toml::value::Datetime) -> Result<NaiveDate, InvalidCalendar> {
    let whole_day = |day: &toml::value::Datetime| match (day.date, day.time, day.offset) {
        (Some(date), None, None) => {
            NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        }
        _ => None,
    };
    whole_day(day)
        .ok_or_else(|| InvalidCalendar(format!("`holidays` has `{day}`; write a day like 2019-12-25")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_END: &str = r#"
        [calendar]
        id = "office"
        version = 3
        weekend = ["saturday", "sunday"]
        holidays = [2019-12-25, 2019-12-26, 2020-01-01]
    "#;

    #[test]
    fn business_days_skip_weekends_and_holidays_both_ways() {
        let calendar = BusinessCalendar::parse(YEAR_END).unwrap();
        assert_eq!((calendar.id().as_str(), calendar.version()), ("office", 3));
        for (from, count, to) in [
            ("2019-12-20", 0, "2019-12-20"),
            ("2019-12-20", 1, "2019-12-23"),
            ("2019-12-21", 1, "2019-12-23"),
            ("2019-12-24", 1, "2019-12-27"),
            ("2019-12-24", 2, "2019-12-30"),
            ("2019-12-20", 10, "2020-01-08"),
            ("2019-12-27", -1, "2019-12-24"),
            ("2020-01-08", -10, "2019-12-20"),
        ] {
            let reached = calendar.plus_business_days(from.parse().unwrap(), count);
            assert_eq!(reached.to_string(), to, "{from} {count}");
        }
    }

    #[test]
    fn a_weekend_may_be_other_days_or_none() {
        let friday = BusinessCalendar::parse(&YEAR_END.replace("\"sunday\"", "\"friday\"")).unwrap();
        assert_eq!(
            friday.plus_business_days("2019-12-19".parse().unwrap(), 1).to_string(),
            "2019-12-22",
            "Friday and Saturday are off"
        );
        let none = BusinessCalendar::parse(&YEAR_END.replace("\"saturday\", \"sunday\"", "")).unwrap();
        assert_eq!(none.plus_business_days("2019-12-20".parse().unwrap(), 2).to_string(), "2019-12-22");
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_fault() {
        for (from, to, says) in [
            ("\"sunday\"", "\"sonntag\"", "`sonntag`"),
            ("2019-12-25", "2019-12-25T10:00:00Z", "write a day like"),
            ("version = 3", "", "version"),
            ("version = 3", "version = 3\nholiday = []", "holiday"),
            ("id = \"office\"", "id = \"my office\"", "my office"),
            (
                "\"sunday\"",
                "\"sunday\", \"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\"",
                "all seven",
            ),
        ] {
            let message = BusinessCalendar::parse(&YEAR_END.replace(from, to)).unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        }
    }

    #[test]
    fn counting_stops_at_the_end_of_dates() {
        let calendar = BusinessCalendar::parse(YEAR_END).unwrap();
        assert_eq!(calendar.plus_business_days(NaiveDate::MAX, 10), NaiveDate::MAX);
    }
}

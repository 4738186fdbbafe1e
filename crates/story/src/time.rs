//! Times as stories write them, and how far a clock moves.

use chrono::{DateTime, Days, Months, NaiveDate};
use resit_domain::Timestamp;
use resit_domain::calendar_time::{Period, Span};

use crate::fault::Fault;
use crate::words::{Word, Words};

/// Reads `2019-09-01T10:00Z`, with seconds or an offset, or a date for its first instant in UTC.
pub(crate) fn instant(word: &Word<'_>) -> Result<Timestamp, Fault> {
    let read = word.text.parse::<Timestamp>();
    read.map_err(|_| {
        word.fault("is no time; write it like 2019-09-01T10:00Z, or 2019-09-01 for that day's start in UTC")
    })
}

/// Reads `2019-09-01`.
pub(crate) fn day(word: &Word<'_>) -> Result<NaiveDate, Fault> {
    let read = if word.text.len() == 10 { word.text.parse().ok() } else { None };
    read.ok_or_else(|| word.fault("is no day; write it like 2019-09-01"))
}

/// Where a clock goes that stands at `now`: a period further, or `to` an instant.
pub(crate) fn target(words: &mut Words<'_>, now: Timestamp) -> Result<Timestamp, Fault> {
    let word = words.need("how far: a period like P1D, or `to` and a time")?;
    if word.text == "to" {
        let word = words.need("the time to go to, like 2019-09-01T10:00Z")?;
        return forward(&word, instant(&word)?, Some(now));
    }
    let period: Period = word.read()?;
    moved(now, period)
        .ok_or_else(|| word.fault("can't be counted here; write a period like P1D, P12M or PT1H"))
}

/// An instant that must not lie before `now`.
pub(crate) fn forward(word: &Word<'_>, at: Timestamp, now: Option<Timestamp>) -> Result<Timestamp, Fault> {
    match now {
        Some(now) if at < now => {
            Err(word.fault(format!("lies in the past: the clock stands at {now}, and never runs backwards")))
        }
        _ => Ok(at),
    }
}

/// The same time of day, so many months and days later in UTC; or exactly so many seconds later.
fn moved(now: Timestamp, period: Period) -> Option<Timestamp> {
    if let Some(seconds) = period.exact_seconds() {
        return Some(now.plus_millis(seconds.checked_mul(1000)?));
    }
    let Span::Civil { years, months, weeks, days } = period.span() else { return None };
    let civil = DateTime::from_timestamp_millis(now.millis())?
        .checked_add_months(Months::new(years * 12 + months))?
        .checked_add_days(Days::new(u64::from(weeks) * 7 + u64::from(days)))?;
    Timestamp::from_millis(civil.timestamp_millis())
}

/// An instant for people: `2019-09-01 10:00`, in UTC, with seconds where there are any.
pub fn plain(at: Timestamp) -> String {
    let text = at.to_string();
    let text = text.trim_end_matches('Z');
    text.strip_suffix(":00").unwrap_or(text).replacen('T', " ", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        instant(&Word { column: 1, text }).unwrap()
    }

    #[test]
    fn every_way_to_write_a_time_is_read() {
        for (text, is) in [
            ("2019-09-01T10:00Z", "2019-09-01T10:00:00Z"),
            ("2019-09-01T10:00:59Z", "2019-09-01T10:00:59Z"),
            ("2019-09-01T10:00+02:00", "2019-09-01T08:00:00Z"),
            ("2019-09-01T10:00:30-05:00", "2019-09-01T15:00:30Z"),
            ("2019-09-01", "2019-09-01T00:00:00Z"),
        ] {
            assert_eq!(at(text).to_string(), is);
        }
        for text in ["", "today", "2019-9-1", "2019-09-01T10:00", "2019-09-31", "é2019-09-01T10:0"] {
            assert!(instant(&Word { column: 1, text }).is_err(), "{text}");
        }
    }

    #[test]
    fn a_month_later_is_the_same_time_of_day() {
        let later =
            |period: &str| moved(at("2020-01-31T10:30Z"), period.parse().unwrap()).map(|at| at.to_string());
        assert_eq!(later("P1M").unwrap(), "2020-02-29T10:30:00Z");
        assert_eq!(later("P1Y1D").unwrap(), "2021-02-01T10:30:00Z");
        assert_eq!(later("PT36H").unwrap(), "2020-02-01T22:30:00Z");
        assert_eq!(later("P3B"), None);
    }

    #[test]
    fn times_for_people_drop_what_says_nothing() {
        assert_eq!(plain(at("2019-09-01T10:00Z")), "2019-09-01 10:00");
        assert_eq!(plain(at("2019-09-01")), "2019-09-01 00:00");
        assert_eq!(plain(at("2019-09-01T23:59:59Z")), "2019-09-01 23:59:59");
    }
}

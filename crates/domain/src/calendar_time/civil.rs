//! Civil dates: reading them, and moving them by a period.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveDateTime, Timelike as _};

use super::{BusinessCalendar, Direction, Period, Span};

/// Reads `2008-01-31`, to the letter; years 1 to 9999.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let day = if like(text, "0000-00-00") { text.parse::<NaiveDate>().ok()? } else { return None };
    (1..=9999).contains(&day.year()).then_some(day)
}

/// Reads `2027-06-30T23:59:59`, to the letter. Knows no leap second.
pub(super) fn local_time(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once('T')?;
    let time = if like(time, "00:00:00") { time.parse::<chrono::NaiveTime>().ok()? } else { return None };
    (time.nanosecond() == 0).then_some(day(date)?.and_time(time))
}

/// Whether `text` has digits where `pattern` has zeros, and the same signs elsewhere.
fn like(text: &str, pattern: &str) -> bool {
    let same =
        |(found, wanted): (u8, u8)| if wanted == b'0' { found.is_ascii_digit() } else { found == wanted };
    text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(same)
}

/// `from` moved by a calendar or business-day period: months first, clamped to the month's end, then days.
///
/// `None` for an exact period, which does not count days, and for business days whose calendar is not known. Held inside
/// the years 1 to 9999.
pub(super) fn shift(
    from: NaiveDate,
    direction: Direction,
    period: Period,
    calendar: Option<&BusinessCalendar>,
) -> Option<NaiveDate> {
    let back = direction == Direction::Before;
    let (first, last) = (limit(1, 1, 1), limit(9999, 12, 31));
    let shifted = match period.span() {
        Span::Civil { years, months, weeks, days } => {
            let months = Months::new(years * 12 + months);
            let days = Days::new(u64::from(weeks) * 7 + u64::from(days));
            if back {
                from.checked_sub_months(months).and_then(|d| d.checked_sub_days(days))
            } else {
                from.checked_add_months(months).and_then(|d| d.checked_add_days(days))
            }
        }
        Span::Business { days } => {
            let days = i32::try_from(days).unwrap_or(i32::MAX);
            Some(calendar?.plus_business_days(from, if back { -days } else { days }))
        }
        Span::Exact { .. } => return None,
    };
    Some(shifted.unwrap_or(if back { first } else { last }).clamp(first, last))
}

/// `from` moved by whole months, clamped to the month's end.
pub(crate) fn add_months(from: NaiveDate, months: u32) -> NaiveDate {
    from.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

fn limit(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("the limits are days")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, direction: Direction, period: &str, to: &str) {
        let reached = shift(from.parse().unwrap(), direction, period.parse().unwrap(), None).unwrap();
        assert_eq!(reached.to_string(), to, "{from} {direction:?} {period}");
    }

    #[test]
    fn months_keep_the_day_or_take_the_month_s_last() {
        use Direction::{After, Before};
        check("2020-02-29", After, "P12M", "2021-02-28");
        check("2020-02-29", After, "P48M", "2024-02-29");
        check("2020-02-29", After, "P1Y", "2021-02-28");
        check("2019-01-31", After, "P1M", "2019-02-28");
        check("2020-01-31", After, "P1M", "2020-02-29");
        check("2019-01-31", After, "P2M", "2019-03-31");
        check("2019-01-31", After, "P3M", "2019-04-30");
        check("2019-12-31", After, "P2M", "2020-02-29");
        check("2019-03-31", Before, "P1M", "2019-02-28");
        check("2020-02-29", Before, "P1Y", "2019-02-28");
        check("1900-02-28", After, "P1D", "1900-03-01");
        check("2000-02-28", After, "P1D", "2000-02-29");
    }

    #[test]
    fn months_come_before_days_in_both_directions() {
        check("2019-01-31", Direction::After, "P1M15D", "2019-03-15");
        check("2019-03-31", Direction::Before, "P1M1D", "2019-02-27");
        check("2019-01-01", Direction::After, "P1M2W", "2019-02-15");
    }

    #[test]
    fn dates_are_held_inside_what_can_be_written() {
        check("9990-01-01", Direction::After, "P100Y", "9999-12-31");
        check("0050-01-01", Direction::Before, "P100Y", "0001-01-01");
    }

    #[test]
    fn dates_and_times_are_read_to_the_letter() {
        assert!(day("2019-02-28").is_some() && local_time("2027-06-30T23:59:59").is_some());
        for text in ["2019-2-28", "2019-02-30", "0000-01-01", "+019-01-01", " 2019-1-01", "2019-02-28 "] {
            assert_eq!(day(text), None, "{text}");
        }
        for text in [
            "2027-06-30",
            "2027-06-30T24:00:00",
            "2027-06-30T23:59:60",
            "2027-06-30T23: 9:59",
            "2027-06-30T23:59",
            "2027-06-30t23:59:59",
        ] {
            assert_eq!(local_time(text), None, "{text}");
        }
    }
}

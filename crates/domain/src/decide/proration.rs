//! Months: how many an order lives.

use chrono::{Datelike, NaiveDate};

use crate::calendar_time::{Span, add_months};
use crate::terms::{Limit, Terms};

/// The months of the full term, where the offer notes months.
pub(super) fn full_months(terms: &Terms) -> Option<u16> {
    let Limit::Some(term) = terms.sale.proration else { return None };
    let Span::Civil { years, months, .. } = term.span() else { return None };
    u16::try_from(years * 12 + months).ok()
}

/// Whole months from the first day to the last day inside, begun ones included. The full term has no more than its own months,
/// although its last day may be one day into the next.
pub(super) fn months_of_life(first: NaiveDate, last: NaiveDate, full: u16) -> u16 {
    let end = last.succ_opt().unwrap_or(last);
    let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month());
    let begun = i64::from(end.day() > first.day());
    let months = u16::try_from((month(end) - month(first) + begun).max(0)).unwrap_or(u16::MAX);
    if last <= add_months(first, full.into()) { months.min(full) } else { months }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_from_the_first_day_and_begun_ones_are_whole() {
        for (first, last, months) in [
            ("2019-01-01", "2019-12-31", 12),
            ("2019-08-01", "2020-08-01", 12),
            ("2019-08-01", "2020-07-31", 12),
            ("2020-02-29", "2021-02-28", 12),
            ("2020-06-10", "2020-08-01", 2),
            ("2020-06-10", "2020-08-10", 3),
            ("2019-12-31", "2019-12-31", 1),
            ("2019-08-01", "2022-06-30", 35),
            ("2019-08-01", "2020-08-02", 13),
            ("2019-08-02", "2019-08-01", 0),
        ] {
            let day = |text: &str| text.parse().unwrap();
            assert_eq!(months_of_life(day(first), day(last), 12), months, "{first} to {last}");
        }
    }
}

//! Periods, as ISO 8601 writes them.

use std::{fmt, fmt::Write as _, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The longest period, in years; hours and days are held to the same length.
pub const PERIOD_YEARS_MAX: u32 = 100;

/// A length of time of one kind: calendar (`P12M`, `P1Y`, `P30D`, `P2W`, `P1M15D`), exact (`PT48H`, `PT90M`)
/// or business days (`P10B`, which ISO 8601 does not have).
///
/// Never zero, at most 100 years. Keeps the units it was written in: `P1Y` and `P12M` reach the same day but
/// are two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period(Span);

/// The parts of a [`Period`]. Parts that were not written are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the fields are what they are called")]
pub enum Span {
    /// Counted on the calendar: months first, then days.
    Civil { years: u32, months: u32, weeks: u32, days: u32 },
    /// Counted by the clock, whatever the calendar does meanwhile.
    Exact { hours: u32, minutes: u32, seconds: u32 },
    /// Counted in the business days of a named calendar.
    Business { days: u32 },
}

/// A text that is no [`Period`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("period `{text}` {fault}")]
pub struct InvalidPeriod {
    /// What was given, cut to a readable length.
    pub text: String,
    /// What is wrong with it.
    pub fault: PeriodFault,
}

/// What is wrong with the text of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodFault {
    /// Not of the form.
    #[error(
        "is not understood; write P12M, P1Y, P30D, P2W, P1M15D, PT48H, PT90M or, for business days, P10B"
    )]
    Form,
    /// More than one kind of time.
    #[error(
        "mixes calendar days, exact hours or business days; use one kind, or join two deadlines with earliest(…) or \
         latest(…)"
    )]
    Mixed,
    /// A part of zero.
    #[error("has a part of zero; leave that part out, or the whole period")]
    Zero,
    /// Over the limit.
    #[error("is longer than {PERIOD_YEARS_MAX} years; write `none` for a right without end")]
    TooLong,
}

const SECONDS_PER_DAY: u64 = 86_400;
/// A hundred Gregorian years, in days.
const DAYS_MAX: u64 = 365 * PERIOD_YEARS_MAX as u64 + 25;

impl Period {
    /// The kind and the parts.
    pub fn span(self) -> Span {
        self.0
    }

    /// The length in seconds, when it is exact.
    pub fn exact_seconds(self) -> Option<i64> {
        match self.0 {
            Span::Exact { hours, minutes, seconds } => {
                Some(i64::from(hours) * 3600 + i64::from(minutes) * 60 + i64::from(seconds))
            }
            Span::Civil { .. } | Span::Business { .. } => None,
        }
    }

    /// Whether it counts business days, so that a calendar has to be named.
    pub fn needs_calendar(self) -> bool {
        matches!(self.0, Span::Business { .. })
    }

    /// In words: `12 months`, `1 month and 15 days`, `48 hours`, `10 business days`.
    pub fn plain(self) -> String {
        let words: Vec<String> = self
            .parts()
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, _, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
            .collect();
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => String::new(),
        }
    }

    /// Count, letter and word of each unit of its kind, largest first.
    fn parts(self) -> Vec<(u32, char, &'static str)> {
        match self.0 {
            Span::Civil { years, months, weeks, days } => {
                vec![(years, 'Y', "year"), (months, 'M', "month"), (weeks, 'W', "week"), (days, 'D', "day")]
            }
            Span::Exact { hours, minutes, seconds } => {
                vec![(hours, 'H', "hour"), (minutes, 'M', "minute"), (seconds, 'S', "second")]
            }
            Span::Business { days } => vec![(days, 'B', "business day")],
        }
    }
}

/// Reads `12M15D` into the counts of the units, which have to come in their order.
fn counts<const N: usize>(mut text: &str, units: [char; N]) -> Result<[u32; N], PeriodFault> {
    let mut counts = [0; N];
    let mut next = 0;
    while !text.is_empty() {
        let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or(PeriodFault::Form)?;
        let unit = text[digits..].chars().next().ok_or(PeriodFault::Form)?;
        let place = units[next..].iter().position(|u| *u == unit).ok_or(PeriodFault::Form)? + next;
        let count = match digits {
            0 => return Err(PeriodFault::Form),
            _ => text[..digits].parse::<u32>().map_err(|_| PeriodFault::TooLong)?,
        };
        if count == 0 {
            return Err(PeriodFault::Zero);
        }
        counts[place] = count;
        next = place + 1;
        text = &text[digits + unit.len_utf8()..];
    }
    Ok(counts)
}

fn parse(text: &str) -> Result<Span, PeriodFault> {
    let text = text.strip_prefix('P').ok_or(PeriodFault::Form)?;
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    if (date.is_empty() && time.is_none()) || time == Some("") {
        return Err(PeriodFault::Form);
    }
    let [years, months, weeks, days, business] = counts(date, ['Y', 'M', 'W', 'D', 'B'])?;
    let [hours, minutes, seconds] = counts(time.unwrap_or_default(), ['H', 'M', 'S'])?;
    let civil = (years | months | weeks | days) > 0;
    // In sixteenths of a day a Gregorian month, 30.4375 days on average, is a whole number.
    let months_all = u64::from(years) * 12 + u64::from(months);
    let civil_length = months_all * 487 + (u64::from(weeks) * 7 + u64::from(days)) * 16;
    let seconds_all = u64::from(hours) * 3600 + u64::from(minutes) * 60 + u64::from(seconds);
    let too_long = civil_length > DAYS_MAX * 16
        || seconds_all > DAYS_MAX * SECONDS_PER_DAY
        || u64::from(business) > DAYS_MAX;
    match (civil, time.is_some(), business > 0) {
        _ if too_long => Err(PeriodFault::TooLong),
        (true, false, false) => Ok(Span::Civil { years, months, weeks, days }),
        (false, true, false) => Ok(Span::Exact { hours, minutes, seconds }),
        (false, false, true) => Ok(Span::Business { days: business }),
        _ => Err(PeriodFault::Mixed),
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;
    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        parse(text).map(Self).map_err(|fault| InvalidPeriod { text: text.chars().take(64).collect(), fault })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self.0, Span::Exact { .. }) { "PT" } else { "P" })?;
        for (count, letter, _) in self.parts().into_iter().filter(|(count, ..)| *count > 0) {
            write!(f, "{count}")?;
            f.write_char(letter)?;
        }
        Ok(())
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_printed_and_has_plain_words() {
        for (text, plain) in [
            ("P12M", "12 months"),
            ("P1Y", "1 year"),
            ("P30D", "30 days"),
            ("P1D", "1 day"),
            ("P2W", "2 weeks"),
            ("P1M15D", "1 month and 15 days"),
            ("P1Y2M3W4D", "1 year, 2 months, 3 weeks and 4 days"),
            ("PT24H", "24 hours"),
            ("PT90M", "90 minutes"),
            ("PT1H30M1S", "1 hour, 30 minutes and 1 second"),
            ("P10B", "10 business days"),
            ("P100Y", "100 years"),
            ("P1200M", "1200 months"),
            ("PT876600H", "876600 hours"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!((period.to_string().as_str(), period.plain().as_str()), (text, plain));
            let json = serde_json::to_string(&period).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Period>(&json).unwrap(), period);
        }
    }

    #[test]
    fn what_is_no_period_is_refused_with_its_fault() {
        use PeriodFault::{Form, Mixed, TooLong, Zero};
        for (text, fault) in [
            ("", Form),
            ("P", Form),
            ("PT", Form),
            ("P1DT", Form),
            ("12M", Form),
            ("p12m", Form),
            ("P12", Form),
            ("PM", Form),
            ("P-1D", Form),
            ("P1.5D", Form),
            ("P1D1M", Form),
            ("P1M1M", Form),
            ("PT1D", Form),
            ("P5é", Form),
            ("P1DT12H", Mixed),
            ("P1M5B", Mixed),
            ("P5BT1H", Mixed),
            ("P0D", Zero),
            ("PT0H", Zero),
            ("P1Y0M", Zero),
            ("P99999999Y", TooLong),
            ("P99999999999999999999Y", TooLong),
            ("P1201M", TooLong),
            ("P100Y1D", TooLong),
            ("PT876601H", TooLong),
            ("P36526B", TooLong),
        ] {
            assert_eq!(text.parse::<Period>().unwrap_err().fault, fault, "{text}");
        }
        let message = "P1DT12H".parse::<Period>().unwrap_err().to_string();
        assert!(message.contains("`P1DT12H` mixes") && message.contains("use one kind"), "{message}");
    }
}

//! Instants, in milliseconds.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::calendar_time::day;

/// An instant: milliseconds since 1970-01-01T00:00Z. Years 1 to 9999.
///
/// Text form (JSON, command line): RFC 3339 in UTC. Binary form (log): the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// A text or number that is no instant of the years 1 to 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no instant; write it like 2019-09-01T10:00:00Z, or 2019-09-01 for the start of that day in UTC"
)]
pub struct InvalidInstant(pub String);

const MILLIS_MIN: i64 = -62_135_596_800_000;
const MILLIS_MAX: i64 = 253_402_300_799_999;

impl Timestamp {
    /// The last instant that can be written.
    pub const MAX: Self = Self(MILLIS_MAX);

    /// From milliseconds since the epoch; `None` outside the years 1 to 9999.
    pub fn from_millis(millis: i64) -> Option<Self> {
        (MILLIS_MIN..=MILLIS_MAX).contains(&millis).then_some(Self(millis))
    }

    /// Milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// This instant moved by `millis`, held inside the years 1 to 9999.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis).clamp(MILLIS_MIN, MILLIS_MAX))
    }

    pub(crate) fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).expect("the range is checked on the way in")
    }

    pub(crate) fn from_utc(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis().clamp(MILLIS_MIN, MILLIS_MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.0 % 1000 == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        f.pad(&self.utc().to_rfc3339_opts(format, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidInstant;
    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        let invalid = || InvalidInstant(text.chars().take(64).collect());
        let parsed = match text.len() {
            10 => day(text).map(|day| day.and_time(NaiveTime::MIN).and_utc()),
            _ => rfc3339(text).or_else(|| {
                // Minutes are enough for people, in any offset: 2019-09-01T10:00Z, 2019-09-01T10:00+02:00.
                let (minute, offset) = text.split_at_checked(16)?;
                offset.starts_with(['Z', '+', '-']).then(|| rfc3339(&format!("{minute}:00{offset}")))?
            }),
        };
        parsed.and_then(|t| Self::from_millis(t.timestamp_millis())).ok_or_else(invalid)
    }
}

fn rfc3339(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.collect_str(self) } else { to.serialize_i64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
        } else {
            let millis = i64::deserialize(from)?;
            Self::from_millis(millis).ok_or_else(|| D::Error::custom(InvalidInstant(millis.to_string())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_number_forms_agree() {
        for text in ["2019-09-01T10:00:00Z", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z"] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!("2019-09-01".parse::<Timestamp>().unwrap().to_string(), "2019-09-01T00:00:00Z");
        assert_eq!("2019-09-01T10:00Z".parse::<Timestamp>().unwrap().to_string(), "2019-09-01T10:00:00Z");
        for text in [
            "2019-09-01T10:00:00+02:00",
            "2019-09-01T10:00+02:00",
            "2019-09-01T05:30-02:30",
            "2019-09-01T08:00Z",
            "2019-09-01T08:00:00.0Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), "2019-09-01T08:00:00Z", "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "yesterday",
            "2019-02-30",
            "2019-09-01T10:00:00",
            "10000-01-01T00:00:00Z",
            "2019-09-01T10:00+0200",
            "+2019-9-01",
            "2019-09-01T10:00.5Z",
            "2019-09-01T10:00:0+2:00",
            "2019-09-01T10:ü0+2:00",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}

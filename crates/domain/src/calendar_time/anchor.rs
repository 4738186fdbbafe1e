//! What deadlines are counted from.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{InvalidInstant, Timestamp};

macro_rules! anchors {
    ($($(#[$doc:meta])* $name:ident, $text:literal, $plain:literal;)*) => {
        /// A moment in the life of an entitlement that terms may count from.
        ///
        /// Text form: the name an offer file uses, such as `first-schedule`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Anchor {
            $($(#[$doc])* $name,)*
        }

        impl Anchor {
            /// Every anchor, in the order of a voucher's life.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in an offer file.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// In words, to follow "from" or "before".
            pub fn plain(self) -> &'static str {
                match self { $(Self::$name => $plain),* }
            }
        }
    };
}

anchors! {
    /// The order was paid.
    Purchase, "purchase", "purchase";
    /// The code was made.
    Issue, "issue", "the issue of the code";
    /// The voucher was given to a person.
    Assignment, "assignment", "assignment to a person";
    /// The benefit was unlocked.
    Activation, "activation", "activation";
    /// The first try was registered.
    FirstSchedule, "first-schedule", "the first registration";
    /// The exam was sat.
    ExamSat, "exam-sat", "the sitting of the exam";
    /// The exam's result reached the ledger.
    ResultRecorded, "result-recorded", "the recording of the result";
    /// The offer opens.
    OfferStart, "offer-start", "the start of the offer";
    /// The offer closes, as last extended.
    OfferEnd, "offer-end", "the end of the offer";
    /// The licensing agreement starts.
    AgreementStart, "agreement-start", "the start of the agreement";
    /// The licensing agreement ends.
    AgreementEnd, "agreement-end", "the end of the agreement";
    /// The subscription order that later orders end with.
    FirstOrderEnd, "first-order-end", "the end of the first order";
    /// The order's own term ends.
    OrderEnd, "order-end", "the end of the order's term";
    /// The date that came with the order.
    OrderDate, "order-date", "the date on the order";
    /// The exam leaves the catalogue.
    ExamRetirement, "exam-retirement", "the retirement of the exam";
}

/// A word that names no anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no anchor; write one of {list}", list = names())]
pub struct UnknownAnchor(pub String);

/// The names of all anchors, for messages.
pub(super) fn names() -> String {
    Anchor::ALL.iter().map(|a| a.as_str()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Anchor {
    type Err = UnknownAnchor;
    fn from_str(text: &str) -> Result<Self, UnknownAnchor> {
        let known = Self::ALL.iter().copied().find(|a| a.as_str() == text);
        known.ok_or_else(|| UnknownAnchor(text.chars().take(64).collect()))
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Anchor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Anchor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// When an anchor was or will be: an instant that was measured, or a civil day that was written down.
///
/// Text form: `2019-09-01T10:00:00Z`, or `2019-09-01` for the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// An instant; which civil day it falls on depends on the zone.
    Instant(Timestamp),
    /// A civil day in whatever zone the terms name.
    Day(NaiveDate),
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self::Instant(at)
    }
}

impl From<NaiveDate> for Moment {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl FromStr for Moment {
    type Err = InvalidInstant;
    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        match super::civil::day(text) {
            Some(day) => Ok(Self::Day(day)),
            None => text.parse().map(Self::Instant),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant(at) => at.fmt(f),
            Self::Day(day) => day.fmt(f),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_anchor_reads_as_it_is_written() {
        for anchor in Anchor::ALL {
            assert_eq!(anchor.to_string().parse(), Ok(*anchor));
        }
        let message = "purchse".parse::<Anchor>().unwrap_err().to_string();
        assert!(message.contains("`purchse`") && message.contains("first-order-end"), "{message}");
    }

    #[test]
    fn a_moment_is_a_day_or_an_instant_by_how_it_is_written() {
        for text in ["\"2008-01-31\"", "\"2008-01-31T00:00:00Z\""] {
            let moment: Moment = serde_json::from_str(text).unwrap();
            assert_eq!(matches!(moment, Moment::Day(_)), text.len() == 12);
            assert_eq!(serde_json::to_string(&moment).unwrap(), text);
        }
        assert!("2008-02-30".parse::<Moment>().is_err());
    }
}

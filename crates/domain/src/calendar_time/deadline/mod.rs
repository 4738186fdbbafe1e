//! The deadline expressions of an offer file.
//!
//! ```text
//! deadline := "none" | expr
//! expr     := ( ("earliest" | "latest") "(" expr { "," expr } ")" | point ) [ "[" clause "]" ]
//! point    := origin [ ("+" | "-") period ]
//! origin   := an anchor such as purchase | 2008-01-31 | 2027-06-30T23:59:59
//! ```

mod clause;
mod explain;
mod parse;
mod resolve;

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

pub use clause::Decided;
pub use parse::InvalidDeadline;
pub use resolve::Resolution;

use super::{Anchor, Period};

/// The longest text of a deadline, in bytes.
pub const DEADLINE_BYTES_MAX: usize = 512;
/// How deep `earliest` and `latest` may nest.
pub const DEADLINE_DEPTH_MAX: usize = 8;

/// When a right ends or starts, as terms say it. Text form: see the module's grammar.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DeadlineExpr {
    /// `none`: no limit. Read from text it stands alone.
    None,
    /// One point in time.
    Point(Point),
    /// The first of several, as far as they are known.
    Earliest(Vec<DeadlineExpr>),
    /// The last of several, once all are known.
    Latest(Vec<DeadlineExpr>),
    /// A part with a clause of its own: cited when that part decides (ruling 21).
    Cited(Box<DeadlineExpr>, String),
}

/// An origin, and how far from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Point {
    /// Where counting starts.
    pub origin: Origin,
    /// How far and which way; nothing for the origin itself.
    pub offset: Option<(Direction, Period)>,
}

/// Where counting starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A moment of the entitlement's life.
    Anchor(Anchor),
    /// A fixed civil day in the offer's zone.
    Day(NaiveDate),
    /// A fixed wall-clock time in the offer's zone, in whole seconds.
    Local(NaiveDateTime),
}

/// Which way a period counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `+`
    After,
    /// `-`
    Before,
}

/// Whether the last day, or the last second of a wall-clock time, still belongs to the right (ruling 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastDay {
    /// "Until that day": the right ends at the first instant of the next.
    Inclusive,
    /// "Before that day": the right ends at its first instant.
    Exclusive,
}

impl DeadlineExpr {
    /// The anchors it depends on, in the order written; one that is named twice comes twice.
    pub fn anchors(&self) -> impl Iterator<Item = Anchor> {
        self.points().into_iter().filter_map(|point| match point.origin {
            Origin::Anchor(anchor) => Some(anchor),
            Origin::Day(_) | Origin::Local(_) => None,
        })
    }

    /// Whether it counts business days. Terms that do must name a calendar before they load; evaluating such
    /// an expression without one is a bug and stops.
    pub fn needs_calendar(&self) -> bool {
        self.points().iter().any(|point| point.offset.is_some_and(|(_, period)| period.needs_calendar()))
    }

    /// Its points: every origin with its offset, in the order written.
    pub fn points(&self) -> Vec<&Point> {
        match self {
            Self::None => vec![],
            Self::Point(point) => vec![point],
            Self::Earliest(parts) | Self::Latest(parts) => parts.iter().flat_map(Self::points).collect(),
            Self::Cited(part, _) => part.points(),
        }
    }
}

impl fmt::Display for DeadlineExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, parts) = match self {
            Self::None => return f.write_str("none"),
            Self::Point(point) => return point.fmt(f),
            Self::Earliest(parts) => ("earliest(", parts),
            Self::Latest(parts) => ("latest(", parts),
            Self::Cited(part, clause) => return write!(f, "{part} [{clause}]"),
        };
        for (at, part) in parts.iter().enumerate() {
            f.write_str(if at == 0 { name } else { ", " })?;
            part.fmt(f)?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.origin {
            Origin::Anchor(anchor) => write!(f, "{anchor}"),
            Origin::Day(day) => write!(f, "{day}"),
            Origin::Local(local) => write!(f, "{}", local.format("%Y-%m-%dT%H:%M:%S")),
        }?;
        match self.offset {
            Some((Direction::After, period)) => write!(f, " + {period}"),
            Some((Direction::Before, period)) => write!(f, " - {period}"),
            None => Ok(()),
        }
    }
}

impl Serialize for DeadlineExpr {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeadlineExpr {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

//! Terms of an offer: an offer file, read once, complete or refused.

mod assumed;
mod choice;
mod clocks;
mod complete;
mod contradictions;
mod dead;
mod explain;
mod file;
mod mistake;
mod model;
mod open_points;
mod order_modes;
mod publishable;
mod remarks;
mod rulings;

use serde::Deserialize;

pub use assumed::Assumed;
pub(crate) use choice::word;
pub use choice::{Choice, Limit, join};
pub use clocks::{Approver, Clock, Clocks, Goodwill, Revives};
pub use contradictions::UNITS_MAX;
pub use explain::{Explained, explain, explain_policy};
pub(crate) use file::DateText;
pub use mistake::Mistake;
pub use model::*;
pub use open_points::{OfferError, OpenPoint};
pub(crate) use open_points::{Points, Question};
pub use order_modes::{EarlyOrders, ModeDefault};
pub use publishable::is_unseen;
pub(crate) use publishable::unpublishable;
pub use remarks::remarks;
pub use rulings::*;

use crate::calendar_time::BusinessCalendar;
use crate::{Policy, TermsHash};

/// The longest offer file, in bytes.
pub const OFFER_BYTES_MAX: usize = 256 * 1024;

/// An offer file, read.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferFile {
    /// The terms.
    pub terms: Terms,
    /// The programme's retake policy, if the file carries it.
    pub policy: Option<Policy>,
    /// A business-day calendar, if the file carries one.
    pub calendar: Option<BusinessCalendar>,
    /// What the file assumes because its source does not say it.
    pub assumed: Vec<Assumed>,
    /// Examples, told as stories, that the terms must bear out.
    pub examples: Vec<Example>,
}

/// An example of an offer file: a story in the story language, with the offer published already.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// The story's text.
    pub story: String,
}

impl OfferFile {
    /// Reads an offer file.
    ///
    /// # Errors
    ///
    /// [`OfferError::Unreadable`] for what is no offer file, [`OfferError::Open`] with every point left open.
    pub fn parse(source: &str) -> Result<Self, OfferError> {
        if source.len() > OFFER_BYTES_MAX {
            return Err(OfferError::Unreadable(format!(
                "the file has {} bytes; {OFFER_BYTES_MAX} at most",
                source.len()
            )));
        }
        let raw: file::RawFile = toml::from_str(source)
            .map_err(|e| OfferError::Unreadable(e.to_string().trim_end().to_owned()))?;
        let mut points = Points::default();
        let terms = complete::complete(&raw, TermsHash::of(source.as_bytes()), &mut points);
        if let Some(terms) = &terms {
            contradictions::contradictions(terms, &raw, &mut points);
        }
        let hash = TermsHash::of(source.as_bytes());
        let policy = raw
            .policy
            .as_ref()
            .map(|policy| policy.complete(raw.offer.programme.as_ref(), hash, &mut points));
        let calendar = match raw.calendar {
            Some(table) => Some(calendar(table)?),
            None => None,
        };
        let terms = points.settle(terms)?;
        Ok(Self {
            terms,
            policy: policy.flatten(),
            calendar,
            assumed: assumed::listed(raw.assumed, raw.rumours),
            examples: raw.example,
        })
    }
}

impl OfferFile {
    /// Reads an offer file that is published or checked now: more is asked of it than of one that is in the log already.
    ///
    /// # Errors
    ///
    /// As of [`OfferFile::parse`].
    pub fn parse_new(source: &str) -> Result<Self, OfferError> {
        let file = Self::parse(source)?;
        let points = publishable::unpublishable(source);
        if points.is_empty() { Ok(file) } else { Err(OfferError::Open(points)) }
    }
}

fn calendar(table: toml::Table) -> Result<BusinessCalendar, OfferError> {
    BusinessCalendar::from_table(table).map_err(|e| OfferError::Unreadable(e.to_string()))
}

#[cfg(test)]
mod tests;

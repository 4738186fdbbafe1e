//! All offers, page by page.

use chrono::NaiveDate;
use resit_domain::{Offer, OfferId, TermsHash, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{ProjectionError, Projector, key};

/// What is on record of an offer, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferRow {
    /// The title of its newest version; none if only a newer program can read that.
    pub title: Option<String>,
    /// The number of its newest version, from 1.
    pub version: usize,
    /// The hash of that version's text.
    pub terms: TermsHash,
    /// When that version was published.
    pub published_at: Timestamp,
    /// The last day of that version, after all moves.
    pub last_day: Option<NaiveDate>,
    /// When its sale ended, if it did.
    pub withdrawn_at: Option<Timestamp>,
}

impl OfferRow {
    /// The row of an offer; none if nothing was published.
    pub(crate) fn of(offer: &Offer) -> Option<Self> {
        let (published_at, terms) = *offer.published.last()?;
        Some(Self {
            title: offer.versions.get(&terms).map(|terms| terms.title.clone()),
            version: offer.published.len(),
            terms,
            published_at,
            last_day: offer.last_day_of(terms),
            withdrawn_at: offer.withdrawn.map(|(at, _)| at),
        })
    }
}

impl Projector {
    /// At most `limit` offers behind `after`, in the order of their ids.
    pub fn offers(
        &self,
        after: Option<&OfferId>,
        limit: usize,
    ) -> Result<Vec<(OfferId, OfferRow)>, ProjectionError> {
        let prefix = [key::OFFERS];
        let behind = after.map_or_else(|| prefix.to_vec(), key::offer_row);
        let mut offers = Vec::new();
        for row in self.store.scan_behind(&prefix, &behind).take(limit) {
            let (key, row) = row?;
            let id = std::str::from_utf8(&key[prefix.len()..]).ok().and_then(|id| id.parse().ok());
            let id = id.ok_or_else(|| ProjectionError::Row(key::describe(&key)))?;
            offers.push((id, rmp_serde::from_slice(&row)?));
        }
        Ok(offers)
    }
}

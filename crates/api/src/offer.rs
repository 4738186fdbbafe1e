//! Offers as they are on record.

use chrono::NaiveDate;
use resit_domain::{Grandfather, Migration, Offer, OfferId, ProviderId, TermsHash, Timestamp};
use resit_projector::OfferRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is on record of an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedOffer {
    /// The offer.
    pub offer: OfferId,
    /// The title of the version in force.
    pub title: Option<String>,
    /// Its versions, oldest first.
    pub versions: Vec<Version>,
    /// When its sale ended, if it did.
    pub withdrawn: Option<Withdrawn>,
    /// Moves between providers, oldest first.
    pub provider_moves: Vec<ProviderMove>,
}

/// An offer in the list of all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListedOffer {
    /// The offer.
    pub offer: OfferId,
    /// The title of its newest version; null if only a newer program can read that.
    pub title: Option<String>,
    /// The number of its newest version, from 1.
    pub version: usize,
    /// The hash of that version's text.
    pub terms: TermsHash,
    /// When that version was published.
    pub published_at: Timestamp,
    /// The last day of that version, after all moves; null if it has none.
    pub last_day: Option<NaiveDate>,
    /// When its sale ended; null if it is on sale.
    pub withdrawn_at: Option<Timestamp>,
}

/// A version of an offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Version {
    /// Its number, from 1.
    pub version: usize,
    /// The hash of its text.
    pub terms: TermsHash,
    /// When it was published.
    pub published_at: Timestamp,
    /// Whether it governs new purchases.
    pub in_force: bool,
    /// Its last day, after all moves.
    pub last_day: Option<NaiveDate>,
    /// Moves of its last day, oldest first.
    pub moves: Vec<DayMove>,
}

/// A move of a last day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DayMove {
    /// When it was made.
    pub at: Timestamp,
    /// The last day from then on.
    pub last_day: NaiveDate,
}

/// The end of an offer's sale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawn {
    /// When it ended.
    pub at: Timestamp,
    /// Who may still order.
    pub grandfather: Grandfather,
}

/// A move of an offer's exams from one provider to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderMove {
    /// The old provider.
    pub from: ProviderId,
    /// The new one.
    pub to: ProviderId,
}

/// The text of an offer's version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TermsText {
    /// The offer.
    pub offer: OfferId,
    /// The hash of the text.
    pub terms: TermsHash,
    /// When it was published.
    pub published_at: Timestamp,
    /// The text, byte for byte.
    pub source: String,
}

impl PublishedOffer {
    /// What is on record of an offer.
    pub fn of(id: &OfferId, offer: &Offer) -> Self {
        let last = offer.published.len();
        let version = |((published_at, terms), version): (&(Timestamp, TermsHash), usize)| Version {
            version,
            terms: *terms,
            published_at: *published_at,
            in_force: version == last && offer.withdrawn.is_none(),
            last_day: offer.last_day_of(*terms),
            moves: offer
                .moves_of(*terms)
                .iter()
                .map(|m| DayMove { at: m.at, last_day: m.last_day })
                .collect(),
        };
        let moved = |moved: &Migration| ProviderMove { from: moved.from.clone(), to: moved.to.clone() };
        Self {
            offer: id.clone(),
            title: offer.in_force().map(|terms| terms.title.clone()),
            versions: offer.published.iter().zip(1..).map(version).collect(),
            withdrawn: offer.withdrawn.map(|(at, grandfather)| Withdrawn { at, grandfather }),
            provider_moves: offer.migrations.iter().map(moved).collect(),
        }
    }
}

impl From<(OfferId, OfferRow)> for ListedOffer {
    fn from((offer, row): (OfferId, OfferRow)) -> Self {
        let OfferRow { title, version, terms, published_at, last_day, withdrawn_at } = row;
        Self { offer, title, version, terms, published_at, last_day, withdrawn_at }
    }
}

//! Offers as they are on record.

use std::io;

use resit_api::{ListedOffer, PublishedOffer, TermsText, Version};
use resit_domain::Grandfather;

use super::Out;

impl Out {
    /// The text of terms as it is, so that its hash can be taken again.
    pub(crate) fn terms(&mut self, text: &TermsText) -> io::Result<()> {
        if self.is_json() { self.json(text) } else { self.raw(&text.source) }
    }

    /// All offers.
    pub(crate) fn offers(&mut self, offers: &[ListedOffer]) -> io::Result<()> {
        if self.is_json() {
            return self.json(&offers);
        }
        let row = |offer: &ListedOffer| {
            let stands = match offer.withdrawn_at {
                None => "in force".to_owned(),
                Some(at) => format!("withdrawn at {at}"),
            };
            let day = offer.last_day.map_or_else(|| "none".to_owned(), |day| day.to_string());
            let title = offer.title.clone().unwrap_or_default();
            let (version, published_at) = (offer.version.to_string(), offer.published_at.to_string());
            [offer.offer.to_string(), title, version, stands, published_at, day]
        };
        self.table(
            ["offer", "title", "version", "stands", "published at", "last day"],
            offers.iter().map(row),
        )
    }

    /// What is on record of an offer.
    pub(crate) fn published(&mut self, offer: &PublishedOffer) -> io::Result<()> {
        if self.is_json() {
            return self.json(offer);
        }
        writeln!(self.sink(), "{}  ({})", offer.title.as_deref().unwrap_or_default(), offer.offer)?;
        let last = offer.versions.len();
        let row = |version: &Version| {
            let stands = match (version.version == last, &offer.withdrawn) {
                (false, _) => "replaced",
                (true, None) => "in force",
                (true, Some(_)) => "withdrawn",
            };
            let day = version.last_day.map_or_else(|| "none".to_owned(), |day| day.to_string());
            let (number, at) = (version.version.to_string(), version.published_at.to_string());
            [number, stands.to_owned(), at, day, version.terms.to_string()]
        };
        self.table(
            ["version", "stands", "published at", "last day", "terms"],
            offer.versions.iter().map(row),
        )?;
        for moved in offer.versions.last().iter().flat_map(|version| &version.moves) {
            writeln!(self.sink(), "its last day was moved to {} at {}", moved.last_day, moved.at)?;
        }
        if let Some(withdrawn) = &offer.withdrawn {
            let who = match withdrawn.grandfather {
                Grandfather::Nobody => "nobody orders it any more",
                Grandfather::OpenAgreements => "agreements that were open before may still order",
            };
            writeln!(self.sink(), "it was withdrawn at {}: {who}", withdrawn.at)?;
        }
        for moved in &offer.provider_moves {
            writeln!(self.sink(), "its exams moved from provider {} to {}", moved.from, moved.to)?;
        }
        Ok(())
    }
}

//! Offers as they are on record.

use std::io;

use resit_api::{EventOnStream, ListedOffer, Outcome, PublishedOffer, TermsText, Version};
use resit_domain::{Event, Grandfather};

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

    /// How an offer stands that a command was about.
    pub(super) fn in_force(&mut self, offer: &PublishedOffer, outcome: &Outcome) -> io::Result<()> {
        let Some(Version { version, in_force, last_day, .. }) = offer.versions.last() else { return Ok(()) };
        let stands = if *in_force { "in force" } else { "withdrawn" };
        let until = last_day.map_or_else(String::new, |day| format!(", its last day is {day}"));
        let replaced = match outcome {
            Outcome::Accepted { events, .. } if *version > 1 && has_published(events) => {
                format!(", version {} is replaced", version - 1)
            }
            _ => String::new(),
        };
        writeln!(self.sink(), "{}: version {version} is {stands}{until}{replaced}", offer.offer)
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

fn has_published(events: &[EventOnStream]) -> bool {
    events.iter().any(|event| matches!(event.0.event, Event::OfferPublished(_)))
}

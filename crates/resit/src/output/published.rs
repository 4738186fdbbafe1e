//! Offers as they are on record.

use std::io;

use resit_domain::{Grandfather, Offer, OfferId, TermsHash, Timestamp};
use serde_json::json;

use super::Out;

/// A version of an offer, with its text.
pub(crate) struct VersionText<'a> {
    pub(crate) offer: &'a OfferId,
    pub(crate) terms: TermsHash,
    pub(crate) published_at: Timestamp,
    pub(crate) source: &'a str,
}

impl Out {
    /// The text of terms as it is, so that its hash can be taken again.
    pub(crate) fn terms(&mut self, version: &VersionText<'_>) -> io::Result<()> {
        let VersionText { offer, terms, published_at, source } = version;
        if self.is_json() {
            let value =
                json!({ "offer": offer, "terms": terms, "published_at": published_at, "source": source });
            return self.value(&value);
        }
        self.raw(source)
    }

    /// What is on record of an offer.
    pub(crate) fn published(&mut self, id: &OfferId, offer: &Offer) -> io::Result<()> {
        if self.is_json() {
            return self.value(&as_json(id, offer));
        }
        let title = offer.in_force().map_or("", |terms| &terms.title);
        writeln!(self.sink(), "{title}  ({id})")?;
        let last = offer.published.len();
        let rows = offer.published.iter().zip(1..).map(|((at, terms), version)| {
            let day = offer.last_day_of(*terms).map_or_else(|| "none".to_owned(), |day| day.to_string());
            let stands = match (version == last, &offer.withdrawn) {
                (false, _) => "replaced",
                (true, None) => "in force",
                (true, Some(_)) => "withdrawn",
            };
            [version.to_string(), stands.to_owned(), at.to_string(), day, terms.to_string()]
        });
        self.table(["version", "stands", "published at", "last day", "terms"], rows.collect::<Vec<_>>())?;
        if let Some(current) = offer.current {
            for moved in offer.moves_of(current) {
                writeln!(self.sink(), "its last day was moved to {} at {}", moved.last_day, moved.at)?;
            }
        }
        if let Some((at, grandfather)) = &offer.withdrawn {
            let who = match grandfather {
                Grandfather::Nobody => "nobody orders it any more",
                Grandfather::OpenAgreements => "agreements that were open before may still order",
            };
            writeln!(self.sink(), "it was withdrawn at {at}: {who}")?;
        }
        for (from, to) in &offer.migrations {
            writeln!(self.sink(), "its exams moved from provider {from} to {to}")?;
        }
        Ok(())
    }
}

fn as_json(id: &OfferId, offer: &Offer) -> serde_json::Value {
    let last = offer.published.len();
    let versions = offer.published.iter().zip(1..).map(|((at, terms), version)| {
        let moves = offer.moves_of(*terms).iter().map(|m| json!({ "at": m.at, "last_day": m.last_day }));
        json!({
            "version": version, "terms": terms, "published_at": at,
            "in_force": version == last && offer.withdrawn.is_none(),
            "last_day": offer.last_day_of(*terms), "moves": moves.collect::<Vec<_>>(),
        })
    });
    json!({
        "offer": id,
        "title": offer.in_force().map(|terms| &terms.title),
        "versions": versions.collect::<Vec<_>>(),
        "withdrawn": offer.withdrawn.as_ref().map(|(at, who)| json!({ "at": at, "grandfather": who })),
        "provider_moves": offer.migrations.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect::<Vec<_>>(),
    })
}

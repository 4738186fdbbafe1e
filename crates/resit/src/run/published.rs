//! Offers as they are on record.

use resit_command_handler::{Seen, decode, stream_id};
use resit_domain::{Event, Offer, OfferId, Stream, Timestamp};
use resit_event_log::Position;

use super::find;
use crate::cli::{TermsOf, TermsWords};
use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::{Out, VersionText};

/// Prints the text of terms, byte for byte as it was published.
pub(super) async fn terms(ledger: &Ledger, words: TermsWords, out: &mut Out) -> Result<Status, Stopped> {
    let (offers, hash) = match words.of {
        TermsOf::Voucher(which) => {
            let (entitlement, _) = find(ledger, which).await?;
            let view = ledger.handler.view(entitlement, Seen::default()).await?;
            let view =
                view.ok_or_else(|| Stopped::Input(format!("nothing was issued under {entitlement}")))?;
            (vec![view.offer], view.terms)
        }
        TermsOf::Hash(_) if words.offer.is_empty() => {
            return Err(Stopped::Input("say with --offer whose terms these may be".to_owned()));
        }
        TermsOf::Hash(hash) => (words.offer, hash),
    };
    for offer in offers {
        for (published_at, event) in facts(ledger, &offer).await? {
            if let Event::OfferPublished(e) = event
                && e.hash == hash
            {
                out.terms(&VersionText { offer: &offer, terms: hash, published_at, source: &e.source })?;
                return Ok(Status::Done);
            }
        }
    }
    Err(Stopped::Input(format!("no version with the hash {hash} was published")))
}

/// Shows what is on record of an offer.
pub(super) async fn show(ledger: &Ledger, id: OfferId, out: &mut Out) -> Result<Status, Stopped> {
    let facts = facts(ledger, &id).await?;
    if facts.is_empty() {
        let text =
            format!("no offer {id} was published; `resit offer built-in` lists what comes with the program");
        return Err(Stopped::Input(text));
    }
    let offer = facts.iter().fold(Offer::default(), |offer, (at, event)| offer.evolve(event, *at));
    out.published(&id, &offer)?;
    Ok(Status::Done)
}

/// What happened to an offer, with the instant at which each fact was put on record.
async fn facts(ledger: &Ledger, offer: &OfferId) -> Result<Vec<(Timestamp, Event)>, Stopped> {
    let stream = stream_id(&Stream::Offer(offer.clone()));
    let mut facts = Vec::new();
    for record in ledger.log.read_stream(&stream, Position::START).await? {
        for data in &record.events {
            let event = decode(data).map_err(resit_command_handler::Failure::from)?;
            facts.push((record.recorded_at, event));
        }
    }
    Ok(facts)
}

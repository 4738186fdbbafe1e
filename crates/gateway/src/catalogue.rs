//! Offers and rules.

use axum::http::header::ACCEPT;
use resit_api::{Problem, ProblemKind, PublishedOffer, PublishedPolicy, RuleText, TermsText};
use resit_command_handler::{decode, stream_id};
use resit_domain::{Event, LedgerZones, Offer, OfferId, ProgrammeId, Stream, TermsHash, Timestamp};
use resit_event_log::Position;

use crate::asked::Asked;
use crate::respond::Answered;

/// An offer's versions.
pub(crate) async fn offer(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let id: OfferId = asked.parameters.in_path("id")?;
    let (offer, revision) = published(asked, &id).await?.ok_or_else(|| unpublished(&id))?;
    Ok(Answered::json(&offer)?.at(revision))
}

/// That there is no such offer.
pub(crate) fn unpublished(id: &OfferId) -> Problem {
    Problem::new(ProblemKind::NotFound, format!("no offer {id} was published"))
}

/// What is on record of an offer, and its revision; none if it was never published.
pub(crate) async fn published(
    asked: &Asked<'_>,
    id: &OfferId,
) -> Result<Option<(PublishedOffer, Position)>, Problem> {
    let (facts, revision) = facts(asked, &Stream::Offer(id.clone())).await?;
    let offer = facts.iter().fold(Offer::default(), |offer, (at, event)| offer.evolve(event, *at));
    Ok((!facts.is_empty()).then(|| (PublishedOffer::of(id, &offer), revision)))
}

/// The versions of a programme's policy, and which is in force.
pub(crate) async fn policy(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let programme: ProgrammeId = asked.parameters.in_path("programme")?;
    let (zones, _) = facts(asked, &Stream::Zones(LedgerZones)).await?;
    let (facts, revision) = facts(asked, &Stream::Policy(programme.clone())).await?;
    let policy =
        PublishedPolicy::of(&programme, &facts, &zones, asked.standing_at().await?).ok_or_else(|| {
            Problem::new(
                ProblemKind::NotFound,
                format!("no policy of the programme {programme} was published"),
            )
        })?;
    Ok(Answered::json(&policy)?.at(revision))
}

/// The text of terms. As `text/plain` it is the very bytes, so that its hash can be taken again.
pub(crate) async fn terms(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let hash: TermsHash = asked.parameters.in_path("hash")?;
    let offer: OfferId = asked.parameters.required("offer")?;
    let (facts, revision) = facts(asked, &Stream::Offer(offer.clone())).await?;
    let published = facts.into_iter().find_map(|(published_at, event)| match event {
        Event::OfferPublished(e) if e.hash == hash => Some((published_at, e.source)),
        _ => None,
    });
    let (published_at, source) = published.ok_or_else(|| {
        let detail = format!("no version of the offer {offer} with the hash {hash} was published");
        Problem::new(ProblemKind::NotFound, detail)
    })?;
    let plain = asked.headers.get(ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/plain"));
    if plain {
        return Ok(Answered::text("text/plain; charset=utf-8", source).at(revision));
    }
    Ok(Answered::json(&TermsText { offer, terms: hash, published_at, source })?.at(revision))
}

/// The rules, in order of precedence.
pub(crate) fn rules() -> Result<Answered, Problem> {
    Answered::json(&RuleText::all())
}

/// What happened to an offer or a policy, with the instant at which each fact was put on record; and its revision.
async fn facts(asked: &Asked<'_>, stream: &Stream) -> Result<(Vec<(Timestamp, Event)>, Position), Problem> {
    let records = asked.parts.log.read_stream(&stream_id(stream), Position::START).await?;
    let mut facts = Vec::new();
    for record in &records {
        for data in &record.events {
            match decode(data)? {
                // Somebody asked for an offer that is not there: that makes it no offer.
                Event::CommandRefused(_) | Event::CommandRepeated(_) => {}
                event => facts.push((record.recorded_at, event)),
            }
        }
    }
    Ok((facts, records.last().map_or(Position::START, |record| record.position)))
}

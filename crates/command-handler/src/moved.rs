//! The publications that moved the end of a right, derived from the streams that it depends on: nothing of them is recorded
//! with the right.

use std::collections::HashMap;

use resit_domain::impact::Change;
use resit_domain::{Event, Gathered, Known, LedgerZones, State, Stream, Timestamp, UnitNo};
use resit_event_log::{Position, Record};
use resit_states::{AsOf, Folded, decode, says_nothing, stream_id};

use crate::{CommandHandler, Failure, HistoryEntry, Seen};

/// An end before a publication and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndMoved {
    /// Before; none if nothing ended the right by itself.
    pub before: Option<Timestamp>,
    /// After; none if nothing ends it by itself, or if the end cannot be computed yet.
    pub after: Option<Timestamp>,
}

impl CommandHandler {
    /// The publications that moved the end of an entitlement's live rights, each as things were when it was recorded. Where all
    /// live units moved alike there is one entry for all of them.
    pub(crate) async fn moves_of(
        &self,
        stream: &Stream,
        own: &[Record],
        seen: Seen,
    ) -> Result<Vec<HistoryEntry>, Failure> {
        let mut records: Vec<_> = own.iter().map(|record| (stream.clone(), record.clone())).collect();
        for shared in self.shared_by(stream, own).await? {
            let read = self.log.read_stream(&stream_id(&shared), Position::START).await?;
            records.extend(read.into_iter().map(|record| (shared.clone(), record)));
        }
        records.retain(|(_, record)| seen.known_at.is_none_or(|at| record.recorded_at <= at));
        records.sort_by_key(|(_, record)| record.position);
        let (mut life, mut entries) = (Life::new(), Vec::new());
        for commit in records.chunk_by(|(_, one), (_, next)| one.command == next.command) {
            let before = life.known.clone();
            life.take_in(commit)?;
            let Some((record, event)) = publication(stream, commit)? else { continue };
            if seen.as_of.is_some_and(|at| at < record.recorded_at) {
                continue;
            }
            let changes = before.compared_with(&life.known, record.recorded_at);
            entries.extend(moved(&changes).into_iter().map(|(unit, end)| entry(record, &event, unit, end)));
        }
        Ok(entries)
    }

    /// The streams that the ends of an entitlement depend on, beside its own. A new kind of them is named here.
    async fn shared_by(&self, stream: &Stream, own: &[Record]) -> Result<Vec<Stream>, Failure> {
        let State::Entitlement(entitlement) = Folded::new(stream).absorb(own)?.state else {
            return Ok(Vec::new());
        };
        let Some(issued) = &entitlement.issued else { return Ok(Vec::new()) };
        let offer = Stream::Offer(issued.offer.clone());
        let mut shared = Vec::new();
        if let State::Offer(offer) = self.states.load(&offer, AsOf::Head).await?.state {
            let calendars = offer.calendars_of(issued.terms, issued.purchased_at);
            shared.extend(calendars.into_iter().cloned().map(Stream::Calendar));
            shared.extend(offer.is_in_other_zones().then_some(Stream::Zones(LedgerZones)));
        }
        shared.push(offer);
        shared.extend(issued.agreement.clone().map(Stream::Agreement));
        Ok(shared)
    }
}

/// An entitlement and what it depends on, commit by commit.
struct Life {
    known: Known,
    states: HashMap<Stream, Folded>,
}

impl Life {
    fn new() -> Self {
        let known = Known { agreement: Gathered::Nothing, ..Known::default() };
        Self { known, states: HashMap::new() }
    }

    fn take_in(&mut self, commit: &[(Stream, Record)]) -> Result<(), Failure> {
        for (stream, record) in commit {
            let folded =
                self.states.remove(stream).unwrap_or_else(|| Folded::new(stream)).absorb([record])?;
            match (stream, &folded.state) {
                (_, State::Entitlement(entitlement)) => self.known.entitlement = Some(entitlement.clone()),
                (_, State::Offer(offer)) => self.known.offer = Some(offer.clone()),
                (_, State::Agreement(agreement)) => self.known.agreement = Gathered::Found(agreement.clone()),
                (_, State::Zones(zones)) => self.known.zones = zones.clone(),
                (Stream::Calendar(id), State::Calendar(Some(versions))) => {
                    self.known.calendars.insert(id.clone(), versions.clone());
                }
                _ => {}
            }
            self.states.insert(stream.clone(), folded);
        }
        Ok(())
    }
}

/// What a commit published, if it did and wrote nothing on the entitlement itself.
fn publication<'a>(
    own: &Stream,
    commit: &'a [(Stream, Record)],
) -> Result<Option<(&'a Record, Event)>, Failure> {
    if commit.iter().any(|(stream, _)| stream == own) {
        return Ok(None);
    }
    for (_, record) in commit {
        if let Some(said) = record.events.iter().find(|event| !says_nothing(&event.kind)) {
            return Ok(Some((record, without_text(decode(said)?))));
        }
    }
    Ok(None)
}

/// The fact without the text of its file, which can be asked for by itself and may be long.
fn without_text(mut event: Event) -> Event {
    match &mut event {
        Event::OfferPublished(e) => e.source.clear(),
        Event::CalendarPublished(e) => e.source.clear(),
        Event::ZoneRulesPublished(e) => e.source.clear(),
        _ => {}
    }
    event
}

/// The ends that moved, each with its unit; without one if all moved alike.
fn moved(changes: &[Change]) -> Vec<(Option<UnitNo>, EndMoved)> {
    let end = |change: &Change| EndMoved { before: change.before, after: change.after };
    let Some(first) = changes.first() else { return Vec::new() };
    if first.is_moved() && changes.iter().all(|change| end(change) == end(first)) {
        return vec![(None, end(first))];
    }
    let moved = changes.iter().filter(|change| change.is_moved());
    moved.map(|change| (Some(change.unit), end(change))).collect()
}

fn entry(record: &Record, event: &Event, unit: Option<UnitNo>, end: EndMoved) -> HistoryEntry {
    HistoryEntry {
        position: record.position,
        recorded_at: record.recorded_at,
        happened_at: record.recorded_at,
        command: record.command.clone(),
        actor: record.actor.clone(),
        unit,
        asked: None,
        event: event.clone(),
        end_moved: Some(end),
    }
}

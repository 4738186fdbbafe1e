//! A decision on record, and the same command judged by the right time.

use resit_domain::correction::{Flip, Turn};
use resit_domain::{Decision, Event, Placed, Refusal, Stream};
use resit_event_log::{EventData, Position, Record};
use resit_states::{decode, stream_of};

use crate::Failure;
use crate::commit::{by_stream, data};

/// How a decision by the right time relates to the one on record.
pub(super) enum Compared {
    /// It is the same.
    Same,
    /// It differs, and nothing changes but the list.
    Listed(Flip),
    /// Its facts differ, and fit into the records of the commit.
    Replaced(Flip, Vec<(Position, Vec<EventData>)>),
}

/// Compares the records of one commit, shown by the right time, with a decision by that time.
pub(super) fn compare(records: &[Record], judged: Result<Decision, Refusal>) -> Result<Compared, Failure> {
    let Some(first) = records.first() else { return Ok(Compared::Same) };
    let recorded = records.iter().flat_map(|record| &record.events);
    let recorded = recorded.map(decode).collect::<Result<Vec<_>, _>>()?;
    let refused = recorded.iter().find_map(|event| match event {
        Event::CommandRefused(e) => Some(&e.refusal),
        _ => None,
    });
    let before = match refused {
        Some(refusal) => refused_by(refusal),
        None => accepted(recorded.iter().map(Event::kind)),
    };
    let flip = |turn, after| Flip {
        command: first.command.clone(),
        position: first.position.0,
        turn,
        before: before.clone(),
        after,
    };
    Ok(match (refused.is_some(), judged) {
        (true, Err(_)) => Compared::Same,
        (true, Ok(decision)) => Compared::Listed(flip(Turn::StaysRefused, accepted_as(&decision))),
        (false, Err(refusal)) => Compared::Listed(flip(Turn::Stands, refused_by(&refusal))),
        (false, Ok(decision)) => {
            let after = accepted_as(&decision);
            let Some(placed) = into_records(records, decision)? else {
                return Ok(Compared::Listed(flip(Turn::Stands, after)));
            };
            let mut differing = Vec::new();
            for (record, facts) in records.iter().zip(placed) {
                if !is_same(record, &facts)? {
                    differing.push((record.position, facts.iter().map(data).collect()));
                }
            }
            if differing.is_empty() {
                return Ok(Compared::Same);
            }
            Compared::Replaced(flip(Turn::Replaced, format!("{after}, with other facts")), differing)
        }
    })
}

/// Whether judging again comes to the decision on record.
pub(super) fn agrees(records: &[Record], judged: &Result<Decision, Refusal>) -> Result<bool, Failure> {
    let was_refused =
        records.iter().flat_map(|record| &record.events).any(|event| event.kind == "CommandRefused");
    let Ok(decision) = judged else { return Ok(was_refused) };
    let Some(placed) = into_records(records, decision.clone())? else { return Ok(false) };
    for (record, facts) in records.iter().zip(placed) {
        if !is_same(record, &facts)? {
            return Ok(false);
        }
    }
    Ok(!was_refused)
}

/// The facts of a decision for each record of a commit. None if they are on other streams.
fn into_records(records: &[Record], decision: Decision) -> Result<Option<Vec<Vec<Placed>>>, Failure> {
    let mut placed = by_stream(decision.events);
    if placed.len() != records.len() {
        return Ok(None);
    }
    let mut sorted = Vec::with_capacity(records.len());
    for record in records {
        let stream: Stream = stream_of(&record.stream)?;
        let Some(at) = placed.iter().position(|(on, _)| *on == stream) else { return Ok(None) };
        sorted.push(placed.swap_remove(at).1);
    }
    Ok(Some(sorted))
}

fn is_same(record: &Record, facts: &[Placed]) -> Result<bool, Failure> {
    if record.events.len() != facts.len() {
        return Ok(false);
    }
    for (on_record, fact) in record.events.iter().zip(facts) {
        if on_record.happened_at != fact.happened_at || decode(on_record)? != fact.event {
            return Ok(false);
        }
    }
    Ok(true)
}

fn refused_by(refusal: &Refusal) -> String {
    format!("refused by {}", refusal.cites())
}

fn accepted_as(decision: &Decision) -> String {
    accepted(decision.events.iter().map(|placed| placed.event.kind()))
}

/// Types of facts, each once. An order of packs has thousands of facts.
fn accepted<'a>(kinds: impl Iterator<Item = &'a str>) -> String {
    let mut each: Vec<&str> = Vec::new();
    for kind in kinds {
        if !each.contains(&kind) {
            each.push(kind);
        }
    }
    format!("accepted: {}", each.join(", "))
}

//! From a decision to a commit.

use std::borrow::Cow;
use std::collections::BTreeMap;

use resit_domain::event::CommandRefused;
use resit_domain::{Decision, Placed, Refusal, Rule, Stream, Timestamp, codec};
use resit_event_log::{Commit, EventData, Position, Slice};

use crate::Request;
use crate::gather::Gathered;
use resit_states::{Asked, stream_id};

/// The facts of a decision by stream, in the order in which the streams first appear.
pub(crate) fn by_stream(decision: &Decision) -> Vec<(Stream, Vec<&Placed>)> {
    let mut order: Vec<(Stream, Vec<&Placed>)> = Vec::new();
    let mut index: BTreeMap<&Stream, usize> = BTreeMap::new();
    for placed in &decision.events {
        let at = *index.entry(&placed.stream).or_insert_with(|| {
            order.push((placed.stream.clone(), Vec::new()));
            order.len() - 1
        });
        order[at].1.push(placed);
    }
    order
}

/// The decision to put a refusal on record: on the stream that it is about, or on one of its own, so that what is
/// unknown to its sender stays unknown.
pub(crate) fn refused(request: &Request, gathered: &Gathered, refusal: Refusal, at: Timestamp) -> Decision {
    let about = gathered.about.clone().filter(|_| refusal.rule != Rule::KnownVoucher);
    let stream = about.unwrap_or_else(|| Stream::Refusal(request.id.clone()));
    let event = CommandRefused { refusal }.into();
    Decision { events: vec![Placed { stream, happened_at: at, event }], warnings: Vec::new() }
}

/// The commit that puts a decision on record, with the revision that each stream was judged at.
pub(crate) fn commit(
    request: &Request,
    decision: &Decision,
    revisions: &BTreeMap<Stream, Position>,
    at: Timestamp,
) -> Commit {
    let slices = by_stream(decision).into_iter().map(|(stream, placed)| Slice {
        expected: revisions.get(&stream).copied().unwrap_or(Position::START),
        stream: stream_id(&stream),
        events: placed.into_iter().map(data).collect(),
    });
    Commit {
        command: request.id.clone(),
        command_body: Asked::encode(at, &request.command).into(),
        actor: request.actor.clone(),
        recorded_at: at,
        slices: slices.collect(),
    }
}

fn data(placed: &Placed) -> EventData {
    let kind = placed.event.kind();
    EventData {
        kind: Cow::Borrowed(kind),
        version: codec::version(kind),
        happened_at: placed.happened_at,
        body: codec::encode(&placed.event).into(),
    }
}

//! From a decision to a commit.

use std::borrow::Cow;
use std::collections::HashMap;

use resit_domain::event::CommandRefused;
use resit_domain::{Decision, Impact, Placed, Refusal, Rule, Stream, Timestamp, codec};
use resit_event_log::{Commit, EventData, Slice};

use crate::Request;
use crate::gather::Gathered;
use resit_states::{Asked, Folded, stream_id};

/// What a decision puts on one stream.
pub(crate) struct Write {
    pub(crate) stream: Stream,
    pub(crate) facts: Vec<Placed>,
    /// The stream as it was judged.
    pub(crate) before: Folded,
}

/// Most decisions touch two or three streams; an order of many packs touches a thousand.
const SEARCHED_MAX: usize = 16;

/// The facts of a decision by stream, in the order in which the streams first appear.
pub(crate) fn by_stream(facts: Vec<Placed>) -> Vec<(Stream, Vec<Placed>)> {
    let mut order: Vec<(Stream, Vec<Placed>)> = Vec::new();
    let mut index: HashMap<Stream, usize> = HashMap::new();
    for placed in facts {
        let found = if order.len() <= SEARCHED_MAX {
            order.iter().position(|(stream, _)| *stream == placed.stream)
        } else {
            if index.is_empty() {
                index.extend(order.iter().zip(0..).map(|((stream, _), at)| (stream.clone(), at)));
            }
            index.get(&placed.stream).copied()
        };
        if let Some(at) = found {
            order[at].1.push(placed);
        } else {
            if !index.is_empty() {
                index.insert(placed.stream.clone(), order.len());
            }
            order.push((placed.stream.clone(), vec![placed]));
        }
    }
    order
}

/// The decision to put a refusal on record: on the stream that it is about, or on one of its own, so that what is
/// unknown to its sender stays unknown.
pub(crate) fn refused(request: &Request, gathered: &Gathered, refusal: Refusal, at: Timestamp) -> Decision {
    let about = gathered.about.clone().filter(|_| refusal.rule != Rule::KnownVoucher);
    let stream = about.unwrap_or_else(|| Stream::Refusal(request.id.clone()));
    let note = gathered.known.note_of_refusal(&request.command, &refusal, at);
    let event = CommandRefused { refusal }.into();
    let events = std::iter::once(Placed { stream, happened_at: at, event }).chain(note).collect();
    Decision { events, warnings: Vec::new() }
}

/// The commit that puts a decision on record, with the revision that each stream was judged at.
///
/// The impact of a publication is recorded beside it, and so is its confirmation: both are part of what it was judged by.
pub(crate) fn commit(request: &Request, writes: &[Write], at: Timestamp, impact: Option<&Impact>) -> Commit {
    let slices = writes.iter().map(|write| Slice {
        expected: write.before.revision,
        stream: stream_id(&write.stream),
        events: write.facts.iter().map(data).collect(),
    });
    Commit {
        command: request.id.clone(),
        command_body: Asked::encode_judged(at, &request.command, impact, request.confirm).into(),
        actor: request.actor.clone(),
        recorded_at: at,
        slices: slices.collect(),
    }
}

pub(crate) fn data(placed: &Placed) -> EventData {
    let kind = placed.event.kind();
    EventData {
        kind: Cow::Borrowed(kind),
        version: codec::version(kind),
        happened_at: placed.happened_at,
        body: codec::encode(&placed.event).into(),
    }
}

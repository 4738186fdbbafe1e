//! Commit to bytes. Borrows everything: bodies are copied once, into the buffer.

use resit_domain::{Actor, CommandId, Timestamp};
use serde::{Serialize, Serializer};
use serde_bytes::Bytes;

use super::ENVELOPE_VERSION;
use crate::{Commit, EventData, Position, Slice, StreamId};

#[derive(Serialize)]
struct EnvelopeOut<'a> {
    v: u32,
    command: &'a CommandId,
    actor: &'a Actor,
    at: Timestamp,
    body: &'a Bytes,
    slices: Each<'a, Slice>,
}

#[derive(Serialize)]
struct SliceOut<'a> {
    stream: &'a StreamId,
    expected: Position,
    events: Each<'a, EventData>,
}

#[derive(Serialize)]
struct EventOut<'a> {
    r#type: &'a str,
    v: u16,
    at: Timestamp,
    body: &'a Bytes,
}

/// A list whose items are turned into their stored form one by one, so that no list of stored forms is built.
struct Each<'a, T>(&'a [T]);

impl Serialize for Each<'_, Slice> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|slice| SliceOut {
            stream: &slice.stream,
            expected: slice.expected,
            events: Each(&slice.events),
        }))
    }
}

impl Serialize for Each<'_, EventData> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|event| EventOut {
            r#type: &event.kind,
            v: event.version,
            at: event.happened_at,
            body: Bytes::new(&event.body),
        }))
    }
}

/// The stored form of a commit.
pub fn encode(commit: &Commit) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(stored_bytes_max(commit));
    encode_into(commit, &mut buffer);
    buffer
}

/// Writes the stored form of a commit behind what stands in `buffer`.
pub fn encode_into(commit: &Commit, buffer: &mut Vec<u8>) {
    buffer.reserve(stored_bytes_max(commit));
    let envelope = EnvelopeOut {
        v: ENVELOPE_VERSION,
        command: &commit.command,
        actor: &commit.actor,
        at: commit.recorded_at,
        body: Bytes::new(&commit.command_body),
        slices: Each(&commit.slices),
    };
    rmp_serde::encode::write_named(buffer, &envelope).expect("a buffer takes every byte");
}

/// No less than the length of a commit's stored form, and hardly more: room for it need not grow.
pub fn stored_bytes_max(commit: &Commit) -> usize {
    const ENVELOPE: usize = 64 + 2 * resit_domain::ID_BYTES_MAX;
    ENVELOPE + commit.content_bytes()
}

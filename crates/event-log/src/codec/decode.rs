//! Bytes to commit. Bodies are not copied: they stay views of the bytes that were read.

use std::{borrow::Cow, str::FromStr};

use bytes::Bytes;
use resit_domain::Timestamp;
use serde::{Deserialize, de::IgnoredAny};

use super::ENVELOPE_VERSION;
use crate::{Commit, EventData, Position, Slice, StreamId};

/// Why stored bytes are no commit.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A newer release wrote them.
    #[error(
        "the envelope has version {found}, this release reads up to {ENVELOPE_VERSION}; \
         run the release that wrote it, or a newer one"
    )]
    Newer {
        /// The version that stands there.
        found: u32,
    },
    /// They are not what any release writes.
    #[error("the bytes are no envelope")]
    Malformed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

#[derive(Deserialize)]
struct EnvelopeIn<'a> {
    v: u32,
    command: &'a str,
    actor: &'a str,
    at: Timestamp,
    body: &'a serde_bytes::Bytes,
    #[serde(borrow)]
    slices: Vec<SliceIn<'a>>,
}

#[derive(Deserialize)]
struct SliceIn<'a> {
    stream: &'a str,
    expected: Position,
    #[serde(borrow)]
    events: Vec<EventIn<'a>>,
}

#[derive(Deserialize)]
struct EventIn<'a> {
    r#type: &'a str,
    v: u16,
    at: Timestamp,
    body: &'a serde_bytes::Bytes,
}

/// What an index needs of a commit.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Outline<'a> {
    v: u32,
    /// The command id.
    pub command: &'a str,
    #[serde(borrow)]
    slices: Vec<SliceOutline<'a>>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct SliceOutline<'a> {
    stream: &'a str,
    expected: Position,
}

impl<'a> Outline<'a> {
    /// Each slice's stream and the revision that its command saw, in order.
    pub fn slices(&self) -> impl ExactSizeIterator<Item = (&'a str, Position)> {
        self.slices.iter().map(|s| (s.stream, s.expected))
    }
}

/// Reads the whole stored form back. The commit's bodies share `stored`'s memory.
pub fn decode(stored: &Bytes) -> Result<Commit, DecodeError> {
    let envelope: EnvelopeIn<'_> = parse(stored, |e: &EnvelopeIn<'_>| e.v)?;
    let event = |event: EventIn<'_>| EventData {
        kind: Cow::Owned(event.r#type.to_owned()),
        version: event.v,
        happened_at: event.at,
        body: stored.slice_ref(event.body),
    };
    let slice = |slice: SliceIn<'_>| Slice {
        stream: StreamId::from(slice.stream),
        expected: slice.expected,
        events: slice.events.into_iter().map(event).collect(),
    };
    Ok(Commit {
        command: id(envelope.command)?,
        command_body: stored.slice_ref(envelope.body),
        actor: id(envelope.actor)?,
        recorded_at: envelope.at,
        slices: envelope.slices.into_iter().map(slice).collect(),
    })
}

/// Reads only what an index needs, passing over all bodies.
pub fn outline(stored: &[u8]) -> Result<Outline<'_>, DecodeError> {
    parse(stored, |o: &Outline<'_>| o.v)
}

fn id<T: FromStr<Err = resit_domain::InvalidId>>(text: &str) -> Result<T, DecodeError> {
    text.parse().map_err(|error: T::Err| DecodeError::Malformed(error.into()))
}

fn parse<'a, T: Deserialize<'a>>(stored: &'a [u8], version: fn(&T) -> u32) -> Result<T, DecodeError> {
    let mut reader = rmp_serde::Deserializer::from_read_ref(stored);
    let parsed = T::deserialize(&mut reader);
    // The version is asked for afterwards, so that the common case is read once.
    let found = parsed.as_ref().map_or_else(|_| version_alone(stored), |parsed| Some(version(parsed)));
    if let Some(found) = found.filter(|found| *found > ENVELOPE_VERSION) {
        return Err(DecodeError::Newer { found });
    }
    let parsed = parsed.map_err(|error| DecodeError::Malformed(error.into()))?;
    if found == Some(0) {
        return Err(DecodeError::Malformed("its version is 0".into()));
    }
    if IgnoredAny::deserialize(&mut reader).is_ok() {
        return Err(DecodeError::Malformed("more bytes follow the envelope".into()));
    }
    Ok(parsed)
}

fn version_alone(stored: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct VersionIn {
        v: u32,
    }
    rmp_serde::from_slice(stored).ok().map(|VersionIn { v }| v)
}

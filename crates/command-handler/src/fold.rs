//! From records to state.

use resit_domain::{Command, Event, State, Stream, codec};
use resit_event_log::{EventData, Position, Record, StreamId};

use crate::Failure;

/// A stream's state, and the revision it was folded up to.
#[derive(Debug, Clone)]
pub(crate) struct Folded {
    pub(crate) state: State,
    pub(crate) revision: Position,
}

/// The log's name of a stream.
pub fn stream_id(stream: &Stream) -> StreamId {
    StreamId::from(stream.to_string().as_str())
}

/// The stream that a record stands on.
///
/// # Errors
///
/// [`Failure::Stream`] for a kind of stream that only a newer program knows.
pub fn stream_of(id: &StreamId) -> Result<Stream, Failure> {
    let parsed = Stream::parse(id.kind(), id.id()).ok_or_else(|| Failure::Stream(id.to_string()))?;
    Ok(parsed?)
}

/// The event that a record carries.
pub fn decode(data: &EventData) -> Result<Event, Failure> {
    Ok(codec::decode(&data.kind, data.version, &data.body)?)
}

/// The command that a record came from.
pub(crate) fn command_of(record: &Record) -> Result<Command, Failure> {
    rmp_serde::from_slice(&record.command_body).map_err(|e| {
        let malformed =
            codec::CodecError::Malformed { kind: "Command".to_owned(), version: 1, reason: e.to_string() };
        malformed.into()
    })
}

impl Folded {
    pub(crate) fn new(stream: &Stream) -> Self {
        Self { state: State::new(stream), revision: Position::START }
    }

    /// Takes records in, oldest first.
    pub(crate) fn absorb(mut self, records: &[Record]) -> Result<Self, Failure> {
        for record in records {
            for data in &record.events {
                self.state = self.state.evolve(&decode(data)?, data.happened_at, record.recorded_at);
            }
            self.revision = record.position;
        }
        Ok(self)
    }
}

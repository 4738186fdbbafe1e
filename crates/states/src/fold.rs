//! From records to state.

use std::cell::RefCell;
use std::fmt::Write as _;

use resit_domain::{Command, Event, Impact, LAW, State, Stream, Timestamp, codec};
use resit_event_log::{EventData, Position, Record, StreamId};
use serde::{Deserialize, Serialize};

use crate::StateError;

/// A stream's state, and the revision it was folded up to.
#[derive(Debug, Clone)]
pub struct Folded {
    /// The state.
    pub state: State,
    /// The revision.
    pub revision: Position,
}

/// The log's name of a stream.
pub fn stream_id(stream: &Stream) -> StreamId {
    thread_local! {
        /// Names are made by the million; only the finished one takes memory of its own.
        static NAME: RefCell<String> = const { RefCell::new(String::new()) };
    }
    NAME.with_borrow_mut(|name| {
        name.clear();
        write!(name, "{stream}").expect("a string takes every text");
        StreamId::from(name.as_str())
    })
}

/// The stream that a record stands on.
///
/// # Errors
///
/// [`StateError::Stream`] for a kind of stream that only a newer program knows.
pub fn stream_of(id: &StreamId) -> Result<Stream, StateError> {
    let parsed = Stream::parse(id.kind(), id.id()).ok_or_else(|| StateError::Stream(id.to_string()))?;
    Ok(parsed?)
}

/// Records, each with the stream that it stands on: what [`crate::States::take_in`] takes.
pub fn with_streams(records: &[Record]) -> Result<Vec<(Stream, &Record)>, StateError> {
    records.iter().map(|record| Ok((stream_of(&record.stream)?, record))).collect()
}

/// The event that a record carries.
pub fn decode(data: &EventData) -> Result<Event, StateError> {
    Ok(codec::decode(&data.kind, data.version, &data.body)?)
}

/// A command as it lies in the log: what was asked, and by which instant it was judged. The commit's recorded time may be
/// a little later, if commits overtook each other on their way to the log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Asked {
    /// The instant it was judged by.
    pub at: Timestamp,
    /// What was asked.
    pub command: Command,
    /// The number of the law that it was judged by.
    #[serde(default = "first_law")]
    pub law: u16,
    /// For a publication: what it does to live rights, as that was counted when it was judged; none if it was not counted.
    #[serde(default)]
    pub impact: Option<Box<Impact>>,
    /// Whether its giver confirmed that rights are lost.
    #[serde(default)]
    pub confirmed: bool,
}

/// What is not recorded was judged by the first law.
fn first_law() -> u16 {
    1
}

impl Asked {
    /// The stored form of a command that is judged by `at`, by the law of this program.
    pub fn encode(at: Timestamp, command: &Command) -> Vec<u8> {
        Self::encode_judged(at, command, None, false)
    }

    /// The same, with the impact of a publication, and whether its giver confirmed that rights are lost.
    pub fn encode_judged(
        at: Timestamp,
        command: &Command,
        impact: Option<&Impact>,
        confirmed: bool,
    ) -> Vec<u8> {
        codec::to_bytes(&Stored { at, command, law: LAW, impact, confirmed })
    }

    /// Its stored form, by the law that it was judged by.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { at, command, law, impact, confirmed } = self;
        codec::to_bytes(&Stored {
            at: *at,
            command,
            law: *law,
            impact: impact.as_deref(),
            confirmed: *confirmed,
        })
    }
}

/// The stored form of a command. What is absent is left out: most commands are as short as they were.
#[derive(Serialize)]
struct Stored<'a> {
    at: Timestamp,
    command: &'a Command,
    law: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    impact: Option<&'a Impact>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    confirmed: bool,
}

/// The command that a record came from.
pub fn asked_of(record: &Record) -> Result<Asked, StateError> {
    rmp_serde::from_slice(&record.command_body).map_err(|e| {
        let malformed =
            codec::CodecError::Malformed { kind: "Command".to_owned(), version: 1, reason: e.to_string() };
        malformed.into()
    })
}

impl Folded {
    /// A stream of which nothing is known.
    pub fn new(stream: &Stream) -> Self {
        Self { state: State::new(stream), revision: Position::START }
    }

    /// Takes records in, oldest first.
    pub fn absorb<'a>(mut self, records: impl IntoIterator<Item = &'a Record>) -> Result<Self, StateError> {
        for record in records {
            for data in &record.events {
                self.state = self.state.evolve(&decode(data)?, data.happened_at, record.recorded_at);
            }
            self.revision = record.position;
        }
        Ok(self)
    }
}

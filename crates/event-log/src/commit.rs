//! What goes into the log and what comes out of it.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use resit_domain::{Actor, CommandId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::StreamId;

/// A place in the log: each record's is greater than those before it, and those of one commit follow each other; 0 stands
/// before the first. A log that keeps more than records may leave places out in between.
///
/// A stream's revision is the position of its last record; 0 says that the stream doesn't exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// Before the first record.
    pub const START: Self = Self(0);

    /// The place `count` records further on.
    #[must_use]
    pub fn plus(self, count: u64) -> Self {
        Self(self.0 + count)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// One fact, encoded: what the log stores and never looks into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventData {
    /// The event's type, such as `ExamFailed`.
    pub kind: Cow<'static, str>,
    /// The version of that type's body, from 1.
    pub version: u16,
    /// When the fact happened; when it was recorded stands on the [`Record`].
    pub happened_at: Timestamp,
    /// The body: a MessagePack map with named fields.
    pub body: Bytes,
}

/// What a commit puts on one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The stream.
    pub stream: StreamId,
    /// The stream's revision as the command saw it; [`Position::START`] creates the stream.
    pub expected: Position,
    /// The facts, at least one.
    pub events: Vec<EventData>,
}

/// All that one command does, to be written whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The command; a log takes each id once, for ever.
    pub command: CommandId,
    /// The command as it was given: MessagePack, kept so that its decision can be judged again.
    pub command_body: Bytes,
    /// Who gave it.
    pub actor: Actor,
    /// The handler's time. The log never lets it run backwards: see [`Record::recorded_at`].
    pub recorded_at: Timestamp,
    /// At least one; no stream twice.
    pub slices: Vec<Slice>,
}

/// Where a commit went: the `n`th slice is the record at `first + n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// What the commit follows: whatever stands between there and its first slice came with it.
    pub after: Position,
    /// The first slice's position.
    pub first: Position,
    /// The last slice's position.
    pub last: Position,
    /// The recorded time that all its records carry.
    pub recorded_at: Timestamp,
}

/// One slice of a commit, as it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the log, and from now on its stream's revision.
    pub position: Position,
    /// When it was recorded: never earlier than the record before it on its stream.
    pub recorded_at: Timestamp,
    /// The stream.
    pub stream: StreamId,
    /// The stream's revision before it: who has read up to there has missed nothing. 0 for a stream's first record.
    pub previous: Position,
    /// The command that caused it.
    pub command: CommandId,
    /// That command as it was given.
    pub command_body: Bytes,
    /// Who gave it.
    pub actor: Actor,
    /// Which slice of its commit this is, from 0.
    pub slice: u16,
    /// How many slices its commit has.
    pub slices: u16,
    /// The facts.
    pub events: Vec<EventData>,
}

impl Commit {
    /// The records that this commit makes when its first one goes to `first`.
    ///
    /// # Panics
    ///
    /// Never for a commit that passed [`Commit::check`]: slices beyond `u16` would have no number.
    pub fn into_records(self, first: Position, recorded_at: Timestamp) -> impl Iterator<Item = Record> {
        let Self { command, command_body, actor, slices, .. } = self;
        let count = u16::try_from(slices.len()).expect("checked commits have fewer slices");
        slices.into_iter().zip(0..count).map(move |(slice, n)| Record {
            position: first.plus(u64::from(n)),
            recorded_at,
            stream: slice.stream,
            previous: slice.expected,
            command: command.clone(),
            command_body: command_body.clone(),
            actor: actor.clone(),
            slice: n,
            slices: count,
            events: slice.events,
        })
    }
}

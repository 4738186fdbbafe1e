//! What a log can be asked for by name.

use resit_domain::CommandId;
use resit_event_log::{Position, Record, StreamId};

use crate::index::{Key, Kind, LiveIndex};

/// The name of a stream or of a command, with its hashes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) key: Key,
}

impl<'a> Name<'a> {
    pub(crate) fn stream(stream: &'a StreamId) -> Self {
        Self::of(Kind::Stream, stream.as_str())
    }

    pub(crate) fn command(command: &'a CommandId) -> Self {
        Self::of(Kind::Command, command.as_str())
    }

    pub(crate) fn of(kind: Kind, text: &'a str) -> Self {
        Self { kind, text, key: Key::of(kind, text) }
    }

    /// The frames of a segment in which the name stands at positions behind `after` and up to `last`, oldest first.
    pub(crate) fn frames_in(&self, index: &LiveIndex, after: Position, last: Position) -> Vec<u32> {
        match self.kind {
            Kind::Stream => {
                let places = index.places(self).skip_while(|(position, _)| *position > last.0);
                let places = places.take_while(|(position, _)| *position > after.0);
                let mut frames: Vec<u32> = places.map(|(_, offset)| offset).collect();
                frames.reverse();
                frames
            }
            Kind::Command => {
                let first = self.position_in(index, last).filter(|first| *first > after);
                first.and_then(|first| index.offset(first.0)).into_iter().collect()
            }
        }
    }

    /// All frames of a segment in which the name stands, oldest first.
    pub(crate) fn all_frames_in(&self, index: &LiveIndex) -> Vec<u32> {
        self.frames_in(index, Position::START, Position(u64::MAX))
    }

    /// A stream's last position in the segment up to `last`; a command's first.
    pub(crate) fn position_in(&self, index: &LiveIndex, last: Position) -> Option<Position> {
        let position = match self.kind {
            Kind::Stream => index.places(self).map(|(position, _)| position).find(|p| *p <= last.0),
            Kind::Command => index.position(self).filter(|position| *position <= last.0),
        };
        position.map(Position)
    }

    /// Whether a record bears the name: a frame found by its hash may hold others.
    pub(crate) fn is_of(&self, record: &Record) -> bool {
        match self.kind {
            Kind::Stream => record.stream.as_str() == self.text,
            Kind::Command => record.command.as_str() == self.text,
        }
    }
}

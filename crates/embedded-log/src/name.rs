//! What a log can be asked for by name.

use resit_domain::CommandId;
use resit_event_log::{Position, Record, StreamId};

use crate::index::{Key, Kind, LiveIndex, NameHash};

/// The name of a stream or of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Name<'a> {
    Stream(&'a StreamId),
    Command(&'a CommandId),
}

impl Name<'_> {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Stream(_) => Kind::Stream,
            Self::Command(_) => Kind::Command,
        }
    }

    pub(crate) fn hash(&self) -> NameHash {
        let text = match self {
            Self::Stream(stream) => stream.as_str(),
            Self::Command(command) => command.as_str(),
        };
        NameHash::of(self.kind(), text)
    }

    /// The frames of a segment in which the name stands at positions behind `after` and up to `last`, oldest first.
    pub(crate) fn frames_in(&self, index: &LiveIndex, after: Position, last: Position) -> Vec<u32> {
        match self {
            Self::Stream(stream) => {
                let places = index.places(stream).skip_while(|(position, _)| *position > last.0);
                let places = places.take_while(|(position, _)| *position > after.0);
                let mut frames: Vec<u32> = places.map(|(_, offset)| offset).collect();
                frames.reverse();
                frames
            }
            Self::Command(_) => {
                let first = self.position_in(index, last).filter(|first| *first > after);
                first.and_then(|first| index.offset(first.0)).into_iter().collect()
            }
        }
    }

    /// A stream's last position in the segment up to `last`; a command's first.
    pub(crate) fn position_in(&self, index: &LiveIndex, last: Position) -> Option<Position> {
        let position = match self {
            Self::Stream(stream) => index.places(stream).map(|(position, _)| position).find(|p| *p <= last.0),
            Self::Command(command) => {
                index.command(&Key::from((*command).clone())).filter(|position| *position <= last.0)
            }
        };
        position.map(Position)
    }

    /// Whether a record bears the name: a frame found by its hash may hold others.
    pub(crate) fn is_of(&self, record: &Record) -> bool {
        match self {
            Self::Stream(stream) => record.stream == **stream,
            Self::Command(command) => record.command == **command,
        }
    }
}

//! What can go wrong with a log. Refusals are not here: they are facts, and stand in the log.

use std::sync::Arc;

use crate::{Position, StreamId};

type Source = Arc<dyn std::error::Error + Send + Sync>;

/// Why a commit was not appended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// A stream is not where the command saw it: load it again and decide again. Nothing was written.
    #[error("stream {stream} is at {actual}, not at {expected}")]
    Conflict {
        /// The first stream that differs.
        stream: StreamId,
        /// What the commit expected.
        expected: Position,
        /// Where the stream is.
        actual: Position,
    },
    /// The command id is in the log already, at this position. Nothing was written.
    #[error("the command was recorded before, at position {position}")]
    CommandTaken {
        /// The first record of the commit that carries the id.
        position: Position,
    },
    /// The commit breaks a limit; no retry will help. Nothing was written.
    #[error("the commit can't be stored: {reason}")]
    Invalid {
        /// Which limit, and how to stay inside it.
        reason: String,
    },
    /// Too much waits to be written. Nothing was sent, and nothing of it will ever be on record: it may be sent again.
    #[error("the log takes no more at the moment: {reason}")]
    Overloaded {
        /// How much waits.
        reason: String,
    },
    /// The log can't be written now. Nothing was acknowledged; the outcome is settled by reading.
    #[error("the log can't be written: {reason}")]
    Unavailable {
        /// What failed and what to do about it.
        reason: String,
        /// What the system said.
        #[source]
        source: Option<Source>,
    },
}

/// Why the log could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// Stored bytes are not what was written.
    #[error("the log is damaged in {place}: {reason}")]
    Corrupt {
        /// File and byte offset, or subject and sequence.
        place: String,
        /// What is wrong there, and what to do about it.
        reason: String,
    },
    /// The log can't be reached.
    #[error("the log can't be read: {reason}")]
    Unavailable {
        /// What failed and what to do about it.
        reason: String,
        /// What the system said.
        #[source]
        source: Option<Source>,
    },
}

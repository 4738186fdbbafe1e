//! What has to come next in the log: commits are whole, and follow each other.

use resit_event_log::ReadError;

use crate::damage::half;
use crate::stored::Stored;

/// What has to stand at a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Reading began somewhere.
    Anything,
    /// A commit begins.
    Marker,
    /// A record: the nth of its commit.
    Slice(u16),
}

impl Due {
    /// Where reading begins.
    pub(crate) fn at(first: u64) -> Self {
        if first <= 1 { Self::Marker } else { Self::Anything }
    }

    /// What is due behind what stands at a sequence: a record, or a marker.
    pub(crate) fn behind(self, sequence: u64, found: Option<&Stored>) -> Result<Self, ReadError> {
        let Some(Stored { record, .. }) = found else {
            return match self {
                // The commit before it has an end that is gone.
                Self::Slice(_) => Err(half(sequence - 1)),
                Self::Anything | Self::Marker => Ok(Self::Slice(0)),
            };
        };
        if ![Self::Anything, Self::Slice(record.slice)].contains(&self) {
            return Err(half(sequence));
        }
        let is_last = record.slice + 1 >= record.slices;
        Ok(if is_last { Self::Marker } else { Self::Slice(record.slice + 1) })
    }
}

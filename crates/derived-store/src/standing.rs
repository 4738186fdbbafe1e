//! How rows stand to the log that they are kept behind.

use std::fmt;

use resit_event_log::Position;

/// How rows stand to a log.
#[derive(Debug)]
pub(crate) enum Standing {
    /// They have no checkpoint.
    Nowhere,
    /// They were made from this log, up to here.
    Here(Position),
    /// The same, in the form of another release.
    OtherRelease(Position),
    /// The same, by recorded times that were corrected since.
    OtherTimes(Position),
    /// They were made from records that this log does not hold.
    Gone(Gone),
}

/// Records that were there when rows were made from them, and are gone. Nothing in the log itself may tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// Up to where rows were made.
    pub position: Position,
    /// Where the log ends now.
    pub head: Position,
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, head } = self;
        write!(
            f,
            "the log ends at position {head} and does not hold the record at {position} any more, up to which rows were made from \
             it: its end was lost, or an older copy was put in its place, and what was acknowledged since then is gone"
        )
    }
}

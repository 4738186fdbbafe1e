//! How damage is told: where it is, what is wrong there, and what to do about it.

use resit_event_log::ReadError;

/// What to do about damage.
const RESTORE: &str =
    "a server's disk has damaged it; restore that server from the others, or the stream from a copy";

/// Where a message stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) subject: &'a str,
    pub(crate) sequence: u64,
}

impl Place<'_> {
    /// What stands there can't be understood.
    pub(crate) fn damaged(self, reason: String) -> ReadError {
        let Self { subject, sequence } = self;
        ReadError::Corrupt { place: format!("the message at sequence {sequence} on {subject}"), reason }
    }

    /// What stands there is not what was written.
    pub(crate) fn other_bytes(self) -> ReadError {
        self.damaged(format!("its bytes are not those that were written there: {RESTORE}"))
    }
}

/// A message that was acknowledged is not there.
pub(crate) fn missing(sequence: u64) -> ReadError {
    ReadError::Corrupt {
        place: format!("the message at sequence {sequence}"),
        reason: format!("it is missing: {RESTORE}"),
    }
}

/// A commit ends before a sequence, and does not end there.
pub(crate) fn half(sequence: u64) -> ReadError {
    ReadError::Corrupt {
        place: format!("the message at sequence {sequence}"),
        reason: format!(
            "the commit that it belongs to is not whole; servers drop what stands behind damage: {RESTORE}"
        ),
    }
}

/// A message that is counted can't be had.
pub(crate) fn unreadable(subject: &str) -> ReadError {
    ReadError::Corrupt {
        place: format!("the last message on {subject}"),
        reason: format!("it is there and can't be read: {RESTORE}"),
    }
}

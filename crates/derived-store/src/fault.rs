//! Why a store can't be used: by its own fault, or by the disk's.

use std::io::{self, ErrorKind};

/// The store can't be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// What lies there is not what was written. Drop it and rebuild it from the log.
    #[error("the derived store can't be used: {reason}; `resit rebuild` makes it anew from the log")]
    Damaged {
        /// What is wrong.
        reason: String,
    },
    /// The system does not let it be read or written. What lies there may be as good as ever, and stays.
    #[error("{what}: {remedy}; what is kept beside the log stays as it is ({reason})")]
    Disk {
        /// What is wrong, in a word.
        what: &'static str,
        /// What to do about it.
        remedy: &'static str,
        /// What the system said.
        reason: String,
    },
}

impl Fault {
    /// What lies there is not what was written.
    pub fn damaged(reason: impl Into<String>) -> Self {
        Self::Damaged { reason: reason.into() }
    }

    /// What is wrong, without what to do about it.
    pub fn reason(&self) -> &str {
        match self {
            Self::Damaged { reason } | Self::Disk { reason, .. } => reason,
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        let (what, remedy) = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ("the disk is full", "make room"),
            ErrorKind::PermissionDenied => ("this user may not", "give it the right to read and write there"),
            ErrorKind::ReadOnlyFilesystem => ("the disk can't be written", "mount it for writing"),
            // Something that sled needs is not there, or something else is.
            ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::AlreadyExists
            | ErrorKind::InvalidInput => return Self::damaged(error.to_string()),
            // Its own findings have no number of the system's.
            _ if error.raw_os_error().is_none() => return Self::damaged(error.to_string()),
            _ => ("the system does not read or write it", "look at the disk and the limits of this process"),
        };
        Self::Disk { what, remedy, reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: io::Error, is_of_the_disk: bool) {
        let told = error.to_string();
        assert_eq!(matches!(Fault::from(error), Fault::Disk { .. }), is_of_the_disk, "{told}");
    }

    #[test]
    fn only_what_the_system_does_not_explain_is_damage() {
        // No room, no right, read-only, a failing disk, too many files.
        for number in [28, 13, 30, 5, 24] {
            check(io::Error::from_raw_os_error(number), true);
        }
        // Nothing there, no folder, a folder.
        for number in [2, 20, 21] {
            check(io::Error::from_raw_os_error(number), false);
        }
        check(ErrorKind::UnexpectedEof.into(), false);
        check(io::Error::other("a page is damaged"), false);
    }
}

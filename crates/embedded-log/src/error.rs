//! Why a log can't be opened, verified or repaired.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use resit_event_log::Position;

use crate::segment::{self, Footer};

/// Why the log in a folder can't be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting is out of bounds.
    #[error("`{field}` is {value}; set it to {min} to {max}")]
    Config {
        /// Which one.
        field: &'static str,
        /// Its value.
        value: u64,
        /// The least allowed.
        min: u64,
        /// The most allowed.
        max: u64,
    },
    /// A file or folder could not be used.
    #[error("can't {action} {}; {remedy}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What to do about it.
        remedy: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process has the log open.
    #[error(
        "{} is in use by {}; stop it, or talk to it instead",
        folder.display(),
        pid.map_or("another process".to_owned(), |pid| format!("process {pid}"))
    )]
    Locked {
        /// The log's folder.
        folder: PathBuf,
        /// The process, if it could be told.
        pid: Option<u32>,
    },
    /// A newer release wrote the folder.
    #[error(
        "{} has format {found}, this release knows {known}; run the release that wrote it, or a newer one",
        folder.display()
    )]
    Newer {
        /// The log's folder.
        folder: PathBuf,
        /// The format that stands there.
        found: u32,
        /// The newest that this release knows.
        known: u32,
    },
    /// The folder holds something, and nothing that says it is a log.
    #[error("{} {reason}; name the log's folder or an empty one, or restore its FORMAT file", folder.display())]
    NoLog {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A copy was to end where no commit does.
    #[error("{0}")]
    NoBoundary(NoBoundary),
    /// The last write, or part of it, may not be on the disk, and could not be written again.
    #[error(
        "the last write to segment {segment} (bytes {from} to {to}, behind position {position_before} and up to {last}) may not be on \
         the disk, and can't be written again; {}, then open again. Until then nothing is answered from it",
        remedy(source)
    )]
    InDoubt {
        /// The segment's file name.
        segment: String,
        /// The byte at which the doubt begins.
        from: u64,
        /// The byte before which it ends.
        to: u64,
        /// The last position that is not in doubt.
        position_before: Position,
        /// The last position that is.
        last: Position,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Stored bytes are not what was written, and no crash explains it.
    #[error("{0}; restore the folder from a copy, or repair it, which sets aside all that follows")]
    Damaged(Damage),
    /// It was asked to stop on the way.
    #[error("opening the log was stopped; what was indexed until then stays")]
    Stopped,
}

/// A position at which a copy can't end, and those nearest to it at which it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBoundary {
    /// It is inside of a commit.
    Inside {
        /// The position.
        position: Position,
        /// Where the commit before it ends; 0 if it is the first.
        before: Position,
        /// Where the commit itself ends.
        end: Position,
    },
    /// The log does not go as far.
    PastEnd {
        /// The position.
        position: Position,
        /// Where the log ends.
        head: Position,
    },
}

impl fmt::Display for NoBoundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inside { position, before: Position(0), end } => write!(
                f,
                "position {position} is inside of the log's first commit; name {end}, where that ends"
            ),
            Self::Inside { position, before, end } => write!(
                f,
                "position {position} is inside of a commit; name {before}, where the one before ends, or {end}, where it ends"
            ),
            Self::PastEnd { position, head } => {
                write!(f, "the log ends at position {head}, before {position}; name {head} or one before it")
            }
        }
    }
}

/// Bytes that are not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The segment's file name.
    pub segment: String,
    /// The byte at which the damaged frame, header or footer starts.
    pub offset: u64,
    /// The last position before the damage.
    pub position_before: Position,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { segment, offset, position_before, reason } = self;
        write!(
            f,
            "segment {segment} is damaged at byte {offset}, behind position {position_before}: {reason}"
        )
    }
}

impl Damage {
    /// The file of the segment that follows on a footer is not there.
    pub(crate) fn gone(before: Footer) -> Self {
        let first = before.last + 1;
        let reason = format!("the file is gone, and with it every record from position {first} on");
        Self { segment: segment::file_name(first), offset: 0, position_before: Position(before.last), reason }
    }
}

impl OpenError {
    /// Tells what was tried with a path, and what may help.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), remedy: remedy(&source), source }
    }
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "give this user the right to read and write there",
        io::ErrorKind::ReadOnlyFilesystem => "mount the file system for writing, or name another folder",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists | io::ErrorKind::IsADirectory => {
            "something else stands there: move it away, or name another folder"
        }
        io::ErrorKind::NotFound => "create the folder above it, or name another one",
        _ => "check the disk and its mount",
    }
}

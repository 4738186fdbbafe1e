//! The mark of a clean stop: a file that names the exact end of the log.
//!
//! It is written when the log is closed and everything in it is durable, and removed, durably, before the next write. So
//! whoever finds it knows that no write was under way: anything short of that end is damage, and no crash explains it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use resit_event_log::Position;

use crate::{
    Damage, OpenError,
    directory::{put_file, sync_folder},
    segment::{self, Cursor, Footer},
};

/// The mark's name, in the folder of the segments, so that it goes where they go.
pub(crate) const FILE_NAME: &str = "STOPPED";

/// Where the log ended when it was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    /// The first position of the last segment.
    pub(crate) first: u64,
    /// Where that segment's last frame ended.
    pub(crate) offset: u64,
    /// The last position.
    pub(crate) last: u64,
    /// The digest of all segments.
    pub(crate) digest: u32,
}

/// What the mark of a clean stop says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    At(End),
    /// The mark itself was damaged. There was a clean stop all the same.
    Somewhere,
}

impl End {
    fn text(&self) -> String {
        let Self { first, offset, last, digest } = self;
        let segment = segment::file_name(*first);
        let line = format!("stopped at position {last}, byte {offset} of {segment}, digest {digest:08x}");
        format!("{line} {:08x}\n", crc32c::crc32c(line.as_bytes()))
    }

    fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.trim_end().split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let [_, _, _, last, _, offset, _, segment, _, digest, _] = words[..] else { return None };
        let end = Self {
            first: segment::first_of(segment.as_ref())?,
            offset: offset.parse().ok()?,
            last: last.parse().ok()?,
            digest: u32::from_str_radix(digest, 16).ok()?,
        };
        (end.text() == text).then_some(end)
    }
}

impl Stop {
    /// The mark in a folder of segments, if there is one.
    pub(crate) fn find(log: &Path) -> Result<Option<Self>, OpenError> {
        let path = path(log);
        match fs::read(&path) {
            Ok(bytes) => {
                let end = std::str::from_utf8(&bytes).ok().and_then(End::read);
                if end.is_none() {
                    tracing::warn!(file = %path.display(), "the mark of a clean stop is damaged");
                }
                Ok(Some(end.map_or(Self::Somewhere, Self::At)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(OpenError::io("read", &path)(error)),
        }
    }

    /// Checks where the log ends against the mark.
    pub(crate) fn check(self, here: End) -> Result<(), Damage> {
        match self {
            Self::At(end) if end != here => Err(end.missed(here)),
            Self::At(_) | Self::Somewhere => Ok(()),
        }
    }

    /// Checks a log that may have gone on since.
    pub(crate) fn check_reached(self, here: End) -> Result<(), Damage> {
        match self {
            Self::At(end) if here.last > end.last => Ok(()),
            stop => stop.check(here),
        }
    }

    /// What stands behind the last whole frame is not what was written.
    pub(crate) fn torn(self, here: End) -> Damage {
        let extra = || here.damage("the log was stopped in good order, and something follows its end".into());
        self.check(here).err().unwrap_or_else(extra)
    }
}

impl End {
    /// Behind a segment's last frame.
    pub(crate) fn of(first: u64, cursor: &Cursor) -> Self {
        Self::behind(first, cursor.footer())
    }

    /// Where the footer of a segment is, or would be.
    pub(crate) fn behind(first: u64, footer: Footer) -> Self {
        let Footer { offset, last, digest, .. } = footer;
        Self { first, offset, last, digest }
    }

    fn missed(&self, here: Self) -> Damage {
        let Self { offset, last, .. } = self;
        let segment = segment::file_name(self.first);
        here.damage(format!(
            "the log was stopped in good order at position {last}, byte {offset} of {segment}, and does not end there"
        ))
    }

    fn damage(&self, reason: String) -> Damage {
        let segment = segment::file_name(self.first);
        Damage { segment, offset: self.offset, position_before: Position(self.last), reason }
    }
}

pub(crate) fn path(log: &Path) -> PathBuf {
    log.join(FILE_NAME)
}

/// Marks a log, all of which is durable, as stopped.
pub(crate) fn mark(log: &Path, end: End) -> io::Result<()> {
    put_file(&path(log), end.text().as_bytes()).map(drop)
}

/// Removes the mark, durably, if there is one.
pub(crate) fn clear(log: &Path) -> io::Result<()> {
    match fs::remove_file(path(log)) {
        Ok(()) => sync_folder(log),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_what_was_written_or_nothing() {
        let end = End { first: 41, offset: 96, last: 411, digest: 0x5a };
        let text = end.text();
        assert_eq!(End::read(&text), Some(end));
        for byte in 0..text.len() {
            for bit in 0..8 {
                let mut flipped = text.clone().into_bytes();
                flipped[byte] ^= 1 << bit;
                let read = String::from_utf8(flipped).ok().and_then(|text| End::read(&text));
                assert_eq!(read, None, "byte {byte}, bit {bit}");
            }
        }
        assert_eq!(End::read(""), None);
    }
}

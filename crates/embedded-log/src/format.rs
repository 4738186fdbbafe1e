//! The file that says a folder is a log, and in which format.

use std::{fs, io, path::Path};

use crate::{
    OpenError,
    directory::{Directory, put_file},
};

/// What this release writes. The number is that of the newest version of segments that may be in the folder: a release that
/// knows no such segments would take them for damage.
const KNOWN: u32 = 3;
/// The oldest that it reads.
const OLDEST: u32 = 1;

fn text(version: u32) -> String {
    let line = format!("resit log format {version}");
    format!("{line} {:08x}\n", crc32c::crc32c(line.as_bytes()))
}

fn version(text: &str) -> Option<u32> {
    let (line, crc) = text.trim_end().rsplit_once(' ')?;
    let crc = u32::from_str_radix(crc, 16).ok()?;
    let sound = crc == crc32c::crc32c(line.as_bytes());
    line.strip_prefix("resit log format ")?.parse().ok().filter(|_| sound)
}

/// What a folder is by its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A log of a format that this release reads.
    Known,
    /// Nothing yet.
    None,
}

/// Checks the format of the folder.
pub(crate) fn check(directory: &Directory, is_empty: bool) -> Result<Mark, OpenError> {
    if marked(directory.root())?.is_some() {
        return Ok(Mark::Known);
    }
    if is_empty { Ok(Mark::None) } else { Err(unmarked(directory.root())) }
}

/// Checks the format of a folder that must be a log.
pub(crate) fn check_marked(folder: &Path) -> Result<(), OpenError> {
    marked(folder)?.map(drop).ok_or_else(|| unmarked(folder))
}

fn unmarked(folder: &Path) -> OpenError {
    OpenError::NoLog { folder: folder.to_owned(), reason: "has segments, but no FORMAT file" }
}

/// The format of a folder, which this release reads; `None` if it has none.
fn marked(folder: &Path) -> Result<Option<u32>, OpenError> {
    let path = folder.join("FORMAT");
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io("read", &path)(error)),
    };
    let folder = folder.to_owned();
    match std::str::from_utf8(&bytes).ok().and_then(version) {
        Some(format @ OLDEST..=KNOWN) => Ok(Some(format)),
        Some(found) => Err(OpenError::Newer { folder, found, known: KNOWN }),
        None => Err(OpenError::NoLog { folder, reason: "has a damaged FORMAT file" }),
    }
}

/// Whether a release wrote the folder last that did not settle at open what the last write had left in doubt.
pub(crate) fn is_older(directory: &Directory) -> Result<bool, OpenError> {
    Ok(marked(directory.root())?.is_some_and(|format| format < KNOWN))
}

/// Marks a folder of an older format with that of this release, so that no older one takes what is written from now on for
/// damage. Leaves a folder without a mark as it is.
pub(crate) fn raise(directory: &Directory) -> Result<(), OpenError> {
    match marked(directory.root())? {
        Some(OLDEST..KNOWN) => write(directory),
        _ => Ok(()),
    }
}

/// Marks the folder with the format of this release.
pub(crate) fn write(directory: &Directory) -> Result<(), OpenError> {
    let path = directory.root().join("FORMAT");
    put_file(&path, text(KNOWN).as_bytes()).map(drop).map_err(OpenError::io("write", &path))
}

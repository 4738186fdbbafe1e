//! The file that says a folder is a log, and in which format.

use std::{fs, io, path::Path};

use crate::{
    OpenError,
    directory::{Directory, put_file},
};

const KNOWN: u32 = 1;

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
    /// A log of a format that this release knows.
    Known,
    /// Nothing yet.
    None,
}

/// Checks the format of the folder.
pub(crate) fn check(directory: &Directory, is_empty: bool) -> Result<Mark, OpenError> {
    if is_marked(directory.root())? {
        return Ok(Mark::Known);
    }
    if is_empty { Ok(Mark::None) } else { Err(unmarked(directory.root())) }
}

/// Checks the format of a folder that must be a log.
pub(crate) fn check_marked(folder: &Path) -> Result<(), OpenError> {
    if is_marked(folder)? { Ok(()) } else { Err(unmarked(folder)) }
}

fn unmarked(folder: &Path) -> OpenError {
    OpenError::NoLog { folder: folder.to_owned(), reason: "has segments, but no FORMAT file" }
}

/// Whether a folder has this format; false if it has none.
fn is_marked(folder: &Path) -> Result<bool, OpenError> {
    let path = folder.join("FORMAT");
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(OpenError::io("read", &path)(error)),
    };
    let folder = folder.to_owned();
    match std::str::from_utf8(&bytes).ok().and_then(version) {
        Some(KNOWN) => Ok(true),
        Some(found) => Err(OpenError::Newer { folder, found, known: KNOWN }),
        None => Err(OpenError::NoLog { folder, reason: "has a damaged FORMAT file" }),
    }
}

/// Marks the folder with the format of this release.
pub(crate) fn write(directory: &Directory) -> Result<(), OpenError> {
    let path = directory.root().join("FORMAT");
    put_file(&path, text(KNOWN).as_bytes()).map(drop).map_err(OpenError::io("write", &path))
}

//! The file that says a folder is a log, and in which format.

use std::{fs, io};

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

/// Checks the format of the folder; marks a new one.
pub(crate) fn check(directory: &Directory, is_empty: bool) -> Result<(), OpenError> {
    let path = directory.root().join("FORMAT");
    let folder = || directory.root().to_owned();
    match fs::read(&path) {
        Ok(bytes) => match std::str::from_utf8(&bytes).ok().and_then(version) {
            Some(KNOWN) => Ok(()),
            Some(found) => Err(OpenError::Newer { folder: folder(), found, known: KNOWN }),
            None => Err(OpenError::NoLog { folder: folder(), reason: "has a damaged FORMAT file" }),
        },
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OpenError::io("read", &path)(error)),
        Err(_) if !is_empty => {
            Err(OpenError::NoLog { folder: folder(), reason: "has segments, but no FORMAT file" })
        }
        Err(_) => write(directory),
    }
}

/// Marks the folder with the format of this release.
pub(crate) fn write(directory: &Directory) -> Result<(), OpenError> {
    let path = directory.root().join("FORMAT");
    put_file(&path, text(KNOWN).as_bytes()).map(drop).map_err(OpenError::io("write", &path))
}

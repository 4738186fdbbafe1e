//! Takes bytes out of the log without losing them.

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use resit_event_log::Position;

use crate::{
    OpenError, SetAside,
    directory::{Directory, sync_folder},
    segment,
};

/// Moves all of a segment from `offset` on into the folder `torn`, and cuts the segment there. The bytes are on disk
/// in their new place before they leave the old one.
pub(crate) fn set_aside(
    directory: &Directory,
    first: u64,
    offset: u64,
    position_before: Position,
) -> Result<SetAside, OpenError> {
    let path = directory.segment(first);
    let kept = keep_tail(directory, first, offset, position_before)?;
    let cut = || {
        if offset == 0 {
            fs::remove_file(&path)?;
            return sync_folder(&directory.log());
        }
        let file = File::options().write(true).open(&path)?;
        file.set_len(offset)?;
        file.sync_all()
    };
    cut().map_err(OpenError::io("cut", &path))?;
    Ok(kept)
}

/// Copies all of a segment from `offset` on into the folder `torn`, durably, before it is cut off.
pub(crate) fn keep_tail(
    directory: &Directory,
    first: u64,
    offset: u64,
    position_before: Position,
) -> Result<SetAside, OpenError> {
    let (kept_in, bytes) = keep(directory, &directory.segment(first), first, offset)?;
    let segment = segment::file_name(first);
    tracing::warn!(segment, offset, bytes, kept_in = %kept_in.display(), "took the end of a segment out of the log");
    Ok(SetAside { segment, offset, bytes, position_before, kept_in })
}

/// Copies all of a segment from `offset` on into the folder `torn`, durably.
pub(crate) fn keep(
    directory: &Directory,
    path: &Path,
    first: u64,
    offset: u64,
) -> Result<(PathBuf, u64), OpenError> {
    let folder = directory.torn();
    fs::create_dir_all(&folder).map_err(OpenError::io("create", &folder))?;
    let copy = || {
        let mut from = File::open(path)?;
        from.seek(SeekFrom::Start(offset))?;
        let (mut to, kept_in) = new_file(&folder, first, offset)?;
        let bytes = io::copy(&mut from, &mut to)?;
        to.sync_all()?;
        sync_folder(&folder)?;
        sync_folder(directory.root())?;
        Ok((kept_in, bytes))
    };
    copy().map_err(OpenError::io("set aside", path))
}

/// Never overwrites what an earlier crash left at the same place.
fn new_file(folder: &Path, first: u64, offset: u64) -> io::Result<(File, PathBuf)> {
    let mut number = 0;
    loop {
        let suffix = if number == 0 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{first:020}-{offset}{suffix}.bin"));
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            other => return other.map(|file| (file, path)),
        }
    }
}

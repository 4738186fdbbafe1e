//! What the segments say at open: where the log ends, and whether that can be believed.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::Path,
};

use resit_event_log::Position;

use crate::{
    Damage, OpenError, SetAside,
    check::{BEGINNING, End, check, check_header, check_sealed},
    directory::{Directory, put_file, sync_folder},
    disk::{self, end_with},
    format,
    index::LiveIndex,
    segment::{Cursor, Footer, SegmentHeader},
    set_aside::set_aside,
};

/// The log as its segments tell it.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// All segments but the last: first position and footer.
    pub(crate) sealed: Vec<(u64, Footer)>,
    pub(crate) active: RecoveredActive,
    pub(crate) torn: Option<SetAside>,
}

/// The segment that takes records.
#[derive(Debug)]
pub(crate) struct RecoveredActive {
    pub(crate) file: File,
    pub(crate) cursor: Cursor,
    pub(crate) index: LiveIndex,
}

impl RecoveredActive {
    /// A segment that has nothing but its header.
    fn behind(header: SegmentHeader, before: Footer, file: File) -> Self {
        let cursor = Cursor::behind(header, before.recorded_at);
        Self { file, cursor, index: LiveIndex::new(header.first) }
    }
}

/// Reads the last segment, and the ends of all others.
pub(crate) fn recover(directory: &Directory, firsts: &[u64]) -> Result<Recovered, OpenError> {
    let mut before = BEGINNING;
    let mut sealed = Vec::with_capacity(firsts.len());
    let Some((last, all_but_last)) = firsts.split_last() else {
        let active = follow(directory, before)?;
        return Ok(Recovered { sealed, active, torn: None });
    };
    for first in all_but_last {
        before = sealed_segment(directory, *first, before)?;
        sealed.push((*first, before));
    }
    // Its header was on the disk before it had its name: no crash takes that away, and without it records may be gone.
    let path = directory.segment(*last);
    let bytes = read_segment(&path)?;
    let mut index = LiveIndex::new(*last);
    let end =
        check(*last, &bytes, before, |offset, header, payload| index.insert_payload(offset, header, payload));
    let (cursor, torn) = match end {
        End::Damaged(_, damage) => return Err(OpenError::Damaged(damage)),
        End::Sealed(footer) => {
            // The process ended just before it named the next one; the footer may be in the page cache alone.
            let end = || {
                let file = File::options().write(true).open(&path)?;
                end_with(&file, footer)?;
                file.sync_all()
            };
            end().map_err(OpenError::io("sync", &path))?;
            sealed.push((*last, footer));
            return Ok(Recovered { sealed, active: follow(directory, footer)?, torn: None });
        }
        End::Open(cursor) => (cursor, None),
        End::Torn(cursor) => {
            (cursor, Some(set_aside(directory, *last, cursor.offset, Position(cursor.next - 1))?))
        }
    };
    // A process that died between a write and its sync leaves frames that only the page cache has.
    let reopen = || File::options().read(true).write(true).open(&path).and_then(|f| f.sync_all().map(|()| f));
    let file = reopen().map_err(OpenError::io("open for writing", &path))?;
    let active = of_this_release(directory, before, RecoveredActive { file, cursor, index })?;
    Ok(Recovered { sealed, active, torn })
}

/// Makes the first segment of a log that is not one yet, under a name that is not its own yet: only then may the folder be
/// marked as a log.
pub(crate) fn first_segment(directory: &Directory) -> Result<(), OpenError> {
    let path = directory.unnamed(1);
    disk::begin(&path, header_behind(BEGINNING)).map(drop).map_err(OpenError::io("create", &path))
}

fn header_behind(before: Footer) -> SegmentHeader {
    SegmentHeader::new(before.last + 1, before.digest)
}

/// The header of the segment that follows on a footer, if it is there without its name: it is made before the footer is. An
/// earlier release may have made it.
pub(crate) fn begun(directory: &Directory, before: Footer) -> Result<Option<SegmentHeader>, OpenError> {
    let expected = header_behind(before);
    let path = directory.unnamed(expected.first);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io("read", &path)(error)),
    };
    let header = SegmentHeader::decode(&bytes).ok().filter(|_| bytes.len() == SegmentHeader::LEN);
    Ok(header.filter(|header| header.has_place_of(&expected)))
}

/// Takes up the segment that follows on a footer and has no name yet.
fn follow(directory: &Directory, before: Footer) -> Result<RecoveredActive, OpenError> {
    let Some(header) = begun(directory, before)? else {
        return Err(OpenError::Damaged(Damage::gone(before)));
    };
    let path = directory.segment(header.first);
    let name = || {
        let file = File::options().read(true).write(true).open(directory.unnamed(header.first))?;
        fs::rename(directory.unnamed(header.first), &path)?;
        sync_folder(&directory.log()).map(|()| file)
    };
    let file = name().map_err(OpenError::io("name", &path))?;
    of_this_release(directory, before, RecoveredActive::behind(header, before, file))
}

/// An older segment without a record gives way to one of this release, for it is to take records. One with records is
/// closed by the next write.
fn of_this_release(
    directory: &Directory,
    before: Footer,
    active: RecoveredActive,
) -> Result<RecoveredActive, OpenError> {
    let is_usable = active.cursor.frames > 0 || active.cursor.is_current();
    if is_usable { Ok(active) } else { begin(directory, before) }
}

/// Begins the segment that follows on a footer.
pub(crate) fn begin(directory: &Directory, before: Footer) -> Result<RecoveredActive, OpenError> {
    format::raise(directory)?;
    let header = header_behind(before);
    let path = directory.segment(header.first);
    let file = put_file(&path, &header.encode()).map_err(OpenError::io("create", &path))?;
    Ok(RecoveredActive::behind(header, before, file))
}

/// Trusts a sealed segment by its header and its footer, without reading what is between.
fn sealed_segment(directory: &Directory, first: u64, before: Footer) -> Result<Footer, OpenError> {
    let path = directory.segment(first);
    let ends = read_ends(&path).map_err(OpenError::io("read", &path))?;
    if let Some((header, footer)) = ends {
        return check_header(first, &header, before).map(|_| footer).map_err(OpenError::Damaged);
    }
    // Something is wrong near the end. Only a look at the whole can say where it starts.
    let bytes = read_segment(&path)?;
    let sealed = check_sealed(first, &bytes, before, |_, _, _| Ok(()));
    sealed.map_err(|(_, damage)| OpenError::Damaged(damage))
}

/// The header, and the footer if there is one.
fn read_ends(path: &Path) -> io::Result<Option<([u8; SegmentHeader::LEN], Footer)>> {
    const ENDS: u64 = (SegmentHeader::LEN + Footer::LEN) as u64;
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    if len < ENDS {
        return Ok(None);
    }
    let mut header = [0; SegmentHeader::LEN];
    let mut footer = [0; Footer::LEN];
    let footer_at = len - Footer::LEN as u64;
    file.read_exact_at(&mut header, 0)?;
    file.read_exact_at(&mut footer, footer_at)?;
    Ok(Footer::decode(&footer).filter(|footer| footer.offset == footer_at).map(|footer| (header, footer)))
}

/// Reads a whole segment.
pub(crate) fn read_segment(path: &Path) -> Result<Vec<u8>, OpenError> {
    fs::read(path).map_err(OpenError::io("read", path))
}

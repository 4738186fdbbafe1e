//! What the segments say at open: where the log ends, and whether that can be believed.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use resit_event_log::Position;

use crate::{
    Damage, OpenError, Seed, SetAside,
    check::{BEGINNING, End, check, check_header, check_sealed},
    directory::{Directory, put_file, sync_folder},
    disk, format,
    index::LiveIndex,
    segment::{Cursor, Footer, FrameHeader, SegmentHeader, Version},
    set_aside::keep_tail,
    settle::InDoubt,
    stop::{self, Stop},
};

/// The log as its segments tell it.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// All segments but the last: first position and footer.
    pub(crate) sealed: Vec<(u64, Footer)>,
    pub(crate) active: RecoveredActive,
    pub(crate) torn: Option<SetAside>,
    /// Whether the mark of a clean stop names this very end.
    pub(crate) is_stopped: bool,
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

/// Reads the last segment, and the ends of all others. What the last write left in doubt is settled.
pub(crate) fn recover(directory: &Directory, firsts: &[u64], seed: Seed) -> Result<Recovered, OpenError> {
    let mut before = BEGINNING;
    let mut sealed = Vec::with_capacity(firsts.len());
    let stop = Stop::find(&directory.log())?;
    let Some((last, all_but_last)) = firsts.split_last() else {
        let active = follow(directory, before, seed)?;
        return Ok(Recovered { sealed, active, torn: None, is_stopped: false });
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
    let (cursor, is_torn) = match end {
        End::Damaged(_, damage) => return Err(OpenError::Damaged(damage)),
        End::Sealed(footer) => {
            // The process ended just before it named the next one.
            let header = begun(directory, footer)?.ok_or(OpenError::Damaged(Damage::gone(footer)))?;
            if let Some(stop) = stop {
                let next = Cursor::behind(header, footer.recorded_at);
                stop.check(stop::End::of(header.first, &next)).map_err(OpenError::Damaged)?;
            }
            let past_end =
                Cursor { offset: footer.end(), next: footer.last + 1, ..Cursor::nowhere(*last, before) };
            in_doubt(directory, path, &bytes, &past_end, &index)?.settle()?;
            sealed.push((*last, footer));
            let active = follow(directory, footer, seed)?;
            return Ok(Recovered { sealed, active, torn: None, is_stopped: false });
        }
        End::Open(cursor) => (cursor, false),
        End::Torn(cursor) => (cursor, true),
    };
    let mut torn = None;
    let file = if let Some(stop) = stop {
        if is_torn {
            return Err(OpenError::Damaged(stop.torn(stop::End::of(*last, &cursor))));
        }
        stop.check(stop::End::of(*last, &cursor)).map_err(OpenError::Damaged)?;
        let file = File::options().read(true).write(true).open(&path);
        file.map_err(OpenError::io("open for writing", &path))?
    } else {
        if is_torn {
            torn = Some(keep_tail(directory, *last, cursor.offset, Position(cursor.next - 1))?);
        }
        let file = in_doubt(directory, path, &bytes, &cursor, &index)?.settle()?;
        sync_folder(&directory.log()).map_err(OpenError::io("sync", &directory.log()))?;
        file
    };
    let active = of_this_release(directory, before, RecoveredActive { file, cursor, index }, seed)?;
    let is_stopped = matches!(stop, Some(Stop::At(_))) && active.cursor == cursor;
    Ok(Recovered { sealed, active, torn, is_stopped })
}

/// What the last process may not have synced in the last segment: the last write, and all behind it. A write begins
/// only after the sync of the one before has succeeded, so what is before it is on the disk. Earlier releases believed the page
/// cache and went on: of what they wrote, the whole segment is in doubt.
fn in_doubt<'a>(
    directory: &Directory,
    path: PathBuf,
    bytes: &'a [u8],
    cursor: &Cursor,
    index: &LiveIndex,
) -> Result<InDoubt<'a>, OpenError> {
    let whole = InDoubt::whole(path, index.first(), bytes, cursor);
    let last_frame = index.offset(cursor.next - 1);
    if format::is_older(directory)? {
        return Ok(whole);
    }
    let Some(offset) = last_frame else { return Ok(whole) };
    let version = SegmentHeader::decode(bytes).map(|header| header.version);
    let header = version.ok().and_then(|version| {
        let block = bytes.get(offset as usize..)?.first_chunk()?;
        FrameHeader::decode(block, version)
    });
    let position = header.map_or(index.first(), |header| header.write_first());
    let from = match index.offset(position) {
        // The first write shares its sector with the header.
        Some(offset) if position > index.first() => offset.into(),
        _ => return Ok(whole),
    };
    Ok(InDoubt { from, position, ..whole })
}

/// Makes the first segment of a log that is not one yet, under a name that is not its own yet: only then may the folder be
/// marked as a log.
pub(crate) fn first_segment(directory: &Directory, seed: Seed) -> Result<(), OpenError> {
    let path = directory.unnamed(1);
    let header = header_behind(BEGINNING, seed);
    disk::begin(&path, header).map(drop).map_err(OpenError::io("create", &path))
}

fn header_behind(before: Footer, seed: Seed) -> SegmentHeader {
    SegmentHeader::new(before.last + 1, before.digest, seed)
}

/// The header of the segment that follows on a footer, if it is there without its name: it is made before the footer is. An
/// earlier release may have made it.
pub(crate) fn begun(directory: &Directory, before: Footer) -> Result<Option<SegmentHeader>, OpenError> {
    let path = directory.unnamed(before.last + 1);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(OpenError::io("read", &path)(error)),
    };
    let header = SegmentHeader::decode(&bytes).ok();
    let header = header.filter(|header| bytes.len() == header.version.header_len());
    Ok(header.filter(|header| header.follows(before.last, before.digest)))
}

/// Takes up the segment that follows on a footer and has no name yet.
fn follow(directory: &Directory, before: Footer, seed: Seed) -> Result<RecoveredActive, OpenError> {
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
    of_this_release(directory, before, RecoveredActive::behind(header, before, file), seed)
}

/// An older segment without a record gives way to one of this release, for it is to take records. One with records is
/// closed by the next write.
fn of_this_release(
    directory: &Directory,
    before: Footer,
    active: RecoveredActive,
    seed: Seed,
) -> Result<RecoveredActive, OpenError> {
    let is_usable = active.cursor.frames > 0 || active.cursor.is_current();
    if is_usable { Ok(active) } else { begin(directory, before, seed) }
}

/// Begins the segment that follows on a footer.
pub(crate) fn begin(directory: &Directory, before: Footer, seed: Seed) -> Result<RecoveredActive, OpenError> {
    format::raise(directory)?;
    put_segment(directory, header_behind(before, seed), before)
}

/// Puts a segment without a record in its place.
pub(crate) fn put_segment(
    directory: &Directory,
    header: SegmentHeader,
    before: Footer,
) -> Result<RecoveredActive, OpenError> {
    let path = directory.segment(header.first);
    let put = || {
        stop::clear(&directory.log())?;
        put_file(&path, &header.encode())
    };
    let file = put().map_err(OpenError::io("create", &path))?;
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
fn read_ends(path: &Path) -> io::Result<Option<(Vec<u8>, Footer)>> {
    let file = File::open(path)?;
    let Some(footer_at) = file.metadata()?.len().checked_sub(Footer::LEN as u64) else { return Ok(None) };
    let mut header = vec![0; Version::HEADER_LEN_MAX.min(usize::try_from(footer_at).unwrap_or(usize::MAX))];
    let mut footer = [0; Footer::LEN];
    file.read_exact_at(&mut header, 0)?;
    file.read_exact_at(&mut footer, footer_at)?;
    let Ok(SegmentHeader { version, .. }) = SegmentHeader::decode(&header) else { return Ok(None) };
    let footer = Footer::decode(&footer, version).filter(|footer| footer.offset == footer_at);
    Ok(footer.map(|footer| (header, footer)))
}

/// Reads a whole segment.
pub(crate) fn read_segment(path: &Path) -> Result<Vec<u8>, OpenError> {
    fs::read(path).map_err(OpenError::io("read", path))
}

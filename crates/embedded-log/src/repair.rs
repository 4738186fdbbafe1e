//! Makes a damaged log usable again, at the price of all that can't be trusted. Only ever done when asked for.

use std::{fs::File, os::unix::fs::FileExt, path::Path};

use resit_event_log::Position;

use crate::{
    Damage, OpenError, RepairReport, SetAside,
    check::{BEGINNING, Closing, End, check, check_sealed},
    directory::Directory,
    format::{self, Mark},
    index,
    recover::{begin, begun, first_segment, read_segment},
    segment::{Cursor, Footer, SegmentHeader, Version},
    set_aside::{keep, set_aside},
};

/// Takes out of a log all that damage made untrustworthy, and keeps it in the folder `torn`: nothing is deleted.
///
/// A header or footer whose frames prove what it must have been is written anew, and costs nothing. Behind any other
/// damage the log ends: verify first to see how much that is. Does nothing to a sound log.
///
/// # Errors
///
/// If the folder can't be read or written.
pub fn repair(folder: &Path) -> Result<RepairReport, OpenError> {
    let directory = Directory::lock(folder)?;
    let firsts = directory.segments()?;
    match format::check(&directory, firsts.is_empty()) {
        // Every segment names its version, so what this file said is known.
        Err(OpenError::NoLog { .. }) => format::write(&directory)?,
        Ok(Mark::None) => {
            first_segment(&directory)?;
            format::write(&directory)?;
        }
        Ok(Mark::Known) => {}
        Err(error) => return Err(error),
    }
    let mut report = RepairReport { damages: Vec::new(), set_aside: Vec::new(), mended: Vec::new() };
    let mut before = BEGINNING;
    let mut ends_sealed = firsts.is_empty();
    for (at, first) in firsts.iter().enumerate() {
        let bytes = read_segment(&directory.segment(*first))?;
        let next = firsts.get(at + 1).copied();
        let (cursor, damage) = match sound_end(*first, &bytes, before, next) {
            Ok((footer, end)) => {
                (before, ends_sealed) = (footer, end == Closing::Footer);
                continue;
            }
            Err(found) => found,
        };
        report.damages.push(damage);
        let mended = mend(&directory, *first, bytes, before, &cursor, next)?;
        if let Some((footer, kept)) = mended {
            (before, ends_sealed) = (footer, false);
            report.mended.push(kept);
            continue;
        }
        // From the end, so that a crash on the way leaves a log without gaps.
        for later in firsts[at + 1..].iter().rev() {
            report.set_aside.push(set_aside(&directory, *later, 0, Position(later - 1))?);
        }
        report.set_aside.push(set_aside(&directory, *first, cursor.offset, Position(cursor.next - 1))?);
        report.set_aside.reverse();
        // Without one byte of it left, nothing follows on what is before.
        if cursor.offset == 0 {
            begin(&directory, before)?;
        }
        ends_sealed = false;
        break;
    }
    if ends_sealed && begun(&directory, before)?.is_none() {
        report.damages.push(Damage::gone(before));
        begin(&directory, before)?;
    }
    if !report.damages.is_empty() {
        index::remove(&directory.index()).map_err(OpenError::io("remove", &directory.index()))?;
    }
    Ok(report)
}

/// Where a segment ends, if it is sound.
fn sound_end(
    first: u64,
    bytes: &[u8],
    before: Footer,
    next: Option<u64>,
) -> Result<(Footer, Closing), (Cursor, Damage)> {
    if next.is_some() {
        return check_sealed(first, bytes, before, |_, _, _| Ok(())).map(|footer| (footer, Closing::Footer));
    }
    match check(first, bytes, before, |_, _, _| Ok(())) {
        End::Sealed(footer) => Ok((footer, Closing::Footer)),
        // The next open deals with a cut.
        End::Open(cursor) | End::Torn(cursor) => Ok((cursor.footer(), Closing::Frame)),
        End::Damaged(cursor, damage) => Err((cursor, damage)),
    }
}

/// The header or the footer that stood where the damage is, if the frames prove it, and what the segment comes to with it, which
/// `bytes` then are.
fn proven(
    first: u64,
    bytes: &mut Vec<u8>,
    before: Footer,
    cursor: &Cursor,
    next: Option<u64>,
) -> Option<(Vec<u8>, Footer)> {
    let blocks = if cursor.offset > 0 {
        // A footer is only ever missing where another segment follows.
        next?;
        vec![cursor.footer().encode().to_vec()]
    } else if SegmentHeader::decode(bytes).is_err() {
        let header = |version| SegmentHeader { version, ..SegmentHeader::new(first, before.digest) };
        Version::ALL.map(|version| header(version).encode().to_vec()).to_vec()
    } else {
        // It is sound, and says that the segment belongs elsewhere.
        return None;
    };
    let at = usize::try_from(cursor.offset).expect("it lies inside of the bytes at hand");
    if at > 0 {
        bytes.truncate(at);
    }
    blocks.into_iter().find_map(|block| {
        bytes.resize(bytes.len().max(at + block.len()), 0);
        bytes[at..at + block.len()].copy_from_slice(&block);
        let (footer, _) = sound_end(first, bytes, before, next).ok()?;
        let fits = next.is_none_or(|next| next == footer.last + 1) && footer.frames > 0;
        fits.then_some((block, footer))
    })
}

/// Writes a header or a footer anew, if all frames are there to prove it. The damaged file is kept as it was.
fn mend(
    directory: &Directory,
    first: u64,
    mut bytes: Vec<u8>,
    before: Footer,
    cursor: &Cursor,
    next: Option<u64>,
) -> Result<Option<(Footer, SetAside)>, OpenError> {
    let Some((block, footer)) = proven(first, &mut bytes, before, cursor, next) else {
        return Ok(None);
    };
    let offset = cursor.offset;
    let path = directory.segment(first);
    let (kept_in, kept) = keep(directory, &path, first, offset)?;
    let write = || {
        let file = File::options().write(true).open(&path)?;
        file.set_len(bytes.len() as u64)?;
        file.write_all_at(&block, offset)?;
        file.sync_all()
    };
    write().map_err(OpenError::io("mend", &path))?;
    let segment = crate::segment::file_name(first);
    let position_before = Position(if offset == 0 { first - 1 } else { footer.last });
    Ok(Some((footer, SetAside { segment, offset, bytes: kept, position_before, kept_in })))
}

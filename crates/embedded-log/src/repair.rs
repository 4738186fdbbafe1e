//! Makes a damaged log usable again, at the price of all that can't be trusted. Only ever done when asked for.

use std::path::Path;

use resit_event_log::Position;

use crate::{
    Damage, OpenError, RepairReport, Seed, SetAside,
    check::{BEGINNING, Closing, End, check, check_sealed},
    directory::{Directory, put_file},
    format::{self, Mark},
    index,
    recover::{begin, begun, first_segment, read_segment},
    segment::{Cursor, Footer, SegmentHeader},
    set_aside::{keep, set_aside},
    stop::{self, Stop},
};

/// Takes out of a log all that damage made untrustworthy, and keeps it in the folder `torn`: nothing is deleted.
///
/// A header or footer whose frames prove what it must have been is written anew, and costs nothing. Behind any other
/// damage the log ends: verify first to see how much that is. Does nothing to a sound log.
///
/// A segment that follows on what is left is salted by the seed, as in [`crate::Config`].
///
/// # Errors
///
/// If the folder can't be read or written.
pub fn repair(folder: &Path, seed: Seed) -> Result<RepairReport, OpenError> {
    let directory = Directory::lock(folder)?;
    let firsts = directory.segments()?;
    match format::check(&directory, firsts.is_empty()) {
        // Every segment names its version, so what this file said is known.
        Err(OpenError::NoLog { .. }) => format::write(&directory)?,
        Ok(Mark::None) => {
            first_segment(&directory, seed)?;
            format::write(&directory)?;
        }
        Ok(Mark::Known) => {}
        Err(error) => return Err(error),
    }
    let mut report = RepairReport { damages: Vec::new(), set_aside: Vec::new(), mended: Vec::new() };
    let stop = Stop::find(&directory.log())?;
    let mut before = BEGINNING;
    let mut ends_sealed = firsts.is_empty();
    for (at, first) in firsts.iter().enumerate() {
        let bytes = read_segment(&directory.segment(*first))?;
        let (bytes_len, next) = (bytes.len() as u64, firsts.get(at + 1).copied());
        let (cursor, damage) = match sound_end(*first, &bytes, before, next, stop) {
            Ok((footer, end)) => {
                (before, ends_sealed) = (footer, end == Closing::Footer);
                continue;
            }
            Err(found) => found,
        };
        report.damages.push(damage);
        // It names an end that is given up.
        stop::clear(&directory.log()).map_err(OpenError::io("remove", &stop::path(&directory.log())))?;
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
        // After a clean stop the end may be gone, and then there is nothing to set aside.
        if cursor.offset == 0 || cursor.offset < bytes_len {
            report.set_aside.push(set_aside(&directory, *first, cursor.offset, Position(cursor.next - 1))?);
        }
        report.set_aside.reverse();
        // Without one byte of it left, nothing follows on what is before.
        if cursor.offset == 0 {
            begin(&directory, before, seed)?;
        }
        ends_sealed = false;
        break;
    }
    if ends_sealed && begun(&directory, before)?.is_none() {
        report.damages.push(Damage::gone(before));
        begin(&directory, before, seed)?;
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
    stop: Option<Stop>,
) -> Result<(Footer, Closing), (Cursor, Damage)> {
    if next.is_some() {
        return check_sealed(first, bytes, before, |_, _, _| Ok(())).map(|footer| (footer, Closing::Footer));
    }
    match check(first, bytes, before, |_, _, _| Ok(())) {
        End::Sealed(footer) => Ok((footer, Closing::Footer)),
        End::Torn(cursor) if let Some(stop) = stop => Err((cursor, stop.torn(stop::End::of(first, &cursor)))),
        // The next open deals with a cut.
        End::Torn(cursor) => Ok((cursor.footer(), Closing::Frame)),
        End::Open(cursor) => match stop.map_or(Ok(()), |stop| stop.check(stop::End::of(first, &cursor))) {
            Ok(()) => Ok((cursor.footer(), Closing::Frame)),
            Err(damage) => Err((cursor, damage)),
        },
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
) -> Option<Footer> {
    let blocks = if cursor.offset > 0 {
        // A footer is only ever missing where another segment follows.
        next?;
        vec![cursor.footer().encode(cursor.version).to_vec()]
    } else if SegmentHeader::decode(bytes).is_err() {
        let header = |version| SegmentHeader { version, first, digest_before: before.digest };
        let versions = SegmentHeader::versions_of_damaged(bytes).into_iter();
        versions.map(|version| header(version).encode()).collect()
    } else {
        // It is sound, and says that the segment belongs elsewhere.
        return None;
    };
    let damaged = bytes.clone();
    let at = usize::try_from(cursor.offset).expect("it lies inside of the bytes at hand");
    blocks.into_iter().find_map(|block| {
        bytes.clone_from(&damaged);
        if at > 0 {
            bytes.truncate(at);
        }
        bytes.resize(bytes.len().max(at + block.len()), 0);
        bytes[at..at + block.len()].copy_from_slice(&block);
        let (footer, _) = sound_end(first, bytes, before, next, None).ok()?;
        let fits = next.is_none_or(|next| next == footer.last + 1) && footer.frames > 0;
        fits.then_some(footer)
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
    let Some(footer) = proven(first, &mut bytes, before, cursor, next) else {
        return Ok(None);
    };
    let offset = cursor.offset;
    let path = directory.segment(first);
    let (kept_in, kept) = keep(directory, &path, first, offset)?;
    // As a file of its own: in place, a failed sync would leave it in the page cache alone.
    put_file(&path, &bytes).map(drop).map_err(OpenError::io("mend", &path))?;
    let segment = crate::segment::file_name(first);
    let position_before = Position(if offset == 0 { first - 1 } else { footer.last });
    Ok(Some((footer, SetAside { segment, offset, bytes: kept, position_before, kept_in })))
}

//! A copy of a log that ends where an operator says.

use std::path::{Path, PathBuf};

use resit_event_log::Position;

use crate::{
    CopyReport, Damage, NoBoundary, OpenError,
    check::{self, BEGINNING, Closing, End, check},
    copy::{TRIES_MAX, following},
    digest::Digesting,
    directory::{Directory, put_file, segments_in},
    format,
    recover::{self, read_segment},
    segment::{self, Footer, FrameHeader, SegmentHeader},
};

/// Copies a log as [`crate::copy`] does, up to the commit whose last record is at `until`. What follows is neither copied nor
/// checked; the original stays as it is.
///
/// # Errors
///
/// As of [`crate::copy`], and [`OpenError::NoBoundary`] if no commit ends there. Nothing is left in the copy's folder then but
/// segments that are not taken for a log.
pub fn copy_until(from: &Path, to: &Path, until: Position) -> Result<CopyReport, OpenError> {
    let Begun { source, firsts, copy } = begin(from, to)?;
    let (mut before, mut bytes, mut digest) = (BEGINNING, 0, Digesting::default());
    for (segments, first) in (1..).zip(&firsts) {
        let path = source.join(segment::file_name(*first));
        let is_followed = segments < firsts.len();
        let Part { mut whole, end, digest: with_these, cut } =
            segment_until(&path, *first, before, &digest, until.0, is_followed)?;
        if let Cut::At(offset) = cut {
            whole.truncate(offset);
        }
        put_file(&copy.segment(*first), &whole).map_err(OpenError::io("write", &copy.segment(*first)))?;
        (before, bytes, digest) = (end, bytes + whole.len() as u64, with_these);
        let (head, digest) = (until, digest.so_far());
        match cut {
            Cut::No => {}
            Cut::At(_) => {
                format::write(&copy)?;
                return Ok(CopyReport { head, segments, bytes, digest, is_cut: true });
            }
            Cut::AtEnd(closing) => {
                if closing == Closing::Footer {
                    let header = following(&source, end)?.ok_or(OpenError::Damaged(Damage::gone(end)))?;
                    recover::put_segment(&copy, header, end)?;
                }
                format::write(&copy)?;
                let is_cut = is_followed && source_goes_on(&source, end)?;
                let segments = segments + usize::from(closing == Closing::Footer);
                return Ok(CopyReport { head, segments, bytes, digest, is_cut });
            }
        }
    }
    let head = Position(before.last);
    Err(OpenError::NoBoundary(NoBoundary::PastEnd { position: until, head }))
}

/// A copy that was begun.
struct Begun {
    /// The folder of the original's segments, and what they begin with.
    source: PathBuf,
    firsts: Vec<u64>,
    copy: Directory,
}

fn begin(from: &Path, to: &Path) -> Result<Begun, OpenError> {
    let source = from.join("log");
    format::check_marked(from)?;
    let firsts = segments_in(&source)?;
    let copy = Directory::lock(to)?;
    if to.join("FORMAT").exists() || !copy.segments()?.is_empty() {
        let occupied = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(OpenError::io("copy a log into", to)(occupied));
    }
    if firsts.is_empty() {
        return Err(OpenError::Damaged(Damage::gone(BEGINNING)));
    }
    Ok(Begun { source, firsts, copy })
}

/// A segment of a copy that ends somewhere.
struct Part {
    whole: Vec<u8>,
    end: Footer,
    digest: Digesting,
    cut: Cut,
}

/// Whether a copy ends in a segment.
#[derive(Clone, Copy)]
enum Cut {
    /// It goes on.
    No,
    /// Before a byte of it, behind which there is more.
    At(usize),
    /// With its last frame.
    AtEnd(Closing),
}

/// Reads a segment, as far as it has to be read.
fn segment_until(
    path: &Path,
    first: u64,
    before: Footer,
    digest: &Digesting,
    until: u64,
    is_followed: bool,
) -> Result<Part, OpenError> {
    let mut tries = 1;
    loop {
        let mut whole = read_segment(path)?;
        let (mut digest, mut last, mut found) = (digest.clone(), before.last, None);
        let mut inside = None;
        let version = SegmentHeader::decode(&whole).ok().map(|header| header.version);
        let checked = check(first, &whole, before, |offset, header: &FrameHeader, payload| {
            if header.last() <= until {
                digest.take_in(header, payload);
                let is_end = header.last() == until;
                found = version.filter(|_| is_end).map(|version| offset as usize + header.frame_len(version));
            } else if header.first <= until {
                inside = Some(NoBoundary::Inside {
                    position: Position(until),
                    before: Position(last),
                    end: Position(header.last()),
                });
            }
            last = header.last();
            Ok(())
        });
        if let Some(inside) = inside {
            return Err(OpenError::NoBoundary(inside));
        }
        // What follows the cut is not looked at: it may be damaged, or just being written.
        if let Some(offset) = found
            && last > until
        {
            let end = Footer { last: until, ..before };
            return Ok(Part { whole, end, digest, cut: Cut::At(offset) });
        }
        let (len, end, closing) = match checked {
            End::Sealed(footer) => (footer.end(), footer, Closing::Footer),
            End::Open(cursor) | End::Torn(cursor) if !is_followed => {
                (cursor.offset, cursor.footer(), Closing::Frame)
            }
            End::Damaged(cursor, _) if found.is_some() => (cursor.offset, cursor.footer(), Closing::Frame),
            End::Open(cursor) | End::Torn(cursor) => {
                return Err(OpenError::Damaged(check::cut(first, &cursor)));
            }
            End::Damaged(_, damage) if is_followed || tries == TRIES_MAX => {
                return Err(OpenError::Damaged(damage));
            }
            End::Damaged(..) => {
                tries += 1;
                continue;
            }
        };
        whole.truncate(usize::try_from(len).expect("it lies inside of the bytes at hand"));
        let cut = if found.is_some() { Cut::AtEnd(closing) } else { Cut::No };
        return Ok(Part { whole, end, digest, cut });
    }
}

/// Whether a log has a record behind a footer.
fn source_goes_on(log: &Path, footer: Footer) -> Result<bool, OpenError> {
    let path = log.join(segment::file_name(footer.last + 1));
    let next = read_segment(&path)?;
    let mut has_frame = false;
    // Whatever is wrong with it is not copied.
    check(footer.last + 1, &next, footer, |_, _, _| {
        has_frame = true;
        Ok(())
    });
    Ok(has_frame)
}

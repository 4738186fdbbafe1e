//! A copy of a log, made while another process may be writing it.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use resit_event_log::Position;

use crate::{
    Damage, Digest, OpenError,
    check::{BEGINNING, Closing, End, check, check_sealed},
    digest::Digesting,
    directory::{Directory, put_file, segments_in},
    format,
    recover::{self, read_segment},
    segment::{Footer, SegmentHeader, Version},
    stop::{self, Stop},
};

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyReport {
    /// The last position that was copied.
    pub head: Position,
    /// How many segments were.
    pub segments: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// The digest of all that was copied; [`crate::verify`] of the copy finds the same.
    pub digest: Digest,
    /// Whether the original went on behind the last position, and the copy was to end there.
    pub is_cut: bool,
}

/// How often the open segment is read again when it can't be right: it is read while it is written, and then the end of
/// what was read may be newer than the middle.
pub(crate) const TRIES_MAX: u32 = 100;

/// Copies a log into a folder without one, checking every byte on the way. The log may be open, also in another process:
/// the copy ends with a record that was whole when it was read, and has all that was acknowledged before the call.
///
/// # Errors
///
/// If the log is damaged, or the copy's folder has a log or can't be written. What was copied until then has no FORMAT file,
/// and so is not taken for a log.
pub fn copy(from: &Path, to: &Path) -> Result<CopyReport, OpenError> {
    let source = from.join("log");
    format::check_marked(from)?;
    // Before the segments: the log may go on meanwhile.
    let stop = Stop::find(&source)?;
    let firsts = segments_in(&source)?;
    let copy = Directory::lock(to)?;
    if to.join("FORMAT").exists() || !copy.segments()?.is_empty() {
        let occupied = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(OpenError::io("copy a log into", to)(occupied));
    }
    if firsts.is_empty() {
        return Err(OpenError::Damaged(Damage::gone(BEGINNING)));
    }
    let (mut end, mut bytes, mut segments) = (BEGINNING, 0, firsts.len());
    let (mut digest, mut here) = (Digesting::default(), stop::End::behind(1, BEGINNING));
    for (at, first) in firsts.iter().enumerate() {
        let path = source.join(crate::segment::file_name(*first));
        let (part, part_end, closing) = if at + 1 < firsts.len() {
            let whole = read_segment(&path)?;
            let footer = check_sealed(*first, &whole, end, |_, header, payload| {
                digest.take_in(header, payload);
                Ok(())
            });
            (whole, footer.map_err(|(_, damage)| OpenError::Damaged(damage))?, Closing::Frame)
        } else {
            open_segment(&path, *first, end, &mut digest)?
        };
        put_file(&copy.segment(*first), &part).map_err(OpenError::io("write", &copy.segment(*first)))?;
        (end, bytes) = (part_end, bytes + part.len() as u64);
        here = stop::End::behind(*first, end);
        if closing == Closing::Footer {
            // It was closed while it was copied, or what came behind it is gone.
            let header = following(&source, end)?.ok_or(OpenError::Damaged(Damage::gone(end)))?;
            let begun = recover::put_segment(&copy, header, end)?;
            here = stop::End::of(header.first, &begun.cursor);
            segments += 1;
        }
    }
    if let Some(stop) = stop {
        stop.check_reached(here).map_err(OpenError::Damaged)?;
    }
    stop::mark(&copy.log(), here).map_err(OpenError::io("write", &stop::path(&copy.log())))?;
    format::write(&copy)?;
    Ok(CopyReport { head: Position(end.last), segments, bytes, digest: digest.so_far(), is_cut: false })
}

/// The header of the segment that follows on a footer, if it is there. It is so from before the footer on, and gets its name
/// later: whoever looks for it without its name first does not miss it.
pub(crate) fn following(log: &Path, footer: Footer) -> Result<Option<SegmentHeader>, OpenError> {
    let named = log.join(crate::segment::file_name(footer.last + 1));
    for path in [named.with_added_extension("tmp"), named] {
        match read_header(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(OpenError::io("read", &path)(error)),
            Ok(bytes) => {
                let header = SegmentHeader::decode(&bytes).ok();
                let follows = |header: &SegmentHeader| header.follows(footer.last, footer.digest);
                if let Some(header) = header.filter(follows) {
                    return Ok(Some(header));
                }
            }
        }
    }
    Ok(None)
}

fn read_header(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(Version::HEADER_LEN_MAX as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The last segment up to its last whole frame, and what that comes to.
fn open_segment(
    path: &Path,
    first: u64,
    before: Footer,
    digest: &mut Digesting,
) -> Result<(Vec<u8>, Footer, Closing), OpenError> {
    let mut tries = 1;
    loop {
        let mut bytes = read_segment(path)?;
        let mut with_these = digest.clone();
        let checked = check(first, &bytes, before, |_, header, payload| {
            with_these.take_in(header, payload);
            Ok(())
        });
        let (len, end, closing) = match checked {
            End::Sealed(footer) => (footer.end(), footer, Closing::Footer),
            End::Open(cursor) | End::Torn(cursor) => (cursor.offset, cursor.footer(), Closing::Frame),
            End::Damaged(_, damage) if tries == TRIES_MAX => return Err(OpenError::Damaged(damage)),
            End::Damaged(..) => {
                tries += 1;
                continue;
            }
        };
        *digest = with_these;
        bytes.truncate(usize::try_from(len).expect("it lies inside of the bytes at hand"));
        return Ok((bytes, end, closing));
    }
}

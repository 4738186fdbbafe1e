//! Checks one whole segment against what came before it.

use resit_event_log::Position;

use crate::{
    Damage,
    segment::{self, Cursor, Footer, FrameHeader, Scan, SegmentHeader, Step},
};

/// What stands before the first segment.
pub(crate) const BEGINNING: Footer =
    Footer { frames: 0, last: 0, recorded_at: i64::MIN, offset: 0, digest: 0 };

/// How a segment ends.
#[derive(Debug)]
pub(crate) enum End {
    /// With its footer.
    Sealed(Footer),
    /// With a whole frame, and maybe room for more.
    Open(Cursor),
    /// In what a crash left of a write.
    Torn(Cursor),
    /// With something else, behind the cursor.
    Damaged(Cursor, Damage),
}

/// What stands at the end of a sound segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// Its footer: another segment follows.
    Footer,
    /// A frame.
    Frame,
}

/// Checks a segment frame by frame, and shows each to `see`, which may find fault with it too.
pub(crate) fn check(
    first: u64,
    bytes: &[u8],
    before: Footer,
    mut see: impl FnMut(u32, &FrameHeader, &[u8]) -> Result<(), String>,
) -> End {
    let header = match check_header(first, bytes, before) {
        Ok(header) => header,
        Err(damage) => {
            return End::Damaged(Cursor::nowhere(first, before), damage);
        }
    };
    let mut scan = Scan::new(bytes, header, before.recorded_at);
    loop {
        let here = scan.cursor;
        let seen = match scan.step() {
            Step::Frame { offset, header, payload } => see(offset, &header, payload),
            Step::Sealed(footer) => return End::Sealed(footer),
            Step::End => return End::Open(here),
            Step::Torn => return End::Torn(here),
            Step::Damaged(reason) => Err(reason),
        };
        if let Err(reason) = seen {
            return End::Damaged(here, damage(first, &here, reason));
        }
    }
}

/// The same for a segment that others follow, and that must therefore be sealed.
pub(crate) fn check_sealed(
    first: u64,
    bytes: &[u8],
    before: Footer,
    see: impl FnMut(u32, &FrameHeader, &[u8]) -> Result<(), String>,
) -> Result<Footer, (Cursor, Damage)> {
    match check(first, bytes, before, see) {
        End::Sealed(footer) => Ok(footer),
        End::Damaged(cursor, damage) => Err((cursor, damage)),
        End::Open(cursor) | End::Torn(cursor) => Err((cursor, cut(first, &cursor))),
    }
}

/// A segment that others follow has no footer.
pub(crate) fn cut(first: u64, cursor: &Cursor) -> Damage {
    damage(first, cursor, "the file was cut, though later segments exist".into())
}

/// The same for a segment taken by itself: its header is believed.
pub(crate) fn check_alone(
    first: u64,
    bytes: &[u8],
    see: impl FnMut(u32, &FrameHeader, &[u8]) -> Result<(), String>,
) -> Result<(), Damage> {
    // A header that can't be read is found by the check.
    let before = SegmentHeader::decode(bytes).map_or(BEGINNING, end_before);
    check_sealed(first, bytes, before, see).map(drop).map_err(|(_, damage)| damage)
}

/// How the segment before must have ended, by what a header says.
pub(crate) fn end_before(header: SegmentHeader) -> Footer {
    Footer { last: header.first.saturating_sub(1), digest: header.digest_before, ..BEGINNING }
}

/// Checks a segment's header against its name and against what came before.
pub(crate) fn check_header(first: u64, file: &[u8], before: Footer) -> Result<SegmentHeader, Damage> {
    let fault = |reason| {
        let segment = segment::file_name(first);
        Damage { segment, offset: 0, position_before: Position(before.last), reason }
    };
    let expected = before.last + 1;
    if first != expected {
        let reason = if first > expected {
            let missing = segment::file_name(expected);
            format!("it starts at position {first}, and {missing}, in which {expected} is, is gone")
        } else {
            format!("it starts at position {first}, which the segment before it has too")
        };
        return Err(fault(reason));
    }
    let header = SegmentHeader::decode(file).map_err(fault)?;
    if header.first != first || !header.follows(before.last, before.digest) {
        return Err(fault("its header does not fit the segment before it".into()));
    }
    if u32::try_from(file.len()).is_err() {
        return Err(fault("the file is longer than any segment".into()));
    }
    Ok(header)
}

/// Damage that starts behind `cursor`.
fn damage(first: u64, cursor: &Cursor, reason: String) -> Damage {
    let segment = segment::file_name(first);
    Damage { segment, offset: cursor.offset, position_before: Position(cursor.next - 1), reason }
}

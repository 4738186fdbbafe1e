//! What a power cut may leave of the last write: any of its sectors, and zeros where the others were to go.

use super::*;
use crate::{Seed, segment::Version};

/// Longer than a sector, shorter, and so that some begin and end close to a sector's edge.
const PAYLOADS: [usize; 7] = [700, 90, 445, 61, 60, 1_100, 200];

/// A segment's file of so many writes, of so many frames each.
struct Written {
    file: Vec<u8>,
    /// Where each frame ends; the first of all is where the header does.
    ends: Vec<usize>,
    header: SegmentHeader,
}

/// Of each version that makes a difference.
fn headers() -> [SegmentHeader; 2] {
    let salted = SegmentHeader::new(1, 0, Seed::from([0x77; 16]));
    [SegmentHeader { version: Version::Binding, ..salted }, salted]
}

/// How a file ends.
#[derive(Debug, PartialEq)]
enum Ending {
    Sealed(Footer),
    End,
    Torn,
    Damaged,
}

fn written(header: SegmentHeader, writes: &[usize]) -> Written {
    let payload = |len| vec![0x5a; len];
    of_payloads(header, writes, payload)
}

fn of_payloads(segment: SegmentHeader, writes: &[usize], payload: impl Fn(usize) -> Vec<u8>) -> Written {
    let version = segment.version;
    let mut file = segment.encode();
    let mut ends = vec![file.len()];
    let mut payloads = PAYLOADS.iter().cycle();
    let mut first = 1;
    for frames in writes {
        let mut of_write_before = 0;
        for payload_len in payloads.by_ref().take(*frames) {
            let mut payload = payload(*payload_len);
            let header = FrameHeader {
                payload_len: u32::try_from(*payload_len).unwrap(),
                records: 2,
                of_write_before,
                first,
                recorded_at: 0,
                payload_crc: crc32c::crc32c(&payload),
            };
            file.extend_from_slice(&header.encode(version));
            payload.resize(header.frame_len(version) - FrameHeader::LEN, 0);
            version.mask(&mut payload);
            file.extend_from_slice(&payload);
            ends.push(file.len());
            (first, of_write_before) = (first + 2, of_write_before + 2);
        }
    }
    Written { file, ends, header: segment }
}

/// How the file ends, and how many whole frames it has.
fn end_of(header: SegmentHeader, file: &[u8]) -> (Ending, usize) {
    let mut scan = Scan::new(file, header, i64::MIN);
    loop {
        let end = match scan.step() {
            Step::Frame { .. } => continue,
            Step::Sealed(footer) => Ending::Sealed(footer),
            Step::End => Ending::End,
            Step::Torn => Ending::Torn,
            Step::Damaged(_) => Ending::Damaged,
        };
        return (end, scan.cursor.frames as usize);
    }
}

/// Checks every file that a power cut during the last write may leave, with so much room behind it.
fn check_power_cuts(header: SegmentHeader, before: &[usize], last: usize, room: usize) {
    let start = written(header, before).file.len();
    let all: Vec<usize> = before.iter().copied().chain([last]).collect();
    let Written { mut file, ends, .. } = written(header, &all);
    file.resize(file.len() + room, 0);
    let written_end = *ends.last().unwrap();
    let sectors: Vec<usize> = (start / SECTOR..written_end.div_ceil(SECTOR)).collect();
    for kept in 0..1_u32 << sectors.len() {
        let mut left = file.clone();
        for (nth, sector) in sectors.iter().enumerate().filter(|(nth, _)| kept & (1 << nth) == 0) {
            let from = (sector * SECTOR).max(start);
            let to = ((sector + 1) * SECTOR).min(left.len());
            left[from..to].fill(0);
            assert!(nth < 12, "few enough to try all");
        }
        let is_whole = |end: &&usize| left[..**end] == file[..**end];
        let whole = ends[1..].iter().take_while(is_whole).count();
        let (end, frames) = end_of(header, &left);
        assert_eq!(frames, whole, "kept {kept:b}");
        let nothing_behind = is_room(&left[ends[whole]..]);
        let expected = if nothing_behind { Ending::End } else { Ending::Torn };
        assert_eq!(end, expected, "kept {kept:b}");
    }
}

#[test]
fn whatever_sectors_of_the_last_write_are_there_it_is_a_cut_behind_the_last_whole_frame() {
    for header in headers() {
        for room in [0, 4, 100, 4_096] {
            check_power_cuts(header, &[], 4, room);
            check_power_cuts(header, &[1], 4, room);
            check_power_cuts(header, &[2, 1], 3, room);
            check_power_cuts(header, &[3, 2], 2, room);
            check_power_cuts(header, &[7, 4], 3, room);
        }
    }
}

#[test]
fn a_sector_that_was_lost_after_a_later_write_is_damage() {
    for (header, writes) in
        headers().into_iter().flat_map(|h| [&[3, 1][..], &[2, 3], &[1, 1, 1]].map(|w| (h, w)))
    {
        let Written { mut file, ends, .. } = written(header, writes);
        file.resize(file.len() + 4_096, 0);
        let synced = ends[writes.iter().rev().skip(1).sum::<usize>()];
        for sector in 0..synced.div_ceil(SECTOR) {
            let (from, to) = ((sector * SECTOR).max(ends[0]), ((sector + 1) * SECTOR).min(synced));
            let mut left = file.clone();
            left[from..to].fill(0);
            let (end, frames) = end_of(header, &left);
            assert_eq!(end, Ending::Damaged, "{writes:?}, sector {sector}");
            assert_eq!(frames, ends[1..].iter().take_while(|end| **end <= from).count());
        }
    }
}

/// Flips a bit of each byte of the frames, one after the other.
#[track_caller]
fn check_flips(Written { mut file, ends, header }: Written, room: usize) {
    file.resize(file.len() + room, 0);
    for byte in ends[0]..*ends.last().unwrap() {
        let mut flipped = file.clone();
        flipped[byte] ^= 1 << (byte % 8);
        let (end, frames) = end_of(header, &flipped);
        assert_eq!(end, Ending::Damaged, "byte {byte}, room {room}");
        assert_eq!(frames, ends[1..].iter().take_while(|end| **end <= byte).count());
    }
}

#[test]
fn a_flipped_bit_of_a_frame_is_damage_whatever_follows() {
    for room in [0, 3, 4_096] {
        for header in headers() {
            check_flips(written(header, &[2, 3]), room);
        }
    }
}

/// Zeros, and what looks like a frame of a later write, or like a footer, to those who know no salt.
fn chosen(len: usize, kind: usize) -> Vec<u8> {
    let unsalted = Version::Binding;
    let frame = FrameHeader {
        payload_len: 61,
        records: 1,
        of_write_before: 0,
        first: 40,
        recorded_at: i64::MAX,
        payload_crc: 0,
    };
    let frame = frame.encode(unsalted);
    let footer = Footer { frames: 1, last: 40, recorded_at: 0, offset: 0, digest: 0 }.encode(unsalted);
    let pattern = match kind {
        0 => &[0][..],
        1 => &frame,
        2 => &footer,
        _ => &[0xff],
    };
    pattern.iter().copied().cycle().take(len).collect()
}

#[test]
fn whatever_bytes_a_payload_is_made_of_a_flipped_bit_is_damage_and_a_lost_sector_a_cut() {
    let [_, salted] = headers();
    for kind in 0..4 {
        for room in [0, 5, 4_096] {
            check_flips(of_payloads(salted, &[2, 3], |len| chosen(len, kind)), room);
        }
        // The last write is of seven frames; each sector of it is lost alone.
        let Written { mut file, ends, header } = of_payloads(salted, &[1, 7], |len| chosen(len, kind));
        file.resize(file.len() + 4_096, 0);
        for sector in ends[1].div_ceil(SECTOR)..ends.last().unwrap().div_ceil(SECTOR) {
            let mut left = file.clone();
            left[sector * SECTOR..(sector + 1) * SECTOR].fill(0);
            let (end, frames) = end_of(header, &left);
            assert_eq!(end, Ending::Torn, "kind {kind}, sector {sector}");
            assert_eq!(frames, ends[1..].iter().take_while(|end| **end <= sector * SECTOR).count());
        }
    }
}

#[test]
fn a_footer_with_nothing_but_room_behind_it_seals() {
    for header in headers() {
        let Written { mut file, .. } = written(header, &[2, 1]);
        let mut scan = Scan::new(&file, header, i64::MIN);
        while matches!(scan.step(), Step::Frame { .. }) {}
        let footer = scan.cursor.footer();
        file.extend_from_slice(&footer.encode(header.version));
        file.resize(file.len() + 700, 0);
        assert_eq!(end_of(header, &file).0, Ending::Sealed(footer));
        *file.last_mut().unwrap() = 1;
        assert_eq!(end_of(header, &file).0, Ending::Damaged);
    }
}

/// Why version 2 is not written any more.
#[test]
fn in_version_2_what_a_payload_is_made_of_decides() {
    let [unsalted, _] = headers();
    // The last frame but one is longer than two sectors.
    let Written { mut file, ends, .. } = of_payloads(unsalted, &[7], |len| chosen(len, 0));
    file[ends[5] + FrameHeader::LEN] ^= 1;
    assert_eq!(end_of(unsalted, &file).0, Ending::Torn, "a flipped bit passes for a cut");
    let Written { mut file, ends, .. } = of_payloads(unsalted, &[7], |len| chosen(len, 1));
    let sector = ends[5].next_multiple_of(SECTOR);
    file[sector..sector + SECTOR].fill(0);
    assert_eq!(end_of(unsalted, &file).0, Ending::Damaged, "a cut passes for damage");
}

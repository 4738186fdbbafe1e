//! What a power cut may leave of the last write: any of its sectors, and zeros where the others were to go.

use super::*;

/// Longer than a sector, shorter, and so that some begin and end close to a sector's edge.
const PAYLOADS: [usize; 7] = [700, 90, 445, 61, 60, 1_100, 200];

/// A segment's file of so many writes, of so many frames each.
struct Written {
    file: Vec<u8>,
    /// Where each frame ends; the first of all is where the header does.
    ends: Vec<usize>,
}

const HEADER: SegmentHeader = SegmentHeader::new(1, 0);

fn written(writes: &[usize]) -> Written {
    let mut file = HEADER.encode().to_vec();
    let mut ends = vec![file.len()];
    let mut payloads = PAYLOADS.iter().cycle();
    let mut first = 1;
    for frames in writes {
        let mut of_write_before = 0;
        for payload_len in payloads.by_ref().take(*frames) {
            let payload = vec![0x5a; *payload_len];
            let header = FrameHeader {
                payload_len: u32::try_from(*payload_len).unwrap(),
                records: 2,
                of_write_before,
                first,
                recorded_at: 0,
                payload_crc: crc32c::crc32c(&payload),
            };
            file.extend_from_slice(&header.encode());
            file.extend_from_slice(&payload);
            ends.push(file.len());
            (first, of_write_before) = (first + 2, of_write_before + 2);
        }
    }
    Written { file, ends }
}

/// How the file ends, and how many whole frames it has.
fn end_of(file: &[u8]) -> (Step<'_>, usize) {
    let mut scan = Scan::new(file, HEADER, i64::MIN);
    loop {
        match scan.step() {
            Step::Frame { .. } => {}
            end => return (end, scan.cursor.frames as usize),
        }
    }
}

/// Checks every file that a power cut during the last write may leave, with so much room behind it.
fn check_power_cuts(before: &[usize], last: usize, room: usize) {
    let start = written(before).file.len();
    let all: Vec<usize> = before.iter().copied().chain([last]).collect();
    let Written { mut file, ends } = written(&all);
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
        let (end, frames) = end_of(&left);
        assert_eq!(frames, whole, "kept {kept:b}");
        let nothing_behind = is_room(&left[ends[whole]..]);
        let expected = if nothing_behind { Step::End } else { Step::Torn };
        assert_eq!(end, expected, "kept {kept:b}");
    }
}

#[test]
fn whatever_sectors_of_the_last_write_are_there_it_is_a_cut_behind_the_last_whole_frame() {
    for room in [0, 4, 100, 4_096] {
        check_power_cuts(&[], 4, room);
        check_power_cuts(&[1], 4, room);
        check_power_cuts(&[2, 1], 3, room);
        check_power_cuts(&[3, 2], 2, room);
        check_power_cuts(&[7, 4], 3, room);
    }
}

#[test]
fn a_sector_that_was_lost_after_a_later_write_is_damage() {
    for writes in [&[3, 1][..], &[2, 3], &[1, 1, 1]] {
        let Written { mut file, ends } = written(writes);
        file.resize(file.len() + 4_096, 0);
        let synced = ends[writes.iter().rev().skip(1).sum::<usize>()];
        for sector in 0..synced.div_ceil(SECTOR) {
            let (from, to) = ((sector * SECTOR).max(SegmentHeader::LEN), ((sector + 1) * SECTOR).min(synced));
            let mut left = file.clone();
            left[from..to].fill(0);
            let (end, frames) = end_of(&left);
            assert!(matches!(end, Step::Damaged(_)), "{writes:?}, sector {sector}: {end:?}");
            assert_eq!(frames, ends[1..].iter().take_while(|end| **end <= from).count());
        }
    }
}

#[test]
fn a_flipped_bit_of_a_frame_is_damage_whatever_follows() {
    for room in [0, 3, 4_096] {
        let Written { mut file, ends } = written(&[2, 3]);
        file.resize(file.len() + room, 0);
        for byte in SegmentHeader::LEN..*ends.last().unwrap() {
            let mut flipped = file.clone();
            flipped[byte] ^= 1 << (byte % 8);
            let (end, frames) = end_of(&flipped);
            assert!(matches!(end, Step::Damaged(_)), "byte {byte}, room {room}: {end:?}");
            assert_eq!(frames, ends[1..].iter().take_while(|end| **end <= byte).count());
        }
    }
}

#[test]
fn a_footer_with_nothing_but_room_behind_it_seals() {
    let Written { mut file, .. } = written(&[2, 1]);
    let mut scan = Scan::new(&file, HEADER, i64::MIN);
    while matches!(scan.step(), Step::Frame { .. }) {}
    let footer = scan.cursor.footer();
    file.extend_from_slice(&footer.encode());
    file.resize(file.len() + 700, 0);
    assert_eq!(end_of(&file).0, Step::Sealed(footer));
    *file.last_mut().unwrap() = 1;
    assert!(matches!(end_of(&file).0, Step::Damaged(_)));
}

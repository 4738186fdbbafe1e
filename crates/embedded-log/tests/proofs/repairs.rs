//! Repairs, which are only ever done when asked for.

use std::fs;

use resit_embedded_log::{OpenError, verify};

use crate::given::{commit, copy, fill, filled, frames, open, refusal, repair, segments, tiny};

const COMMITS: u64 = 60;

/// Flips a byte of a segment (of the last one, if there are not so many), chosen by its frames, and checks how many records a repair leaves.
#[track_caller]
fn check_repair(segment: usize, byte_of: impl FnOnce(&[u8], &[usize]) -> usize, lost: bool) {
    let original = filled(COMMITS, &tiny());
    let folder = copy(original.path(), &["log", "index"]);
    let segments = segments(folder.path());
    let path = &segments[segment.min(segments.len() - 1)];
    let sound = fs::read(path).unwrap();
    let mut bytes = sound.clone();
    bytes[byte_of(&sound, &frames(&sound))] ^= 0x10;
    fs::write(path, bytes).unwrap();

    let found = verify(folder.path()).unwrap();
    let damage = &found.damages[0];
    let report = repair(folder.path()).unwrap();
    assert_eq!(report.damages, found.damages);
    assert_eq!((report.set_aside.is_empty(), report.mended.is_empty()), (!lost, lost));
    for kept in report.set_aside.iter().chain(&report.mended) {
        assert_eq!(fs::metadata(&kept.kept_in).unwrap().len(), kept.bytes);
    }
    assert!(verify(folder.path()).unwrap().is_sound());
    let log = open(folder.path(), &tiny());
    if lost {
        assert_eq!(log.head(), damage.position_before.0);
    } else {
        assert_eq!(log.head(), 2 * COMMITS);
    }
    assert_eq!(log.all().unwrap(), open(original.path(), &tiny()).all().unwrap()[..log.all().unwrap().len()]);
    log.taken(commit("after", &[("after/1", 0)], b"the log goes on"));
}

#[test]
fn a_damaged_record_ends_the_log_before_it() {
    check_repair(1, |_, frames| frames[3] + 40, true);
    check_repair(1, |_, frames| frames[3] + 3, true);
    check_repair(0, |_, frames| frames[0], true);
}

#[test]
fn a_damaged_record_in_the_last_segment_ends_the_log_before_it() {
    check_repair(usize::MAX, |_, frames| frames[0] + 40, true);
}

#[test]
fn a_lost_first_sector_takes_the_segment_with_it_and_says_so() {
    let folder = filled(COMMITS, &tiny());
    let last = segments(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&last).unwrap();
    let before: u64 = last.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let sector = bytes.len().min(512);
    bytes[..sector].fill(0);
    fs::write(&last, &bytes).unwrap();
    assert!(matches!(refusal(folder.path(), &tiny()), OpenError::Damaged(_)));
    let report = repair(folder.path()).unwrap();
    assert_eq!((report.set_aside.len(), report.mended.len()), (1, 0));
    assert_eq!(fs::read(&report.set_aside[0].kept_in).unwrap(), bytes);
    assert_eq!(open(folder.path(), &tiny()).head(), before - 1);
}

#[test]
fn a_damaged_header_is_written_anew_and_costs_nothing() {
    check_repair(0, |_, _| 3, false);
    check_repair(2, |_, _| 20, false);
}

#[test]
fn a_damaged_footer_is_written_anew_and_costs_nothing() {
    check_repair(2, |bytes, _| bytes.len() - 1, false);
    check_repair(0, |bytes, _| bytes.len() - 40, false);
}

#[test]
fn a_sound_log_is_left_alone() {
    let folder = filled(COMMITS, &tiny());
    let report = repair(folder.path()).unwrap();
    assert!(report.damages.is_empty() && report.set_aside.is_empty());
    assert_eq!(open(folder.path(), &tiny()).report.segments_indexed, 0);
}

#[test]
fn a_damaged_format_is_written_anew() {
    let folder = filled(3, &tiny());
    fs::write(folder.path().join("FORMAT"), b"rubbish").unwrap();
    assert!(matches!(refusal(folder.path(), &tiny()), OpenError::NoLog { .. }));
    repair(folder.path()).unwrap();
    assert_eq!(open(folder.path(), &tiny()).head(), 6);
}

#[test]
fn a_log_that_lost_its_beginning_keeps_all_files() {
    let folder = filled(COMMITS, &tiny());
    let count = segments(folder.path()).len();
    fs::remove_file(&segments(folder.path())[0]).unwrap();
    let report = repair(folder.path()).unwrap();
    assert_eq!(report.set_aside.len(), count - 1);
    let log = open(folder.path(), &tiny());
    assert_eq!(log.head(), 0);
    fill(&log, 3);
}

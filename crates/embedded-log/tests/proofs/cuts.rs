//! Writes that a crash cut short.

use std::fs;

use resit_embedded_log::Config;

use crate::given::{
    HEADER_LEN, commit, copy, crash, fill, filled, frames, open, refusal, repair, segments, tiny,
};
use resit_embedded_log::{OpenError, verify};

/// Cuts the last segment of a copy to `len` bytes and lengthens it with zeros; checks that the log opens with
/// `position` as its head, that nothing is lost, and that it goes on.
#[track_caller]
fn check_cut(original: &std::path::Path, len: usize, zeros: usize, position: u64, whole: usize) {
    let folder = copy(original, &["log"]);
    let segment = segments(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    bytes.truncate(len);
    bytes.resize(len + zeros, 0);
    fs::write(&segment, &bytes).unwrap();
    crash(folder.path());

    let log = open(folder.path(), &Config::default());
    assert_eq!(log.head(), position, "cut at {len}");
    assert_eq!(log.all().unwrap().len() as u64, position);
    match &log.report.torn {
        None => assert!(bytes[whole..].iter().all(|byte| *byte == 0), "only room is passed over"),
        Some(torn) => {
            assert_eq!((torn.offset, torn.position_before.0), (whole as u64, position));
            assert_eq!(fs::read(&torn.kept_in).unwrap(), bytes[whole..], "what was cut off is kept");
        }
    }
    log.taken(commit("again", &[("new/1", 0)], b"after the cut"));
    drop(log);
    let log = open(folder.path(), &Config::default());
    assert_eq!((log.head(), &log.report.torn), (position + 1, &None));
}

#[test]
fn a_cut_at_any_byte_of_the_last_two_records_loses_no_whole_one() {
    let original = filled(12, &Config::default());
    let bytes = fs::read(&segments(original.path())[0]).unwrap();
    let frames = frames(&bytes);
    let [.., before, last, end] = frames[..] else { panic!("there are twelve frames") };
    assert_eq!(end, bytes.len());
    for len in before..=end {
        let (position, whole) = match len {
            _ if len == end => (24, end),
            _ if len >= last => (22, last),
            _ => (20, before),
        };
        check_cut(original.path(), len, 0, position, whole);
    }
}

/// It had its header before it had its name: no crash leaves it so, and acknowledged records may have been in it.
#[test]
fn a_last_segment_that_was_emptied_is_damage() {
    let original = filled(60, &tiny());
    let last = segments(original.path()).pop().unwrap();
    let first: u64 = last.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let whole = fs::read(&last).unwrap();
    let emptied = [0, 1, 31].map(|len| whole[..len].to_vec());
    let zeroed = [32, 512, whole.len()].map(|len| vec![0; len]);
    for bytes in emptied.into_iter().chain(zeroed) {
        let folder = copy(original.path(), &["log"]);
        let segment = segments(folder.path()).pop().unwrap();
        fs::write(&segment, &bytes).unwrap();
        let OpenError::Damaged(damage) = refusal(folder.path(), &tiny()) else { panic!("{}", bytes.len()) };
        assert_eq!((damage.offset, damage.position_before.0), (0, first - 1));
        assert_eq!(verify(folder.path()).unwrap().damages, [damage]);
        assert_eq!(fs::read(&segment).unwrap(), bytes, "nothing was changed");
        let repaired = repair(folder.path()).unwrap();
        assert_eq!(fs::read(&repaired.set_aside[0].kept_in).unwrap(), bytes);
        let log = open(folder.path(), &tiny());
        assert_eq!((log.head(), &log.report.torn), (first - 1, &None));
        fill_on(&log);
    }
}

fn fill_on(log: &crate::given::Open) {
    let head = log.head();
    log.taken(commit("again", &[("new/1", 0)], b"after the cut"));
    assert_eq!(log.head(), head + 1);
}

#[test]
fn zeros_behind_a_cut_at_a_sector_are_a_cut_too() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), &Config::default());
    fill(&log, 3);
    log.taken(commit("large", &[("large/1", 0)], &[0xab; 5_000]));
    drop(log);
    let [.., whole, end] = frames(&fs::read(&segments(folder.path())[0]).unwrap())[..] else { panic!() };
    for len in (whole.next_multiple_of(512)..end - 512).step_by(512).chain([whole]) {
        check_cut(folder.path(), len, end - len, 6, whole);
        check_cut(folder.path(), len, 8_192 - len, 6, whole);
    }
    check_cut(folder.path(), end, 4_096, 7, end);
}

#[test]
fn zeros_that_belong_to_the_last_record_do_not_make_its_damage_a_cut() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), &Config::default());
    log.taken(commit("c1", &[("zeros/1", 0)], &[0; 300]));
    drop(log);
    crash(folder.path());
    let segment = segments(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    bytes[102] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let OpenError::Damaged(damage) = refusal(folder.path(), &Config::default()) else { panic!() };
    assert_eq!((damage.offset, damage.position_before.0), (64, 0));
}

#[test]
fn damage_with_sound_records_behind_it_is_no_cut() {
    let original = filled(12, &Config::default());
    let bytes = fs::read(&segments(original.path())[0]).unwrap();
    let frames = frames(&bytes);
    let folder = copy(original.path(), &["log"]);
    crash(folder.path());
    let mut zeroed = bytes.clone();
    zeroed[frames[9]..frames[10]].fill(0);
    fs::write(&segments(folder.path())[0], zeroed).unwrap();
    let OpenError::Damaged(damage) = refusal(folder.path(), &Config::default()) else { panic!() };
    assert_eq!((damage.offset, damage.position_before.0), (frames[9] as u64, 18));
    assert!(!folder.path().join("torn").exists(), "nothing was changed");
}

#[test]
fn a_segment_that_a_crash_kept_from_its_name_gets_it() {
    let original = filled(60, &tiny());
    let named = segments(original.path()).pop().unwrap();
    for also_written in [false, true] {
        let folder = copy(original.path(), &["log"]);
        crash(folder.path());
        let last = segments(folder.path()).pop().unwrap();
        let header = fs::read(&named).unwrap()[..HEADER_LEN].to_vec();
        fs::remove_file(&last).unwrap();
        fs::write(last.with_added_extension("tmp"), header).unwrap();
        assert!(verify(folder.path()).unwrap().is_sound(), "looking changes nothing");
        let log = open(folder.path(), &tiny());
        assert_eq!(
            (log.report.torn.as_ref(), segments(folder.path()).len()),
            (None, segments(original.path()).len())
        );
        assert_eq!(log.all().unwrap().len() as u64, log.head());
        if also_written {
            fill_on(&log);
        }
    }
}

#[test]
fn a_next_segment_that_was_begun_too_early_is_forgotten() {
    let folder = filled(12, &Config::default());
    let unnamed = folder.path().join("log/00000000000000000025.seg.tmp");
    fs::write(&unnamed, b"whatever").unwrap();
    let log = open(folder.path(), &Config::default());
    assert_eq!(log.head(), 24);
    assert!(!unnamed.exists());
}

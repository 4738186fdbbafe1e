//! Logs that were stopped in good order: nothing of their end is a crash's.

use std::{fs, path::Path};

use resit_embedded_log::{Config, OpenError, Seed, verify};

use crate::given::{commit, copy, crash, fill, filled, frames, open, refusal, repair, segments, tiny};

/// A log of one commit with this body, stopped, whose only segment is then changed.
#[track_caller]
fn changed(body: &[u8], change: impl FnOnce(&mut Vec<u8>, &[usize])) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { seed: Seed::from([0x2a; 16]), ..Config::default() };
    let log = open(folder.path(), &config);
    log.taken(commit("c1", &[("stream/1", 0)], b"before"));
    log.taken(commit("c2", &[("stream/2", 0)], body));
    drop(log);
    let segment = segments(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    let frames = frames(&bytes);
    change(&mut bytes, &frames);
    fs::write(&segment, bytes).unwrap();
    folder
}

/// It is damage for everybody who looks, and nothing is changed by looking.
#[track_caller]
fn check_is_damage(folder: &Path) {
    let before = fs::read(&segments(folder)[0]).unwrap();
    let OpenError::Damaged(damage) = refusal(folder, &Config::default()) else { panic!() };
    assert_eq!(damage.position_before.0, 1, "{damage}");
    let report = verify(folder).unwrap();
    assert_eq!((report.damages, report.torn), (vec![damage], None));
    assert_eq!(fs::read(&segments(folder)[0]).unwrap(), before);
    assert!(!folder.join("torn").exists());
}

/// Bodies that a caller may choose.
fn bodies() -> [Vec<u8>; 4] {
    let mut frame = [0; 32];
    (frame[0], frame[4], frame[8]) = (61, 1, 40);
    let crc = crc32c::crc32c(&frame[..28]);
    frame[28..].copy_from_slice(&crc.to_le_bytes());
    [vec![0; 3_000], frame.repeat(90), b"SEAL".repeat(500), vec![0x5a; 4]]
}

#[test]
fn a_flipped_bit_is_no_cut_whatever_the_payload_is_made_of() {
    for body in bodies() {
        for percent in [0, 30, 99] {
            let flip = |bytes: &mut Vec<u8>, frames: &[usize]| {
                bytes[frames[1] + (frames[2] - frames[1]) * percent / 100] ^= 0x10;
            };
            let folder = changed(&body, flip);
            check_is_damage(folder.path());
            crash(folder.path());
            check_is_damage(folder.path());
        }
    }
}

#[test]
fn a_lost_sector_is_damage_after_a_stop_and_a_cut_after_a_crash() {
    for body in bodies() {
        let lose = |bytes: &mut Vec<u8>, frames: &[usize]| {
            let sector = frames[2].div_ceil(512) - 1;
            let from = (sector * 512).max(frames[1]);
            bytes[from..].fill(0);
        };
        let folder = changed(&body, lose);
        if body.len() > 1_000 {
            check_is_damage(folder.path());
        }
        crash(folder.path());
        let log = open(folder.path(), &Config::default());
        assert_eq!(log.head(), 1, "what looked like a frame in the payload was none");
        assert_eq!(log.report.torn.is_some(), body.len() > 1_000);
    }
}

#[test]
fn an_end_that_was_cut_off_is_damage_even_behind_a_whole_record() {
    for cut in [1, 8, 60] {
        check_is_damage(changed(b"body", |bytes, _| bytes.truncate(bytes.len() - cut)).path());
    }
    let folder = changed(b"body", |bytes, frames| bytes.truncate(frames[1]));
    check_is_damage(folder.path());
    let to = tempfile::tempdir().unwrap();
    let copied = resit_embedded_log::copy(folder.path(), to.path());
    assert!(matches!(copied, Err(OpenError::Damaged(_))), "no copy is made of a part");
    let report = repair(folder.path()).unwrap();
    assert_eq!((report.damages.len(), report.set_aside.len()), (1, 0), "there is nothing to keep");
    let log = open(folder.path(), &Config::default());
    assert_eq!((log.head(), &log.report.torn), (1, &None));
    log.taken(commit("after", &[("after/1", 0)], b"the log goes on"));
}

#[test]
fn what_follows_the_end_is_damage_and_a_repair_keeps_it() {
    let folder = changed(b"body", |bytes, _| bytes.extend_from_slice(b"what is this?"));
    let OpenError::Damaged(damage) = refusal(folder.path(), &Config::default()) else { panic!() };
    assert_eq!(damage.position_before.0, 2);
    let report = repair(folder.path()).unwrap();
    assert_eq!(fs::read(&report.set_aside[0].kept_in).unwrap(), b"what is this?");
    assert_eq!(open(folder.path(), &Config::default()).head(), 2);
}

#[test]
fn a_last_segment_of_an_older_copy_is_damage() {
    let folder = filled(10, &Config::default());
    let older = copy(folder.path(), &["log"]);
    fill_more(folder.path());
    fs::copy(&segments(older.path())[0], &segments(folder.path())[0]).unwrap();
    let OpenError::Damaged(damage) = refusal(folder.path(), &Config::default()) else { panic!() };
    assert_eq!(damage.position_before.0, 20);
    assert_eq!(open(older.path(), &Config::default()).head(), 20, "with its own mark it is whole");
}

fn fill_more(folder: &Path) {
    let log = open(folder, &Config::default());
    log.taken(commit("more", &[("more/1", 0)], b"more"));
}

#[test]
fn a_log_is_marked_while_nothing_was_written_since_its_stop() {
    let folder = filled(10, &tiny());
    let mark = folder.path().join("log/STOPPED");
    let before = fs::read(&mark).unwrap();
    let log = open(folder.path(), &tiny());
    log.all().unwrap();
    assert_eq!(fs::read(&mark).unwrap(), before, "reading leaves it");
    log.taken(commit("more", &[("more/1", 0)], b"more"));
    assert!(!mark.exists(), "before the first write it is gone");
    drop(log);
    let after = fs::read(&mark).unwrap();
    assert_ne!(after, before);
    crash(folder.path());
    drop(open(folder.path(), &tiny()));
    assert_eq!(
        fs::read(&mark).unwrap(),
        after,
        "what a crash left is settled, and marked when it is stopped"
    );
}

#[test]
fn a_mark_that_was_damaged_still_says_that_there_was_no_crash() {
    let folder = changed(&[7; 3_000], |bytes, frames| bytes[frames[2] - 600..].fill(0));
    fs::write(folder.path().join("log/STOPPED"), b"rubbish").unwrap();
    check_is_damage(folder.path());
    let folder = filled(10, &tiny());
    fs::write(folder.path().join("log/STOPPED"), b"rubbish").unwrap();
    let log = open(folder.path(), &tiny());
    assert_eq!(log.head(), 20);
    fill_on(&log);
}

fn fill_on(log: &crate::given::Open) {
    log.taken(commit("again", &[("again/1", 0)], b"again"));
}

#[test]
fn an_old_mark_never_outlives_a_write() {
    let folder = filled(10, &Config::default());
    let mark = folder.path().join("log/STOPPED");
    let old = fs::read(&mark).unwrap();
    fill_more(folder.path());
    fs::write(&mark, old).unwrap();
    let OpenError::Damaged(damage) = refusal(folder.path(), &Config::default()) else { panic!() };
    assert!(damage.reason.contains("stopped in good order at position 20"), "{damage}");
}

#[test]
fn copies_are_marked_and_compare_alike_whatever_their_salt() {
    let digests = [[1; 16], [2; 16]].map(|seed| {
        let (folder, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let config = Config { seed: Seed::from(seed), ..tiny() };
        let log = open(folder.path(), &config);
        fill(&log, 40);
        let copied = resit_embedded_log::copy(folder.path(), to.path()).unwrap();
        assert!(to.path().join("log/STOPPED").exists());
        drop(log);
        let stored = fs::read(&segments(folder.path())[0]).unwrap();
        assert_eq!(stored, fs::read(&segments(to.path())[0]).unwrap(), "a copy has the salt of its original");
        assert_eq!(verify(folder.path()).unwrap().digest, copied.digest);
        (copied.digest, stored)
    });
    assert_eq!(digests[0].0, digests[1].0);
    assert_ne!(digests[0].1, digests[1].1);
}

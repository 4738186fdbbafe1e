//! Segments that are sound and belong to another log.

use std::{fs, path::Path};

use resit_embedded_log::{OpenError, verify};
use tempfile::TempDir;

use crate::given::{commit, copy, open, refusal, repair, segments, tiny, try_open};

const COMMITS: u64 = 80;

/// A log of as many commits as any other of these, each as long as theirs.
fn log_of(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), &tiny());
    for n in 0..COMMITS {
        log.taken(commit(&format!("{name}-{n}"), &[(&format!("{name}/{n}"), 0)], name.as_bytes()));
    }
    folder
}

/// Puts one segment of another log in the place of this one's.
fn swap(folder: &Path, other: &Path, number: usize) -> String {
    let (mine, theirs) = (segments(folder), segments(other));
    let number = number.min(mine.len() - 1);
    assert_eq!(mine[number].file_name(), theirs[number].file_name(), "they have the same positions");
    fs::copy(&theirs[number], &mine[number]).unwrap();
    mine[number].file_name().unwrap().to_str().unwrap().to_owned()
}

/// The segment in which damage is found: the one that is another's, or the one that it doesn't fit.
#[track_caller]
fn check_swap(number: usize, found_in: usize) {
    let (one, two) = (log_of("one"), log_of("two"));
    let folder = copy(one.path(), &["log", "index"]);
    swap(folder.path(), two.path(), number);
    let all = segments(folder.path());
    let found_in = all[found_in.min(all.len() - 1)].file_name().unwrap().to_str().unwrap().to_owned();
    let report = verify(folder.path()).unwrap();
    assert_eq!(report.damages[0].segment, found_in, "{report:?}");
    let OpenError::Damaged(damage) = refusal(folder.path(), &tiny()) else { panic!() };
    assert_eq!(damage, report.damages[0]);
    let to = tempfile::tempdir().unwrap();
    assert!(resit_embedded_log::copy(folder.path(), to.path()).is_err(), "it is not copied either");

    let repaired = repair(folder.path()).unwrap();
    assert!(repaired.mended.is_empty(), "no header is changed to make it fit");
    let log = try_open(folder.path(), &tiny()).unwrap();
    assert_eq!(log.head(), damage.position_before.0);
}

#[test]
fn two_logs_that_say_different_things_have_different_digests() {
    let digest = |log: &TempDir| verify(log.path()).unwrap().digest;
    let (one, two) = (log_of("one"), log_of("two"));
    assert_ne!(digest(&one), digest(&two));
    assert_eq!(digest(&one), digest(&log_of("one")));
    assert_eq!(digest(&one).to_string().len(), 64);
}

#[test]
fn a_segment_of_another_log_is_damage() {
    check_swap(0, 1);
    check_swap(1, 1);
    check_swap(2, 2);
    check_swap(usize::MAX, usize::MAX);
}

#[test]
fn the_digest_is_that_of_the_commits_whatever_the_segments_and_the_room() {
    let folder = log_of("one");
    let digest = verify(folder.path()).unwrap().digest;
    let last = segments(folder.path()).pop().unwrap();
    let mut bytes = fs::read(&last).unwrap();
    bytes.resize(bytes.len() + 1_000, 0);
    fs::write(&last, bytes).unwrap();
    assert_eq!(verify(folder.path()).unwrap().digest, digest);
    let whole = tempfile::tempdir().unwrap();
    let log = open(whole.path(), &resit_embedded_log::Config::default());
    for n in 0..COMMITS {
        log.taken(commit(&format!("one-{n}"), &[(&format!("one/{n}"), 0)], b"one"));
    }
    drop(log);
    let report = verify(whole.path()).unwrap();
    assert_eq!((report.segments, report.digest), (1, digest));
}

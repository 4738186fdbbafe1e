//! Segment files that somebody removed.

use std::{fs, path::Path};

use resit_embedded_log::{Config, Damage, OpenError, verify};

use crate::given::{
    HEADER_LEN, Open, commit, copy, crash, files, fill, filled, open, refusal, repair, segments, tiny,
};

/// A log whose segments are `gone`, by their numbers, and what is told of it: at open, by a check, and by a repair.
#[track_caller]
fn told(original: &Path, gone: &[usize]) -> Damage {
    let folder = copy(original, &["log", "index"]);
    let all = segments(folder.path());
    for number in gone {
        fs::remove_file(&all[*number]).unwrap();
    }
    let left = files(&folder.path().join("log"));
    let error = refusal(folder.path(), &tiny());
    let text = error.to_string();
    let OpenError::Damaged(damage) = error else { panic!("{text}") };
    let name = all[gone[0]].file_name().unwrap().to_str().unwrap();
    assert!(text.contains(name) && text.contains("is gone"), "it names {name}: {text}");
    assert!(text.contains("restore the folder from a copy, or repair it"), "{text}");
    let report = verify(folder.path()).unwrap();
    assert_eq!(report.damages.first(), Some(&damage));
    assert_eq!(files(&folder.path().join("log")), left, "nothing was changed");
    refusal(folder.path(), &tiny());

    let to = tempfile::tempdir().unwrap();
    let Err(OpenError::Damaged(of_copy)) = resit_embedded_log::copy(folder.path(), to.path()) else {
        panic!()
    };
    assert_eq!(of_copy, damage, "no copy is made of a part");
    assert!(!to.path().join("FORMAT").exists());

    let repaired = repair(folder.path()).unwrap();
    assert_eq!(repaired.damages.first(), Some(&damage));
    assert!(verify(folder.path()).unwrap().is_sound());
    let log = open(folder.path(), &tiny());
    assert_eq!(log.head(), damage.position_before.0);
    goes_on(&log);
    drop(log);
    assert!(repair(folder.path()).unwrap().damages.is_empty());
    damage
}

#[track_caller]
fn goes_on(log: &Open) {
    let head = log.head();
    log.taken(commit("after", &[("after/1", 0)], b"the log goes on"));
    assert_eq!(log.head(), head + 1);
}

#[test]
fn a_segment_that_is_gone_is_told_by_name_wherever_it_was() {
    let original = filled(90, &tiny());
    let count = segments(original.path()).len();
    assert!(count > 4, "{count}");
    let starts: Vec<u64> = segments(original.path())
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().parse().unwrap())
        .collect();
    for (gone, first) in [
        (vec![0], 0),
        (vec![2], 2),
        (vec![count - 2], count - 2),
        (vec![count - 1], count - 1),
        (vec![count - 2, count - 1], count - 2),
        ((1..count).collect(), 1),
        ((0..count).collect(), 0),
    ] {
        assert_eq!(told(original.path(), &gone).position_before.0, starts[first] - 1, "{gone:?}");
    }
}

#[test]
fn the_only_segment_is_missed_too() {
    let original = filled(3, &Config::default());
    assert_eq!(told(original.path(), &[0]).position_before.0, 0);
}

#[test]
fn an_empty_log_is_sound_at_every_step_of_its_making() {
    let folder = tempfile::tempdir().unwrap();
    assert!(verify(folder.path()).unwrap().is_sound());
    assert!(!folder.path().join("FORMAT").exists(), "looking makes no log");
    drop(open(folder.path(), &tiny()));
    assert!(verify(folder.path()).unwrap().is_sound());
    let log = open(folder.path(), &tiny());
    assert_eq!((log.head(), log.report.segments), (0, 1));
    drop(log);

    // As a crash leaves it: before the folder was marked, and before the first segment had its name.
    let segment = segments(folder.path()).pop().unwrap();
    let unnamed = segment.with_added_extension("tmp");
    for marked in [true, false] {
        fs::rename(&segment, &unnamed).unwrap();
        if !marked {
            fs::remove_file(folder.path().join("FORMAT")).unwrap();
        }
        assert!(verify(folder.path()).unwrap().is_sound());
        let log = open(folder.path(), &tiny());
        assert_eq!((log.head(), log.report.segments), (0, 1));
    }
    let log = open(folder.path(), &tiny());
    fill(&log, 3);
}

#[test]
fn a_running_log_misses_its_segments() {
    for number in [0, 1, usize::MAX] {
        let folder = tempfile::tempdir().unwrap();
        let log = open(folder.path(), &tiny());
        fill(&log, 60);
        assert!(log.log.is_in_place().unwrap());
        let all = segments(folder.path());
        let gone = &all[number.min(all.len() - 1)];
        fs::remove_file(gone).unwrap();
        assert!(!log.log.is_in_place().unwrap());
        let report = log.log.verify().unwrap();
        assert_eq!(report.damages[0].segment, gone.file_name().unwrap().to_str().unwrap());
        // Another file under its name is not the one that is written.
        fs::write(gone, b"another").unwrap();
        assert_eq!(log.log.is_in_place().unwrap(), number != usize::MAX);
    }
}

#[test]
fn a_copy_of_a_log_that_was_just_closing_a_segment_is_whole() {
    let folder = filled(60, &tiny());
    crash(folder.path());
    let last = segments(folder.path()).pop().unwrap();
    let header = fs::read(&last).unwrap()[..HEADER_LEN].to_vec();
    fs::remove_file(&last).unwrap();
    fs::write(last.with_added_extension("tmp"), header).unwrap();
    let to = tempfile::tempdir().unwrap();
    let copied = resit_embedded_log::copy(folder.path(), to.path()).unwrap();
    let report = verify(to.path()).unwrap();
    assert!(report.is_sound());
    assert_eq!((report.digest, report.segments), (copied.digest, copied.segments));
    let log = open(to.path(), &tiny());
    assert_eq!(log.head(), copied.head.0);
    goes_on(&log);
}

//! Copies of a log that is being written.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use resit_embedded_log::{Config, NoBoundary, OpenError, copy, copy_until, verify};
use resit_event_log::{EventLog, Position};

use crate::given::{commit, fill, filled, frames, open, runtime, segments, tiny};

/// Copies while four writers are at work, and checks each copy against what was acknowledged and what is there in the end.
fn check_copies(config: &Config, count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), config).log;
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = runtime();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (log, stop) = (log.clone(), stop.clone());
            runtime.spawn(async move {
                for n in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let command = format!("c{writer}-{n}");
                    let commit = commit(&command, &[(&format!("own/{command}"), 0)], &[0x5a; 700]);
                    log.append(commit).await.unwrap();
                }
            })
        })
        .collect();
    let mut made = Vec::new();
    for _ in 0..count {
        let acknowledged = runtime.block_on(log.head()).unwrap();
        let to = tempfile::tempdir().unwrap();
        let report = copy(folder.path(), to.path()).unwrap();
        assert!(report.head >= acknowledged, "all that was acknowledged before is in it");
        made.push((to, report));
        runtime.block_on(log.wait_past(report.head)).unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        runtime.block_on(writer).unwrap();
    }
    let all = runtime.block_on(log.read(Position::START, usize::MAX)).unwrap();
    for (to, report) in made {
        let verified = verify(to.path()).unwrap();
        assert!(verified.is_sound() && verified.torn.is_none());
        assert_eq!((verified.sound_up_to, verified.digest), (report.head, report.digest));
        let copied = open(to.path(), config).all().unwrap();
        assert!(copied[..] == all[..copied.len()] && copied.len() as u64 == report.head.0);
    }
}

#[test]
fn a_copy_beside_writers_has_all_that_was_acknowledged_and_is_whole() {
    check_copies(&Config::default(), 40);
}

#[test]
fn a_copy_follows_segments_that_are_sealed_meanwhile() {
    check_copies(&Config { segment_bytes: 64 << 10, ..Config::default() }, 8);
}

#[test]
fn damage_is_not_copied() {
    for nth in [0, 1] {
        let (folder, to) = (filled(40, &tiny()), tempfile::tempdir().unwrap());
        let segments = segments(folder.path());
        let segment = if nth == 0 { &segments[0] } else { segments.last().unwrap() };
        let mut bytes = fs::read(segment).unwrap();
        bytes[40] ^= 1;
        fs::write(segment, bytes).unwrap();
        let Err(OpenError::Damaged(damage)) = copy(folder.path(), to.path()) else { panic!() };
        assert!(segment.ends_with(&damage.segment), "{damage}");
        assert!(!to.path().join("FORMAT").exists(), "what is there is not taken for a log");
    }
}

#[test]
fn a_copy_is_put_over_no_log_and_taken_of_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path(), &Config::default()), 1);
    let error = copy(folder.path(), folder.path()).unwrap_err();
    assert!(error.to_string().contains("something else stands there"), "{error}");
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(copy(empty.path(), folder.path()), Err(OpenError::NoLog { .. })));
}

/// What a copy that ends with a position must come to: the records up to there, or the nearest ends of commits.
fn check_cut(folder: &std::path::Path, config: &Config, until: u64) {
    let all = open(folder, config).all().unwrap();
    let head = all.len() as u64;
    let ends_commit = |position: u64| {
        let record = &all[usize::try_from(position).unwrap() - 1];
        record.slice + 1 == record.slices
    };
    let to = tempfile::tempdir().unwrap();
    let result = copy_until(folder, to.path(), Position(until));
    if until > head {
        let Err(OpenError::NoBoundary(found)) = result else { panic!("{result:?}") };
        assert_eq!(found, NoBoundary::PastEnd { position: Position(until), head: Position(head) });
        assert!(!to.path().join("FORMAT").exists(), "what is there is not taken for a log");
        return;
    }
    if !ends_commit(until) {
        let Err(OpenError::NoBoundary(found)) = result else { panic!("{result:?}") };
        let before = (1..until).rev().find(|position| ends_commit(*position)).unwrap_or(0);
        let end = (until..1 << 20).find(|position| ends_commit(*position)).unwrap();
        let expected =
            NoBoundary::Inside { position: Position(until), before: Position(before), end: Position(end) };
        assert_eq!(found, expected);
        assert!(!to.path().join("FORMAT").exists(), "what is there is not taken for a log");
        return;
    }
    let report = result.unwrap();
    assert_eq!((report.head, report.is_cut), (Position(until), until < head));
    let verified = verify(to.path()).unwrap();
    assert!(verified.is_sound() && verified.torn.is_none(), "{verified:?}");
    assert_eq!((verified.sound_up_to, verified.digest), (report.head, report.digest));
    let copied = open(to.path(), config);
    assert_eq!(copied.all().unwrap()[..], all[..usize::try_from(until).unwrap()]);
    copied.taken(commit("behind", &[("own/behind", 0)], b"goes on"));
    assert_eq!(copied.head(), until + 1, "the copy goes on behind its end");
}

#[test]
fn a_copy_ends_with_the_commit_that_was_named_or_the_nearest_are_named() {
    let folder = filled(40, &tiny());
    assert!(segments(folder.path()).len() > 2);
    let before = fs::read(&segments(folder.path())[0]).unwrap();
    for until in 1..=83 {
        check_cut(folder.path(), &tiny(), until);
    }
    assert_eq!(fs::read(&segments(folder.path())[0]).unwrap(), before, "the original stays as it is");
    let one_segment = filled(3, &Config::default());
    for until in 1..=7 {
        check_cut(one_segment.path(), &Config::default(), until);
    }
}

#[test]
fn damage_behind_the_end_of_a_copy_does_not_matter_and_damage_before_it_does() {
    let folder = filled(40, &tiny());
    let all = segments(folder.path());
    let last = all.last().unwrap();
    let first_of_last: u64 = last.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let mut bytes = fs::read(last).unwrap();
    let end = frames(&bytes)[1];
    bytes[end - 1] ^= 1;
    fs::write(last, bytes).unwrap();
    let copied = |until: u64| {
        let to = tempfile::tempdir().unwrap();
        copy_until(folder.path(), to.path(), Position(until)).map(|report| report.head.0)
    };
    assert_eq!(copied(first_of_last - 1).unwrap(), first_of_last - 1);
    assert!(matches!(copied(first_of_last + 1), Err(OpenError::Damaged(_))));
}

#[test]
fn a_copy_that_ends_somewhere_is_made_beside_writers_too() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), &Config::default());
    fill(&log, 20);
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = runtime();
    let writer = runtime.spawn({
        let (log, stop) = (log.log.clone(), stop.clone());
        async move {
            for n in 0.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let commit = commit(&format!("d{n}"), &[(&format!("own/d{n}"), 0)], &[0x5a; 700]);
                log.append(commit).await.unwrap();
            }
        }
    });
    for _ in 0..20 {
        let to = tempfile::tempdir().unwrap();
        let report = copy_until(folder.path(), to.path(), Position(20)).unwrap();
        assert_eq!(report.head, Position(20));
        assert_eq!(open(to.path(), &Config::default()).all().unwrap().len(), 20);
    }
    stop.store(true, Ordering::Relaxed);
    runtime.block_on(writer).unwrap();
}

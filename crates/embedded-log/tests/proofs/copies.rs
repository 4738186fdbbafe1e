//! Copies of a log that is being written.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use resit_embedded_log::{Config, OpenError, copy, verify};
use resit_event_log::{EventLog, Position};

use crate::given::{commit, fill, filled, open, runtime, segments, tiny};

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

//! An index that can't be stored: answers stay right, memory stays bounded, and it is a fault until it can.

use std::time::{Duration, Instant};
use std::{cell::Cell, fs, process::Command};

use resit_embedded_log::{Config, OpenError, verify};

use crate::apart::{alone_on_a_disk, child_folder, mount};
use crate::given::{Open, commit, fill, open, segments, tiny, try_open_unless};

#[test]
fn an_index_without_room_is_a_fault_until_there_is_room_and_no_answer_is_wrong() {
    alone_on_a_disk("index_stuck::has_no_room_for_the_index");
}

/// Every answer that the log gives by name.
#[track_caller]
fn check_answers(log: &Open, commits: u64) {
    for n in 0..commits {
        assert_eq!(log.stream(&format!("own/{n}")).unwrap().len(), 1, "{n}");
        assert_eq!(log.found(&format!("c{n}")).unwrap()[0].position.0, 2 * n + 1);
        assert!(log.append(commit(&format!("c{n}"), &[("other/1", 0)], b"")).is_err(), "c{n} is taken");
    }
    for n in 0..5 {
        let records = log.stream(&format!("shared/{n}")).unwrap();
        assert_eq!(records.len() as u64, commits / 5);
        assert!(records.is_sorted_by_key(|record| record.position));
        assert_eq!(log.revision(&format!("shared/{n}")).unwrap(), records.last().unwrap().position);
    }
    assert_eq!(log.revision("nobody/1").unwrap().0, 0);
}

/// Nobody waits for longer: what is waited for takes a second.
const PATIENCE: Duration = Duration::from_mins(2);

#[track_caller]
#[expect(clippy::disallowed_methods, reason = "it measures how long somebody takes")]
fn wait_until(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it is not so after {PATIENCE:?}");
        std::thread::yield_now();
    }
}

#[test]
#[ignore = "a child of another test"]
fn has_no_room_for_the_index() {
    // Memory for the index of one segment, or of all that there will be.
    for unstored_bytes_max in [0, 1 << 20] {
        let folder = child_folder().join(unstored_bytes_max.to_string());
        let config = Config { unstored_bytes_max, ..tiny() };
        fs::create_dir_all(folder.join("index")).unwrap();
        mount(&folder.join("index"), "size=4k");
        let log = open(&folder, &config);
        assert_eq!(log.log.fault(), None);
        fill(&log, 60);
        assert!(segments(&folder).len() > 3);
        wait_until(|| log.log.fault().is_some());
        let fault = log.log.fault().unwrap();
        assert!(fault.contains("the log's index can't be stored") && fault.contains("Make room"), "{fault}");
        check_answers(&log, 60);
        drop(log);

        let log = open(&folder, &config);
        assert_eq!(log.report.segments_indexed, segments(&folder).len() - 1, "nothing was stored");
        check_answers(&log, 60);
        let room = Command::new("mount").args(["-o", "remount,size=8m"]).arg(folder.join("index")).status();
        assert!(room.unwrap().success());
        // The next segment that is sealed has it tried again.
        let before = segments(&folder).len();
        (0..1 << 20)
            .map(|n| log.taken(commit(&format!("more{n}"), &[(&format!("more/{n}"), 0)], &[0; 500])))
            .find(|_| segments(&folder).len() > before);
        let is_stored = || fs::read_dir(folder.join("index")).unwrap().count() > 0;
        wait_until(|| log.log.fault().is_none() && is_stored());
        check_answers(&log, 60);
        drop(log);
        let log = open(&folder, &config);
        assert_eq!((log.report.segments_indexed, log.log.fault()), (0, None), "all of it was stored");
        check_answers(&log, 60);
        drop(log);
        assert!(verify(&folder).unwrap().is_sound());
    }
}

#[test]
fn many_segments_have_few_runs() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), &tiny());
    fill(&log, 600);
    check_answers(&log, 600);
    drop(log);
    let count = segments(folder.path()).len();
    let runs = || fs::read_dir(folder.path().join("index")).unwrap().count();
    assert!(count > 30 && runs() <= 8, "{} runs of {count} segments", runs());
    let log = open(folder.path(), &tiny());
    assert_eq!(log.report.segments_indexed, 0);
    check_answers(&log, 600);
    drop(log);
    fs::remove_dir_all(folder.path().join("index")).unwrap();
    let log = open(folder.path(), &tiny());
    assert_eq!(log.report.segments_indexed, count - 1);
    check_answers(&log, 600);
}

#[test]
fn whoever_stops_an_open_on_the_way_keeps_what_was_indexed() {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path(), &tiny()), 60);
    fs::remove_dir_all(folder.path().join("index")).unwrap();
    let asked = Cell::new(0);
    let stop = || asked.replace(asked.get() + 1) == 2;
    let stopped = try_open_unless(folder.path(), &tiny(), &stop).map(|log| log.report);
    assert!(matches!(stopped, Err(OpenError::Stopped)), "{stopped:?}");
    let log = open(folder.path(), &tiny());
    assert_eq!(log.report.segments_indexed, segments(folder.path()).len() - 1 - 2, "two were there");
    check_answers(&log, 60);
}

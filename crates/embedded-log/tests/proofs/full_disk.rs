//! A disk without room.

use std::fs;

use resit_embedded_log::{Config, verify};
use resit_event_log::AppendError;

use crate::apart::{alone_on_a_disk, child_folder, leave_free, mount};
use crate::given::{Open, commit, open};

#[test]
fn a_full_disk_is_told_and_the_log_goes_on_when_there_is_room() {
    alone_on_a_disk("full_disk::fills_the_disk");
}

#[test]
fn a_disk_without_room_for_the_next_segment_is_told_and_the_log_goes_on() {
    alone_on_a_disk("full_disk::fills_the_disk_with_tiny_segments");
}

#[test]
#[ignore = "a child of another test"]
fn fills_the_disk() {
    fill_up(&Config::default());
}

#[test]
#[ignore = "a child of another test"]
fn fills_the_disk_with_tiny_segments() {
    fill_up(&Config { segment_bytes: 4 << 10, ..Config::default() });
}

/// Fills the disk up again and again, makes room, and goes on; all that was acknowledged is there in the end.
fn fill_up(config: &Config) {
    let disk = child_folder();
    mount(&disk, "size=24m");
    let (folder, ballast) = (disk.join("ledger"), disk.join("ballast"));
    let log = open(&folder, config);
    let mut acknowledged = 0;
    for round in 0..3 {
        // The ballast leaves room for some records only.
        leave_free(&disk, &ballast, 300 << 10);
        acknowledged += append_until_full(&log, round);
        assert_eq!(log.head(), acknowledged, "what was refused is not there");
        assert_eq!(log.all().unwrap().len() as u64, acknowledged, "and what was not, is");
        fs::remove_file(&ballast).unwrap();
        log.taken(commit(
            &format!("after{round}"),
            &[(&format!("after/{round}"), 0)],
            b"there is room again",
        ));
        acknowledged += 1;
    }
    drop(log);
    assert!(verify(&folder).unwrap().is_sound());
    let log = open(&folder, config);
    assert_eq!((log.head(), &log.report.torn), (acknowledged, &None));
}

fn append_until_full(log: &Open, round: u32) -> u64 {
    for n in 0.. {
        let (command, stream) = (format!("c{round}.{n}"), format!("own/{round}.{n}"));
        let Err(error) = log.append(commit(&command, &[(&stream, 0)], &[0x5a; 3_000])) else { continue };
        let AppendError::Unavailable { reason, source } = error else {
            panic!("not told as a full disk: {error}")
        };
        assert!(reason.contains("the disk is full; make room"), "{reason}");
        assert!(source.is_some());
        assert!(log.found(&command).unwrap().is_empty());
        return n;
    }
    unreachable!("the disk is small")
}

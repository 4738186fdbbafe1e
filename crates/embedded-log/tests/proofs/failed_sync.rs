//! Syncs that fail on a real device, and processes that are killed before they sync: what the last write left in doubt is
//! settled at open, or the log does not open.

use std::fs;

use resit_embedded_log::{Config, OpenError, verify};
use resit_event_log::{AppendError, Commit};

use crate::{
    apart::{alone_on_a_disk, child_folder},
    device::Device,
    given::{Open, commit, open, refusal, segments},
};

#[test]
fn what_a_failed_sync_left_in_doubt_is_settled_or_the_log_does_not_open() {
    alone_on_a_disk("failed_sync::settles_or_refuses");
}

#[test]
fn what_was_written_again_after_a_failed_sync_is_on_the_device() {
    alone_on_a_disk("failed_sync::healed_before_the_restart");
}

#[test]
fn a_cache_that_was_dropped_before_the_restart_costs_nothing_that_was_acknowledged() {
    alone_on_a_disk("failed_sync::dropped_before_the_restart");
}

#[test]
fn a_footer_that_a_failed_sync_left_in_doubt_is_settled_too() {
    alone_on_a_disk("failed_sync::while_a_segment_is_sealed");
}

const DEVICE_BYTES: usize = 32 << 20;

#[test]
fn what_is_written_again_into_blocks_that_were_never_written_is_looked_at_on_the_device() {
    alone_on_a_disk("failed_sync::in_blocks_that_were_never_written");
}

/// A log with some acknowledged commits, on a device that then fails in the middle of a larger one.
fn failed(device: &Device) -> u64 {
    let folder = device.root.join("ledger");
    let log = open(&folder, &Config::default());
    for n in 0..20 {
        log.taken(commit(&format!("c{n}"), &[(&format!("own/{n}"), 0)], &[n; 700]));
    }
    let acknowledged = log.head();
    let segment = segments(&folder).pop().unwrap();
    let bytes = fs::read(&segment).unwrap();
    device.fail_behind(&segment, bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64 + 1);
    let doubtful = commit("doubtful", &[("doubtful/1", 0)], &vec![0x5a; 30_000]);
    let error = log.append(doubtful.clone()).unwrap_err();
    let AppendError::Unavailable { reason, .. } = &error else { panic!("{error}") };
    assert!(reason.starts_with("what was written could not be synced"), "{reason}");
    assert!(reason.contains("opens only if the disk takes again what is in doubt"), "{reason}");
    assert_eq!(
        log.append(doubtful).unwrap_err().to_string(),
        error.to_string(),
        "nothing is written any more"
    );
    assert_eq!(log.head(), acknowledged);
    drop(log);
    assert!(!folder.join("log/STOPPED").exists(), "it was not stopped in good order");
    acknowledged
}

/// What is acknowledged now outlives the page cache.
#[track_caller]
fn check_lasts(device: &Device, log: Open, acknowledged: u64) {
    assert!(log.head() >= acknowledged);
    log.taken(commit("after", &[("after/1", 0)], b"the log goes on"));
    let records = log.all().unwrap();
    drop(log);
    device.drop_cache();
    let folder = device.root.join("ledger");
    assert!(verify(&folder).unwrap().is_sound());
    let log = open(&folder, &Config::default());
    assert_eq!((log.all().unwrap(), &log.report.torn), (records, &None));
}

#[test]
#[ignore = "a child of another test"]
fn settles_or_refuses() {
    let device = Device::below(&child_folder(), DEVICE_BYTES);
    let acknowledged = failed(&device);
    let folder = device.root.join("ledger");
    for _ in 0..3 {
        let error = refusal(&folder, &Config::default());
        let OpenError::InDoubt { position_before, last, .. } = &error else { panic!("{error}") };
        assert_eq!((position_before.0, last.0), (acknowledged, acknowledged + 1), "{error}");
        assert!(error.to_string().contains("can't be written again"), "{error}");
    }
    device.heal();
    let log = open(&folder, &Config::default());
    assert_eq!((log.head(), log.found("doubtful").unwrap().len()), (acknowledged + 1, 1));
    check_lasts(&device, log, acknowledged + 1);
}

#[test]
#[ignore = "a child of another test"]
fn healed_before_the_restart() {
    let device = Device::below(&child_folder(), DEVICE_BYTES);
    let acknowledged = failed(&device);
    device.heal();
    let log = open(&device.root.join("ledger"), &Config::default());
    assert_eq!(log.head(), acknowledged + 1, "what the page cache had is on the device now");
    check_lasts(&device, log, acknowledged + 1);
}

#[test]
#[ignore = "a child of another test"]
fn dropped_before_the_restart() {
    let device = Device::below(&child_folder(), DEVICE_BYTES);
    let acknowledged = failed(&device);
    device.heal();
    device.drop_cache();
    let log = open(&device.root.join("ledger"), &Config::default());
    assert_eq!(log.head(), acknowledged);
    assert!(log.report.torn.is_some(), "the first block of the write was there");
    check_lasts(&device, log, acknowledged);
}

#[test]
#[ignore = "a child of another test"]
fn while_a_segment_is_sealed() {
    for is_dropped in [false, true] {
        let below = child_folder().join(is_dropped.to_string());
        fs::create_dir(&below).unwrap();
        let device = Device::below(&below, DEVICE_BYTES);
        let folder = device.root.join("ledger");
        let config = Config { segment_bytes: 16 << 10, ..Config::default() };
        let log = open(&folder, &config);
        log.taken(two_blocks(0));
        let acknowledged = log.head();
        let segment = segments(&folder).pop().unwrap();
        device.fail_behind(&segment, 8_192);
        let error = log.append(commit("next", &[("next/1", 0)], &[0x5a; 12_000])).unwrap_err();
        assert!(error.to_string().contains("could not be synced"), "it is the footer's: {error}");
        drop(log);
        if is_dropped {
            device.heal();
            device.drop_cache();
        } else {
            let error = refusal(&folder, &config);
            assert!(matches!(error, OpenError::InDoubt { .. }), "{error}");
            device.heal();
        }
        let log = open(&folder, &config);
        assert_eq!((log.head(), log.report.segments), (acknowledged, if is_dropped { 1 } else { 2 }));
        check_lasts(&device, log, acknowledged);
    }
}

/// A commit that ends, in a new log, where the third block begins: the footer behind it is in a block of its own.
fn two_blocks(more: usize) -> Commit {
    let commit = commit("c1", &[("own/1", 0)], &vec![1; 7_000 + more]);
    if more > 0 {
        return commit;
    }
    let trial = tempfile::tempdir().unwrap();
    open(trial.path(), &Config::default()).taken(commit);
    let end = fs::metadata(&segments(trial.path())[0]).unwrap().len();
    two_blocks(8_192 - usize::try_from(end).unwrap())
}

/// ext4 takes what is written again, syncs it, and keeps calling the blocks unwritten: they read as zeros later.
#[test]
#[ignore = "a child of another test"]
fn in_blocks_that_were_never_written() {
    let device = Device::below(&child_folder(), DEVICE_BYTES);
    let folder = device.root.join("ledger");
    let log = open(&folder, &Config::default());
    log.taken(commit("c1", &[("own/1", 0)], b"before"));
    device.fail_new_blocks();
    let error = log.append(commit("doubtful", &[("doubtful/1", 0)], &vec![0x5a; 600_000])).unwrap_err();
    assert!(error.to_string().contains("could not be synced"), "{error}");
    drop(log);
    let error = refusal(&folder, &Config::default());
    assert!(matches!(error, OpenError::InDoubt { .. }), "{error}");
    device.heal();
    let log = open(&folder, &Config::default());
    assert_eq!((log.head(), log.found("doubtful").unwrap().len()), (2, 1));
    check_lasts(&device, log, 2);
}

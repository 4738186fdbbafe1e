//! A disk without room.

use std::{fs, path::Path, process::Command};

use resit_embedded_log::{Config, verify};
use resit_event_log::AppendError;

use crate::given::{Open, child, child_folder, commit, open};

/// Starts a process in a namespace of its own, in which it may mount: root may, some systems let anybody, and others
/// let those who may become root.
const NAMESPACES: [&[&str]; 3] = [
    &["unshare", "--mount"],
    &["unshare", "--user", "--map-root-user", "--mount"],
    &["sudo", "-n", "unshare", "--mount"],
];

/// The first of these that works here. Without any, the disk can't be made to fail, and the test fails instead.
pub(crate) fn namespace() -> &'static [&'static str] {
    let works = |words: &&&[&str]| {
        Command::new(words[0])
            .args(&words[1..])
            .arg("true")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    NAMESPACES
        .iter()
        .find(works)
        .expect("root, or the right to mount in a namespace, is needed for this test")
}

/// Mounts a small disk; only in a namespace of its own, where nobody else sees it.
pub(crate) fn mount(folder: &Path, options: &str) {
    let mut command = Command::new("mount");
    let mounted = command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).status();
    assert!(mounted.unwrap().success(), "needs the right to mount in a namespace of its own");
}

fn run(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = child(test, folder.path(), namespace()).wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_full_disk_is_told_and_the_log_goes_on_when_there_is_room() {
    run("full_disk::fills_the_disk");
}

#[test]
fn a_disk_without_room_for_the_next_segment_is_told_and_the_log_goes_on() {
    run("full_disk::fills_the_disk_with_tiny_segments");
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
        fill_with_ballast(&disk, &ballast, 300 << 10);
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

fn fill_with_ballast(disk: &Path, ballast: &Path, leave: u64) {
    let free = || {
        let output = Command::new("df").args(["--output=avail", "-B1"]).arg(disk).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().nth(1).unwrap().trim().parse::<u64>().unwrap()
    };
    let size = usize::try_from(free().saturating_sub(leave)).unwrap();
    fs::write(ballast, vec![1; size]).unwrap();
}

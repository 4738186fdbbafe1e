//! A log whose bytes are as they were written, and that breaks the contract: `log check` and `verify` say so.

use std::fs;
use std::path::Path;

use resit_domain::CommandId;
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{Commit, EventLog, Position, Record, Slice, codec};

use crate::shell::Shell;

fn records(folder: &Path) -> Vec<Record> {
    let (log, _) = EmbeddedLog::open(folder, &Config::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(log.read(Position::START, usize::MAX)).unwrap()
}

/// The commits that records came from.
fn commits(records: Vec<Record>) -> Vec<Commit> {
    let mut commits: Vec<Commit> = Vec::new();
    for record in records {
        let slice = Slice { stream: record.stream, expected: record.previous, events: record.events };
        match commits.last_mut().filter(|_| record.slice > 0) {
            Some(commit) => commit.slices.push(slice),
            None => commits.push(Commit {
                command: record.command,
                command_body: record.command_body,
                actor: record.actor,
                recorded_at: record.recorded_at,
                slices: vec![slice],
            }),
        }
    }
    commits
}

/// Writes a log of these commits in the place of the ledger's, each checksum right, in the form of an earlier release.
fn replace_log(folder: &Path, commits: &[Commit]) {
    let close = |bytes: &mut Vec<u8>, start: usize| {
        let crc = crc32c::crc32c(&bytes[start..]);
        bytes.extend_from_slice(&crc.to_le_bytes());
    };
    let mut segment =
        [&b"RESITSEG"[..], &2_u32.to_le_bytes(), &[0; 4], &1_u64.to_le_bytes(), &[0; 4]].concat();
    close(&mut segment, 0);
    let (mut next, mut at) = (1, i64::MIN);
    for commit in commits {
        let payload = codec::encode(commit);
        let records = u16::try_from(commit.slices.len()).unwrap();
        at = at.max(commit.recorded_at.millis());
        let start = segment.len();
        segment.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_le_bytes());
        segment.extend_from_slice(&records.to_le_bytes());
        segment.extend_from_slice(&[0; 2]);
        segment.extend_from_slice(&u64::to_le_bytes(next));
        segment.extend_from_slice(&at.to_le_bytes());
        segment.extend_from_slice(&crc32c::crc32c(&payload).to_le_bytes());
        close(&mut segment, start);
        segment.extend_from_slice(&payload);
        next += u64::from(records);
    }
    // Whoever forges a log forges its mark, too.
    drop(fs::remove_file(folder.join("MARK")));
    for derived in ["log", "index", "read-models", "agenda"] {
        drop(fs::remove_dir_all(folder.join(derived)));
    }
    fs::create_dir(folder.join("log")).unwrap();
    fs::write(folder.join("log/00000000000000000001.seg"), segment).unwrap();
    let line = "resit log format 2";
    fs::write(folder.join("FORMAT"), format!("{line} {:08x}\n", crc32c::crc32c(line.as_bytes()))).unwrap();
}

#[track_caller]
fn check_told(shell: &Shell, expected: &str) {
    for words in ["log check", "verify"] {
        let told = shell.run(words).with(4).out;
        assert!(told.contains("damage the record at position") && told.contains(expected), "{words}: {told}");
        assert!(told.contains("restore the log from a copy"), "{words}: {told}");
    }
    let told = shell.run("--output json log check").with(4).json();
    assert!(
        told["damages"].as_array().unwrap().iter().any(|d| d["text"].as_str().unwrap().contains(expected))
    );
}

#[test]
fn a_log_that_holds_every_record_three_times_is_not_sound() {
    let shell = Shell::shop();
    shell.issue("W-1");
    shell.run("log check").with(0);
    shell.run("verify").with(0);
    let once = commits(records(&shell.folder));
    replace_log(&shell.folder, &once);
    shell.run("log check").with(0);
    shell.run("verify").with(0);
    replace_log(&shell.folder, &[once.clone(), once.clone(), once].concat());
    check_told(&shell, "its command is on record before");
}

#[test]
fn an_event_that_can_not_be_read_is_found_and_a_newer_one_only_named() {
    let shell = Shell::shop();
    shell.issue("W-1");
    let sound = commits(records(&shell.folder));
    let mut planted = sound.clone();
    planted.last_mut().unwrap().slices[0].events[0].body = (&b"\xc1"[..]).into();
    replace_log(&shell.folder, &planted);
    check_told(&shell, "can't be read");

    let mut newer = sound.clone();
    newer.last_mut().unwrap().slices[0].events[0].version = 9;
    replace_log(&shell.folder, &newer);
    let told = shell.run("log check").with(0).out;
    assert!(told.contains("version 9 are not known to this program"), "{told}");
}

#[test]
fn a_stream_that_claims_to_follow_anothers_record_is_found() {
    let shell = Shell::shop();
    shell.issue("W-1");
    shell.issue("W-2");
    let mut planted = commits(records(&shell.folder));
    let last = planted.last_mut().unwrap();
    last.command = "another-id".parse::<CommandId>().unwrap();
    last.slices[0].expected = Position(1);
    replace_log(&shell.folder, &planted);
    check_told(&shell, "by what it says, the record before it on its stream is at 1");
}

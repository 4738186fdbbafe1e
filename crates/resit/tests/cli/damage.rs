//! A ledger that can't be used, or is not what it was.

use std::fs;
use std::path::Path;

use resit_derived_store::{Changes, DerivedStore};
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, Position};

use crate::shell::Shell;

#[test]
fn a_ledger_that_is_not_there_is_named_with_the_way_to_make_one() {
    let shell = Shell::nowhere();
    let answer = shell.run("show 01ARZ3NDEKTSV4RRFFQ69G5FAV").with(2);
    assert!(answer.err.contains("resit init"), "{}", answer.err);
    assert!(!shell.folder.exists(), "asking makes nothing");
}

#[test]
fn a_ledger_in_use_is_left_alone() {
    let shell = Shell::shop();
    let held = EmbeddedLog::open(&shell.folder, &Config::default()).unwrap();
    let answer = shell.run("issue exam-replay --order W-1").with(3);
    assert!(answer.err.contains("in use by"), "{}", answer.err);
    drop(held);
    shell.run("issue exam-replay --order W-1").with(0);
}

#[test]
fn a_ledger_of_a_newer_release_is_left_alone() {
    let shell = Shell::shop();
    let line = "resit log format 9";
    fs::write(shell.folder.join("FORMAT"), format!("{line} {:08x}\n", crc32c::crc32c(line.as_bytes())))
        .unwrap();
    let answer = shell.run("issue exam-replay --order W-1").with(3);
    assert!(answer.err.contains('9') && answer.err.contains("release"), "{}", answer.err);
}

#[test]
fn a_lost_key_is_named_and_only_init_makes_a_new_one() {
    let shell = Shell::shop();
    let (voucher, code) = shell.issue("W-1");
    fs::remove_file(shell.folder.join("code.key")).unwrap();
    assert!(shell.run("issue exam-replay --order W-2").with(3).err.contains("code.key"));
    shell.run("init").with(0);
    let book = format!("schedule {code} --by anna --exam EX-1 --delivery online --sit 2026-02-02T09:00Z");
    shell.at("2026-01-06", &book).with(0);
    let again =
        shell.json_at("2026-01-07", "issue exam-replay --order W-1 --purchased 2026-01-05").with(0).json();
    assert_eq!(again["codes"].as_array().unwrap().len(), 0, "a code of another key can't be shown again");
    assert!(
        voucher.starts_with(again["entitlements"][0]["id"].as_str().unwrap()),
        "and it is the same voucher"
    );
}

#[test]
fn damage_is_located_and_repaired_only_when_asked() {
    let shell = Shell::shop();
    shell.issue("W-1");
    let segment = fs::read_dir(shell.folder.join("log")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let name = segment.file_name().unwrap().to_str().unwrap();
    for words in ["look-up --order W-1", "log check"] {
        let answer = shell.run(words).with(4);
        assert!((answer.out + &answer.err).contains(name), "{words} names the segment");
    }
    assert_eq!(fs::read(&segment).unwrap(), bytes, "looking changes nothing");
    let repaired = shell.run("log repair").with(0);
    assert!(repaired.out.contains("torn"), "what was taken out is kept: {}", repaired.out);
    shell.run("verify").with(0);
}

/// Puts a wrong value into the row of the first entitlement.
fn plant(folder: &Path, value: &[u8]) {
    let (log, _) = EmbeddedLog::open(folder, &Config::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let records = runtime.block_on(log.read(Position::START, usize::MAX)).unwrap();
    let (store, _) = DerivedStore::open(&folder.join("read-models")).unwrap();
    let (key, _) = store.scan(b"E").next().unwrap().unwrap();
    let mut changes = Changes::default();
    changes.put(&key, value);
    store.apply(changes, records.last().unwrap()).unwrap();
    store.flush().unwrap();
}

#[test]
fn an_older_copy_of_the_log_is_not_mixed_with_what_was_derived_from_a_newer_one() {
    let shell = Shell::shop();
    shell.issue("W-1");
    let kept = shell.folder.with_extension("kept");
    copy(&shell.folder.join("log"), &kept);
    let (phantom, _) = shell.issue("W-2");
    shell.run("look-up --order W-2").with(0);
    shell.at("2026-01-05", "expire").with(0);

    fs::remove_dir_all(shell.folder.join("log")).unwrap();
    copy(&kept, &shell.folder.join("log"));
    assert!(shell.run("look-up --order W-2").with(0).out.contains("nothing"), "it is not in the older copy");
    let (other, _) = shell.issue("W-3");
    assert!(shell.run("look-up --order W-3").with(0).out.contains(&other));
    let sold = shell.run("look-up --offer exam-replay").with(0).out;
    assert!(sold.contains(&other) && !sold.contains(&phantom), "{sold}");
    assert_eq!(
        shell.json_at("2027-01-06", "expire").with(0).json().as_array().unwrap().len(),
        2,
        "W-1 and W-3"
    );
    shell.run("verify").with(0);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn a_wrong_row_is_found_and_rebuilt() {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    shell.run("look-up --order W-1").with(0);
    plant(&shell.folder, b"wrong");
    let found = shell.run("verify").with(1);
    assert!(found.out.contains("differs from the log"), "{}", found.out);
    shell.run("rebuild").with(0);
    shell.run("verify").with(0);
    assert!(shell.run("look-up --order W-1").with(0).out.contains(&voucher));
}

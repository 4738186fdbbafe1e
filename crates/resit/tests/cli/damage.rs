//! A ledger that can't be used, or is not what it was.

use std::fs;

use resit_derived_store::{Changes, DerivedStore};
use resit_embedded_log::{Config, EmbeddedLog};

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

#[test]
fn a_wrong_row_is_found_and_rebuilt() {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    shell.run("look-up --order W-1").with(0);
    let (store, _) = DerivedStore::open(&shell.folder.join("read-models")).unwrap();
    let (key, _) = store.scan(b"E").next().unwrap().unwrap();
    let mut changes = Changes::default();
    changes.put(&key, b"wrong");
    store.apply(changes, store.checkpoint().unwrap()).unwrap();
    store.flush().unwrap();
    drop(store);
    let found = shell.run("verify").with(1);
    assert!(found.out.contains("differs from the log"), "{}", found.out);
    shell.run("rebuild").with(0);
    shell.run("verify").with(0);
    assert!(shell.run("look-up --order W-1").with(0).out.contains(&voucher));
}

//! A ledger that can't be used, or is not what it was.

use std::fs;
use std::path::Path;

use resit_derived_store::{Changes, DerivedStore};
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::{EventLog, Position, Record};

use crate::shell::Shell;

#[test]
fn a_ledger_that_is_not_there_is_named_with_the_way_to_make_one() {
    let shell = Shell::nowhere();
    let answer = shell.run("show 01ARZ3NDEKTSV4RRFFQ69G5FAV").with(3);
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
    assert!(shell.run("issue exam-replay --order W-2").with(3).err.contains("`resit init`"));
    let about = ["show", "history", "terms"].map(|looking| format!("{looking} {voucher}"));
    let all =
        ["look-up --order W-1", "log dump", "verify", "rebuild", "offer show exam-replay"].map(str::to_owned);
    for words in about.iter().chain(&all) {
        shell.run(words).with(0);
        assert!(!shell.folder.join("code.key").exists(), "looking makes no key: {words}");
    }
    let told = shell.run("init").with(0).out;
    assert!(told.contains("can't be shown again"), "{told}");
    assert!(!shell.run("init").with(0).out.contains("can't be shown"), "said when it is so");
    let book = format!("schedule {code} --by anna --exam EX-1 --delivery online --sit 2026-02-02T09:00Z");
    shell.at("2026-01-06", &book).with(0);
    let again =
        shell.json_at("2026-01-07", "issue exam-replay --order W-1 --purchased 2026-01-05").with(0).json();
    assert_eq!(again["codes"].as_array().unwrap().len(), 0, "a code of another key can't be shown again");
    assert_eq!(again["codes_under_another_key"], 1);
    let told = shell.at("2026-01-07", "issue exam-replay --order W-1").with(0).out;
    assert!(told.contains("under another key"), "{told}");
    assert!(
        voucher.starts_with(again["entitlements"][0]["id"].as_str().unwrap()),
        "and it is the same voucher"
    );
}

#[test]
fn damage_is_located_and_repaired_only_when_asked() {
    let shell = Shell::shop();
    shell.issue("W-1");
    let segment = shell.segments().remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let name = segment.file_name().unwrap().to_str().unwrap();
    for words in ["look-up --order W-1", "log check"] {
        let answer = shell.run(words).with(4);
        assert!(answer.err.is_empty() || answer.err.contains("`resit log repair --ledger"), "{}", answer.err);
        assert!((answer.out + &answer.err).contains(name), "{words} names the segment");
    }
    assert_eq!(fs::read(&segment).unwrap(), bytes, "looking changes nothing");
    let would = shell.run("--dry-run log repair").with(4);
    assert!(would.out.ends_with("nothing was done: this was a dry run\n"), "{}", would.out);
    assert_eq!(fs::read(&segment).unwrap(), bytes);
    let repaired = shell.run("log repair").with(0);
    assert!(repaired.out.contains("torn"), "what was taken out is kept: {}", repaired.out);
    shell.run("verify").with(0);
}

fn last_record(folder: &Path) -> Record {
    let (log, _) = EmbeddedLog::open(folder, &Config::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(log.read(Position::START, usize::MAX)).unwrap().pop().unwrap()
}

/// Puts a wrong value into the row of the first entitlement.
fn plant(folder: &Path, value: &[u8]) {
    let last = last_record(folder);
    let (store, _) = DerivedStore::open(&folder.join("read-models")).unwrap();
    let (key, _) = store.scan(b"E").next().unwrap().unwrap();
    let mut changes = Changes::default();
    changes.put(key, value);
    store.apply(changes, &last, Position::START).unwrap();
    store.flush().unwrap();
}

#[test]
fn an_older_copy_of_the_log_is_not_mixed_with_what_was_derived_from_a_newer_one() {
    let shell = Shell::shop();
    shell.issue("W-1");
    let kept = shell.folder.with_extension("kept");
    copy(&shell.folder.join("log"), &kept);
    let (phantom, _) = shell.issue("W-2");
    shell.run("look-up --offer exam-replay").with(0);
    shell.at("2026-01-05", "expire").with(0);

    fs::remove_dir_all(shell.folder.join("log")).unwrap();
    copy(&kept, &shell.folder.join("log"));
    shell.run("ledger confirm").with(0);
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

#[test]
fn what_is_gone_from_the_log_is_told_until_somebody_takes_it_for_what_it_is() {
    let shell = Shell::shop();
    shell.issue("W-1");
    let kept = shell.folder.with_extension("kept");
    copy(&shell.folder.join("log"), &kept);
    shell.issue("W-2");
    shell.run("look-up --offer exam-replay").with(0);
    fs::remove_dir_all(shell.folder.join("log")).unwrap();
    copy(&kept, &shell.folder.join("log"));
    shell.run("verify").with(3);
    shell.run("ledger confirm").with(0);

    for _ in 0..2 {
        let told = shell.run("verify").with(4).out;
        assert!(told.contains("does not hold the record at") && told.contains("`resit rebuild`"), "{told}");
    }
    let told = shell.run("--output json verify").with(4).json();
    assert!(told["sound"] == false && told["gone"].is_string(), "{told}");
    shell.run("rebuild").with(0);
    let told = shell.run("--output json verify").with(0).json();
    assert!(told["sound"] == true && told["gone"].is_null(), "{told}");
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// A ledger with one voucher, in whose row a wrong value stands.
fn with_a_wrong_row() -> (Shell, String) {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    shell.run("look-up --offer exam-replay").with(0);
    plant(&shell.folder, b"wrong");
    (shell, voucher)
}

/// A wrong row is named, and a rebuild makes it right: in the folder, or through the server that has it.
fn wrong_row_is_named_and_rebuilt(shell: &Shell, voucher: &str) {
    let found = shell.run("verify").with(1);
    let (id, _) = voucher.split_once('.').unwrap();
    assert!(found.out.contains(&format!("the row entitlement {id} differs from the log")), "{}", found.out);
    let found = shell.run("--output json verify").with(1).json();
    assert_eq!(
        (&found["sound"], &found["differing"]),
        (&true.into(), &vec![format!("the row entitlement {id}")].into())
    );
    shell.run("rebuild").with(0);
    shell.run("verify").with(0);
    assert!(shell.run("look-up --offer exam-replay").with(0).out.contains(voucher));
}

#[test]
fn a_wrong_row_is_found_and_rebuilt() {
    let (shell, voucher) = with_a_wrong_row();
    wrong_row_is_named_and_rebuilt(&shell, &voucher);
}

#[test]
fn a_wrong_row_is_found_and_rebuilt_while_a_server_runs() {
    let (shell, voucher) = with_a_wrong_row();
    let server = shell.serve();
    wrong_row_is_named_and_rebuilt(&shell, &voucher);
    let (other, _) = shell.issue("W-2");
    assert!(shell.run("look-up --offer exam-replay").with(0).out.contains(&other), "its read models go on");
    server.stop();
    shell.run("verify").with(0);
}

/// A ledger with one voucher, whose end is missing in the agenda.
fn with_a_wrong_agenda() -> Shell {
    let shell = Shell::shop();
    shell.issue("W-1");
    shell.at("2026-01-05", "expire").with(0);
    plant_nothing_due(&shell.folder);
    shell
}

#[test]
fn a_wrong_agenda_is_found_and_rebuilt() {
    let shell = with_a_wrong_agenda();
    assert!(shell.at("2027-01-06", "--dry-run expire").with(0).out.contains("nothing"), "it is wrong");
    assert!(shell.run("verify").with(1).out.contains("falls due"));
    shell.run("rebuild").with(0);
    shell.run("verify").with(0);
    assert_eq!(shell.json_at("2027-01-06", "expire").with(0).json().as_array().unwrap().len(), 1);
}

#[test]
fn a_wrong_agenda_is_found_and_rebuilt_while_a_server_runs() {
    let shell = with_a_wrong_agenda();
    let server = shell.serve();
    assert!(shell.at("2027-01-06", "--dry-run expire").with(0).out.contains("nothing"), "it is wrong");
    assert!(shell.run("verify").with(1).out.contains("falls due"));
    shell.run("rebuild").with(0);
    shell.run("verify").with(0);
    let due = shell.at("2027-01-06", "--dry-run expire").with(0).out;
    assert!(!due.contains("nothing"), "{due}");
    server.stop();
}

/// Takes all that is due out of the agenda.
fn plant_nothing_due(folder: &Path) {
    let last = last_record(folder);
    let (store, _) = DerivedStore::open(&folder.join("agenda")).unwrap();
    let mut changes = Changes::default();
    for row in store.scan(b"D") {
        changes.remove(row.unwrap().0);
    }
    store.apply(changes, &last, Position::START).unwrap();
    store.flush().unwrap();
}

#[test]
fn a_missing_mark_is_named_and_restored_by_repair() {
    let shell = Shell::shop();
    let (voucher, _) = shell.issue("W-1");
    let (mark, records) = (shell.folder.join("FORMAT"), shell.dump());
    let text = fs::read(&mark).unwrap();
    fs::remove_file(&mark).unwrap();
    for words in ["init", "log check", "verify", &format!("show {voucher}")] {
        let answer = shell.run(words).with(4);
        assert!(
            answer.err.contains("FORMAT") && answer.err.contains("log repair"),
            "{words}: {}",
            answer.err
        );
    }
    assert!(shell.run("--dry-run log repair").with(4).out.contains("would be written anew"));
    assert!(!mark.exists());
    fs::write(&mark, "rubbish").unwrap();
    let damaged = shell.run("status").with(4);
    let remedy = format!("`resit log repair --ledger {}`", shell.folder.display());
    assert!(damaged.err.contains(&remedy) && damaged.err.contains("FORMAT"), "{}", damaged.err);
    assert!(shell.run("log repair").with(0).out.contains("written anew"));
    assert_eq!((fs::read(&mark).unwrap(), shell.dump()), (text, records));
}

#[test]
fn a_mended_header_costs_no_record_and_the_answer_says_so() {
    let shell = Shell::shop();
    shell.issue("W-1");
    let records = shell.dump();
    let segment = shell.segments().remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    bytes[1] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let told = shell.run("log repair").with(0).out;
    assert!(told.contains("none is lost") && !told.contains("position 0\n"), "{told}");
    assert_eq!(shell.dump(), records);
    fs::write(&segment, &bytes).unwrap();
    let told = shell.run("--output json log repair").with(0).json();
    assert_eq!((&told["set_aside"][0]["mended"], &told["damages"][0]["offset"]), (&true.into(), &0.into()));
}

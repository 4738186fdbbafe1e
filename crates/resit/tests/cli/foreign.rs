//! A folder that does not hold the ledger that it held before: refused until an operator confirms it.

use std::fs;
use std::path::Path;

use crate::damage::copy;
use crate::disasters::{ready, stops_when};
use crate::serving::{Server, serve};
use crate::shell::Shell;

/// A ledger with one voucher, a copy of its log, and another voucher that is not in the copy.
fn with_an_older_log() -> (Shell, std::path::PathBuf) {
    let shell = Shell::shop();
    shell.issue("W-1");
    let kept = shell.folder.with_extension("kept");
    copy(&shell.folder.join("log"), &kept);
    shell.issue("W-2");
    (shell, kept)
}

fn put_log(from: &Path, folder: &Path) {
    fs::remove_dir_all(folder.join("log")).unwrap();
    copy(from, &folder.join("log"));
}

/// The log's segments and the mark, byte for byte.
fn evidence(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut paths: Vec<_> =
        fs::read_dir(folder.join("log")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.extend([folder.join("MARK"), folder.join("code.key")]);
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Every word that opens the folder is refused for this reason, and changes nothing; what was done is confirmed by one word.
#[track_caller]
fn is_refused_until_confirmed(shell: &Shell, reason: &str) {
    let before = evidence(&shell.folder);
    for words in [
        "serve --listen 127.0.0.1:0",
        "issue exam-replay --order W-9",
        "look-up --order W-1",
        "status",
        "verify",
    ] {
        let answer = shell.run(words).with(3);
        assert!(answer.err.contains(reason), "{words}: {}", answer.err);
        assert!(answer.err.contains("`resit ledger confirm"), "{words}: {}", answer.err);
    }
    let would = shell.run("--dry-run ledger confirm").with(0).out;
    assert!(would.contains(reason) && would.contains("nothing was done"), "{would}");
    assert_eq!(evidence(&shell.folder), before, "what shows it is not overwritten");
    let mark = fs::read(shell.folder.join("MARK")).unwrap();
    let confirmed = shell.run("ledger confirm").with(0).out;
    assert!(confirmed.contains("MARK.1"), "{confirmed}");
    assert_eq!(fs::read(shell.folder.join("MARK.1")).unwrap(), mark);
    shell.run("verify");
    shell.run("look-up --order W-1").with(0);
    shell.run("--dry-run ledger confirm").with(0);
}

#[test]
fn an_older_copy_of_the_log_is_refused_until_it_is_confirmed() {
    let (shell, kept) = with_an_older_log();
    put_log(&kept, &shell.folder);
    is_refused_until_confirmed(&shell, "it is an older copy, or its end was lost");
    assert_eq!(shell.issue("W-3").0.len(), 28, "it goes on");
}

#[test]
fn an_older_copy_that_went_on_by_itself_is_refused_until_it_is_confirmed() {
    let (shell, kept) = with_an_older_log();
    let other = Shell::nowhere();
    fs::create_dir_all(&other.folder).unwrap();
    copy(&kept, &other.folder.join("log"));
    for name in ["FORMAT", "code.key", "REHEARSAL"] {
        fs::copy(shell.folder.join(name), other.folder.join(name)).unwrap();
    }
    for order in ["W-5", "W-6", "W-7"] {
        other.issue(order);
    }
    put_log(&other.folder.join("log"), &shell.folder);
    is_refused_until_confirmed(&shell, "another record at position");
}

#[test]
fn the_log_of_another_ledger_is_refused_until_it_is_confirmed() {
    let (shell, other) = (Shell::shop(), Shell::nowhere());
    other.run("init --rehearsal").with(0);
    other.at("2026-01-05", "exam EX-9 --categories associate --deliveries online").with(0);
    // The same again is refused, and that is on record too.
    for _ in 0..4 {
        other.at("2026-01-05", "exam EX-9 --categories associate --deliveries online").with(1);
    }
    put_log(&other.folder.join("log"), &shell.folder);
    is_refused_until_confirmed(&shell, "the log is another ledger's");
}

#[test]
fn the_key_of_another_ledger_is_refused_until_it_is_confirmed() {
    let (shell, other) = (Shell::shop(), Shell::shop());
    let key = fs::read(shell.folder.join("code.key")).unwrap();
    let (_, code) = shell.issue("W-1");
    fs::copy(other.folder.join("code.key"), shell.folder.join("code.key")).unwrap();
    shell.run("issue exam-replay --order W-9").with(3);
    // The right key makes it the ledger that it was.
    fs::write(shell.folder.join("code.key"), &key).unwrap();
    assert_eq!(shell.issue("W-1").1, code);
    // A key that is cut is not taken for one.
    fs::write(shell.folder.join("code.key"), &key[..key.len() - 9]).unwrap();
    let cut = shell.run("status").with(3);
    assert!(cut.err.contains("restore it from its copy"), "{}", cut.err);
    fs::copy(other.folder.join("code.key"), shell.folder.join("code.key")).unwrap();
    is_refused_until_confirmed(&shell, "the ledger's codes are made with");
}

#[test]
fn a_key_that_did_not_make_the_last_code_is_refused_where_no_mark_names_one() {
    let (shell, other) = (Shell::shop(), Shell::shop());
    shell.issue("W-1");
    // As the release before leaves a folder.
    fs::remove_file(shell.folder.join("MARK")).unwrap();
    let key = fs::read(shell.folder.join("code.key")).unwrap();
    fs::copy(other.folder.join("code.key"), shell.folder.join("code.key")).unwrap();
    for words in ["status", "issue exam-replay --order W-2", "serve"] {
        let answer = shell.run(words).with(3);
        assert!(answer.err.contains("was made with another key"), "{words}: {}", answer.err);
    }
    assert!(!shell.folder.join("MARK").exists(), "nothing is taken for granted");
    fs::write(shell.folder.join("code.key"), key).unwrap();
    shell.issue("W-2");
    assert!(shell.folder.join("MARK").exists(), "from now on it is marked");
}

#[test]
fn a_ledger_that_changes_its_kind_while_it_is_stopped_is_refused_until_it_is_confirmed() {
    let rehearsal = Shell::shop();
    fs::remove_file(rehearsal.folder.join("REHEARSAL")).unwrap();
    is_refused_until_confirmed(&rehearsal, "its REHEARSAL file is gone");
    let real = Shell::nowhere();
    real.run("init").with(0);
    fs::write(real.folder.join("REHEARSAL"), "").unwrap();
    is_refused_until_confirmed(&real, "has a REHEARSAL file now");
    assert!(real.run("init --rehearsal").with(0).err.is_empty(), "it was confirmed");
}

#[test]
fn a_mark_that_was_changed_is_refused_and_kept() {
    let shell = Shell::shop();
    let mark = fs::read_to_string(shell.folder.join("MARK")).unwrap();
    fs::write(shell.folder.join("MARK"), mark.replace("position", "Position")).unwrap();
    is_refused_until_confirmed(&shell, "its MARK file is damaged");
}

#[test]
fn a_folder_whose_log_is_gone_is_not_made_a_new_ledger() {
    let shell = Shell::shop();
    fs::remove_dir_all(shell.folder.join("log")).unwrap();
    fs::remove_file(shell.folder.join("FORMAT")).unwrap();
    for words in ["init", "init --rehearsal"] {
        let answer = shell.run(words).with(3);
        assert!(answer.err.contains("held a ledger, and its log is gone"), "{}", answer.err);
        assert!(!shell.folder.join("FORMAT").exists());
    }
}

#[test]
fn what_a_server_acknowledged_a_moment_ago_is_missed_after_it_was_killed() {
    let (shell, kept) = with_an_older_log();
    fs::remove_dir_all(&kept).unwrap();
    copy(&shell.folder.join("log"), &kept);
    let server = serve(&shell.folder, "");
    let marked = || fs::read(shell.folder.join("MARK")).unwrap();
    let before = marked();
    shell.issue("W-3");
    while marked() == before {
        std::thread::yield_now();
    }
    server.kill();
    put_log(&kept, &shell.folder);
    is_refused_until_confirmed(&shell, "it is an older copy, or its end was lost");
}

/// Waits until a server says of its health what it has to.
#[track_caller]
fn health_becomes(server: &Server, words: &str) {
    for _ in 0..200_000 {
        if ready(&server.url).contains(words) {
            return;
        }
    }
    panic!("{} does not say {words}: {}", server.url, ready(&server.url));
}

#[test]
fn a_server_whose_key_or_kind_is_changed_is_not_ready_until_it_is_put_back() {
    let (shell, other) = (Shell::shop(), Shell::shop());
    let server = shell.serve();
    health_becomes(&server, "HTTP/1.1 200");
    let (key, marker) = (shell.folder.join("code.key"), shell.folder.join("REHEARSAL"));
    let (right, kind) = (fs::read(&key).unwrap(), fs::read(&marker).unwrap());
    let (_, code) = shell.issue("W-1");
    fs::copy(other.folder.join("code.key"), &key).unwrap();
    health_becomes(&server, "replaced by another key");
    assert_eq!(shell.issue("W-1").1, code, "it goes on by the key that it was started with");
    fs::remove_file(&key).unwrap();
    health_becomes(&server, "code.key is gone");
    fs::write(&key, &right[..20]).unwrap();
    health_becomes(&server, "can't be read");
    fs::write(&key, &right).unwrap();
    health_becomes(&server, "HTTP/1.1 200");
    fs::remove_file(&marker).unwrap();
    health_becomes(&server, "REHEARSAL file");
    fs::write(&marker, &kind).unwrap();
    health_becomes(&server, "HTTP/1.1 200");
    server.stop();
    shell.run("verify").with(0);
}

#[test]
fn a_second_process_is_refused_though_the_lock_file_of_the_first_is_gone() {
    for replaced in [false, true] {
        let shell = Shell::shop();
        let lock = shell.folder.join("lock");
        stops_when(&shell, || {
            fs::remove_file(&lock).unwrap();
            if replaced {
                fs::write(&lock, "").unwrap();
            }
            fs::remove_file(shell.folder.join("serve.json")).unwrap();
            let second = shell.run("issue exam-replay --order W-2");
            // It is refused while the first is there; the first is gone a second later.
            let refused = second.code == 3 && second.err.contains("is in use by");
            assert!(refused || second.code == 0, "{second:?}");
        });
        shell.run("verify").with(0);
        let checked = shell.run("--output json log check").with(0).json();
        assert_eq!(checked["damages"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn a_log_is_copied_up_to_a_commit_beside_its_server_and_the_copy_says_so() {
    let shell = Shell::shop();
    let server = shell.serve();
    shell.issue("W-1");
    let reply = shell.run("--output json log dump").with(0).out;
    let last: serde_json::Value = serde_json::from_str(reply.lines().last().unwrap()).unwrap();
    let position = last["position"].as_u64().unwrap();
    shell.issue("W-2");
    let to = shell.folder.with_extension("until");
    let inside = shell.run(&format!("log copy {} --until {}", to.display(), position - 1)).with(2);
    assert!(inside.err.contains("is inside of a commit"), "{}", inside.err);
    assert!(inside.err.contains(&format!("or {position}, where it ends")), "{}", inside.err);
    fs::remove_dir_all(&to).unwrap();
    let far = shell.run(&format!("log copy {} --until 999", to.display())).with(2);
    assert!(far.err.contains("the log ends at position"), "{}", far.err);
    fs::remove_dir_all(&to).unwrap();
    let copied = shell.run(&format!("log copy {} --until {position}", to.display())).with(0).out;
    assert!(copied.contains("the commits after it are not in the copy"), "{copied}");
    server.stop();
    let cut = fs::read_to_string(to.join("CUT")).unwrap();
    assert!(cut.contains(&format!("position {position}")), "{cut}");
    fs::copy(shell.folder.join("code.key"), to.join("code.key")).unwrap();
    let there = |words: &str| shell.run(&format!("--ledger {} {words}", to.display()));
    there("verify").with(0);
    assert!(there("look-up --order W-1").with(0).out.contains("unused"));
    assert!(there("look-up --order W-2").with(0).out.contains("nothing"));
    assert!(shell.run("look-up --order W-2").with(0).out.contains("unused"), "the original stays as it is");
}

//! Files of one ledger in the folder of another.

use std::fs;

use crate::shell::Shell;

/// A ledger in tiny segments, with as many orders as any other of these, and as long ones.
fn ledger(shop: &str) -> Shell {
    let shell = Shell::nowhere();
    shell.run("init --rehearsal").with(0);
    fs::write(shell.folder.join("resit.toml"), "segment_bytes = 4096\n").unwrap();
    shell.at("2026-01-05", "offer publish exam-replay").with(0);
    for number in 10..22 {
        let command = format!("issue exam-replay --order {shop}/{number}/1 --command-id {shop}-{number}");
        shell.at("2026-01-05", &command).with(0);
    }
    shell
}

fn digest(shell: &Shell) -> String {
    shell.run("--output json log check").with(0).json()["digest"].as_str().unwrap().to_owned()
}

#[test]
fn a_segment_of_another_ledger_is_damage() {
    let (one, two) = (ledger("web"), ledger("www"));
    assert_ne!(digest(&one), digest(&two));
    let (mine, theirs) = (one.segments(), two.segments());
    assert!(mine.len() > 2, "{mine:?}");
    let (mine, theirs) = (&mine[1], &theirs[1]);
    assert_eq!(mine.file_name(), theirs.file_name());
    fs::copy(theirs, mine).unwrap();
    let name = mine.file_name().unwrap().to_str().unwrap();
    for words in ["log check", "verify", "look-up --order web/10/1", "issue exam-replay --order web/99/1"] {
        let answer = one.run(words).with(4);
        assert!((answer.out + &answer.err).contains(name), "{words}");
    }
}

#[test]
fn an_index_of_another_ledger_is_told_once_and_made_anew() {
    let (one, two) = (ledger("web"), ledger("www"));
    let index = one.folder.join("index");
    fs::remove_dir_all(&index).unwrap();
    fs::rename(two.folder.join("index"), &index).unwrap();
    let told = one.run("log check").with(1).out;
    assert!(told.contains("is of other segments; it was made anew"), "{told}");
    one.run("log check").with(0);
    one.run("verify").with(0);
    fs::remove_dir_all(&index).unwrap();
    let told = one.run("log check").with(0).out;
    assert!(told.contains("the next open makes it"), "none is no fault: {told}");
    one.run("verify").with(0);
    assert!(!one.run("log check").with(0).out.contains("index"));
}

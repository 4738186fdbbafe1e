//! The README's first command.

use std::fs;

use crate::shell::{Shell, repository};

const PLAY: &str = "story run tests/stories/exam-replay.story --keep";

#[test]
fn the_showcase_plays_and_leaves_a_ledger_to_be_asked() {
    let shell = Shell::nowhere();
    let played = shell.run(&format!("{PLAY} {}", shell.folder.display())).with(0);
    for shown in [
        "VoucherIssued",
        "ExamFailed",
        "RetakeGranted",
        "ExamPassed",
        "Expired",
        "refused",
        "S0-7",
        "all met",
    ] {
        assert!(played.out.contains(shown), "{shown}: {}", played.out);
    }
    let sold = shell.run("look-up --offer exam-replay").with(0);
    assert!(sold.out.contains("used") && sold.out.contains("ended"), "{}", sold.out);
    let asked = played.out.lines().find_map(|line| line.split_once(" why ")).unwrap().1;
    let why = shell.run(&format!("why {asked}")).with(0);
    assert!(
        why.out.contains("what would make it yes") && why.out.contains("the answer is the same as on record"),
        "{}",
        why.out
    );
    shell.run("verify").with(0);
}

#[test]
fn a_folder_with_a_ledger_is_not_played_over() {
    let shell = Shell::shop();
    let before = shell.dump();
    let refused = shell.run(&format!("{PLAY} {}", shell.folder.display())).with(2);
    assert!(refused.err.contains("name another folder"), "{}", refused.err);
    assert_eq!(shell.dump(), before);
}

#[test]
fn the_readme_says_the_command_that_is_tested_here() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    assert!(readme.contains(&format!("cargo run --release -- {PLAY} play")), "command one");
    assert!(readme.contains("\ntests/run\n"), "command two");
}

#[test]
fn every_word_of_the_readmes_shop_is_understood() {
    let shell = Shell::nowhere();
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let section = readme.split("## Use it").nth(1).unwrap().split("```").nth(1).unwrap();
    let mut code = "CODE".to_owned();
    for line in section.lines().filter_map(|line| line.strip_prefix("resit ")) {
        let words = line.split('#').next().unwrap().split("&&").next().unwrap();
        let words = words.replace("init --ledger shop", "init --rehearsal").replace("CODE", &code);
        // Results come after sittings: the clock stands behind the first one.
        let clock =
            if words.starts_with("result") || words.contains("03-20") { "2027-03-02" } else { "2027-01-05" };
        let answer = shell.json_at(clock, &words).with(0);
        if words.starts_with("issue") {
            code = answer.json().pointer("/codes/0/code").and_then(|code| code.as_str()).unwrap().to_owned();
        }
    }
    assert_ne!(code, "CODE", "an order was placed");
}

#[test]
fn a_story_that_does_not_hold_ends_with_1_and_a_broken_one_with_2() {
    let shell = Shell::nowhere();
    let file = shell.folder.with_extension("story");
    fs::write(
        &file,
        "story Wrong\nat 2026-01-05\noffer exam-replay\nwhen issue A offer=exam-replay\nexpect A used\n",
    )
    .unwrap();
    let wrong = shell.run(&format!("story run {}", file.display())).with(1);
    assert!(wrong.out.contains("unused"), "what was found instead: {}", wrong.out);
    fs::write(&file, "story Broken\nat 2026-01-05\nwhen isue A\n").unwrap();
    let broken = shell.run(&format!("story run {}", file.display())).with(2);
    assert!(broken.err.contains('3') && broken.err.contains("isue"), "line and word: {}", broken.err);
}

//! The README's first command.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::serving::serve;
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
    let one = "cargo run --release -- serve --ledger play --rehearse tests/stories/exam-replay.story";
    assert!(readme.contains(one), "command one");
    assert!(readme.contains("\ntests/run\n"), "command two");
}

#[test]
fn every_word_of_the_readmes_shop_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    // The block goes to a shell as it is pasted, by the system's clock; what it calls notes how each call ended.
    let resit = folder.path().join("resit");
    let binary = env!("CARGO_BIN_EXE_resit");
    let noting = format!("#!/bin/sh\n'{binary}' \"$@\"\ncode=$?\necho \"$code $*\" >> calls\nexit $code\n");
    fs::write(&resit, noting).unwrap();
    fs::set_permissions(&resit, fs::Permissions::from_mode(0o755)).unwrap();
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let block = readme.split("## Use it").nth(1).unwrap().split("```").nth(1).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(block.strip_prefix("sh\n").unwrap()).current_dir(folder.path());
    for variable in ["RESIT_LEDGER", "RESIT_ACTOR"] {
        shell.env_remove(variable);
    }
    let Output { stdout, stderr, .. } = shell.env("PATH", path).output().unwrap();
    let told = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    assert_eq!(calls.lines().count(), block.matches("\nresit ").count() + block.matches("$(resit ").count());
    for call in calls.lines() {
        let code = if call.contains("--command-id retake-1") { "1 " } else { "0 " };
        assert!(call.starts_with(code), "{call}: {told}");
    }
    for shown in ["S0-7", "what would make it yes", "the same as on record", "ExamRescheduled", "12 months"] {
        assert!(told.contains(shown), "{shown}: {told}");
    }
    let server = serve(&folder.path().join("shop"), "");
    let block = readme.split("## Use it").nth(1).unwrap().split("```").nth(3).unwrap();
    let asked = block.strip_prefix("sh\n").unwrap().replace("http://127.0.0.1:7480", &server.url);
    let Output { status, stdout, .. } = Command::new("sh").args(["-e", "-c", &asked]).output().unwrap();
    let told = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{told}");
    for shown in [
        "\"accepted\":2",
        "\"stands\":\"unused\"",
        "\"agrees_with_record\":true",
        "OfferPublished",
        "\"ready\"",
    ] {
        assert!(told.contains(shown), "{shown}: {told}");
    }
    server.stop();
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

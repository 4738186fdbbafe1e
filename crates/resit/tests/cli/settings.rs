//! Settings, from where they can be given.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::shell::{Answer, Shell, repository};

/// Calls the binary in a folder's environment with variables.
fn with(shell: &Shell, variables: &[(&str, &str)], words: &str) -> Answer {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
    command.current_dir(repository()).env("RESIT_LEDGER", &shell.folder).args(words.split_whitespace());
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A setting's value, and where that comes from.
fn setting(answer: Answer, name: &str) -> (Value, String) {
    let rows = answer.with(0).json();
    let row = rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
    (row["value"].clone(), row["source"].as_str().unwrap().to_owned())
}

#[test]
fn a_flag_wins_over_the_environment_over_a_file_over_what_holds_by_default() {
    let shell = Shell::shop();
    let show = "--output json config";
    let listen = |variables: &[_], words: &str| setting(with(&shell, variables, words), "listen");
    assert_eq!(listen(&[], show), ("127.0.0.1:7480".into(), "by default".into()));
    let file = shell.folder.join("resit.toml");
    fs::write(&file, "# where\nlisten = \"127.0.0.1:1\"\n").unwrap();
    let line = format!("from {}, line 2", file.display());
    assert_eq!(listen(&[], show), ("127.0.0.1:1".into(), line.clone()));
    let variable = [("RESIT_LISTEN", "127.0.0.1:2")];
    assert_eq!(listen(&variable, show), ("127.0.0.1:2".into(), "from the environment, RESIT_LISTEN".into()));
    assert_eq!(
        listen(&[("RESIT_LISTEN", "")], show),
        ("127.0.0.1:1".into(), line),
        "an empty one says nothing"
    );
    let flag = format!("{show} --listen 127.0.0.1:3");
    assert_eq!(listen(&variable, &flag), ("127.0.0.1:3".into(), "from --listen".into()));
    let other = shell.folder.with_extension("toml");
    fs::write(&other, "segment_bytes = 1_048_576\n").unwrap();
    let named = format!("{show} --config {}", other.display());
    assert_eq!(listen(&[], &named).1, "by default", "the file that is named is the only one");
    assert_eq!(setting(with(&shell, &[], &named), "segment_bytes").0, "1048576");
}

#[test]
fn a_wrong_value_is_told_with_where_it_comes_from() {
    let shell = Shell::shop();
    let file = shell.folder.join("resit.toml");
    fs::write(&file, "\n\nlisten = \"127.0.0.1\"\n").unwrap();
    let told = with(&shell, &[], "serve").with(2).err;
    let says = "listen: \"127.0.0.1\" has no port; write it like 127.0.0.1:7480 (from ";
    assert!(told.contains(says) && told.contains("resit.toml, line 3)"), "{told}");
    fs::write(&file, "listn = \"127.0.0.1:1\"\n").unwrap();
    let told = with(&shell, &[], "config").with(2).err;
    assert!(told.contains("\"listn\" is no setting; did you mean \"listen\"? (from"), "{told}");
    fs::remove_file(&file).unwrap();
    let told = with(&shell, &[("RESIT_AUTH", "everybody")], "serve").with(2).err;
    assert!(told.contains("none of open, tokens (from the environment, RESIT_AUTH)"), "{told}");
    let told = with(&shell, &[], "serve --listen nowhere").with(2).err;
    assert!(told.contains("write it like 127.0.0.1:7480 (from --listen)"), "{told}");
    let told = with(&shell, &[("RESIT_CONFIG", "/nowhere/resit.toml")], "config").with(2).err;
    assert!(
        told.contains("/nowhere/resit.toml can't be read (from the environment, RESIT_CONFIG)"),
        "{told}"
    );
}

#[test]
fn a_token_is_never_shown_and_never_stands_in_a_file_of_settings() {
    let shell = Shell::shop();
    let variables = [("RESIT_TOKEN", "resit_operator_secret")];
    assert!(!with(&shell, &variables, "config").with(0).out.contains("secret"));
    fs::write(shell.folder.join("resit.toml"), "token = \"resit_operator_secret\"\n").unwrap();
    let told = with(&shell, &[], "config").with(2).err;
    assert!(told.contains("token_file") && !told.contains("secret"), "{told}");
}

#[test]
fn log_lines_go_beside_the_answers_as_text_or_json() {
    let shell = Shell::shop();
    fs::write(shell.folder.join("agenda"), "no store").unwrap();
    let variables = [("RESIT_LOG", "warn"), ("RESIT_LOG_FORMAT", "json")];
    let answer = with(&shell, &variables, "--output json --clock 2026-01-06 expire").with(0);
    answer.json();
    let line: Value = serde_json::from_str(answer.err.lines().next().unwrap()).unwrap();
    assert_eq!(line["level"], "WARN", "{line}");
}

#[test]
fn a_variable_that_is_nearly_a_setting_is_told() {
    let shell = Shell::shop();
    let wrong = [("RESIT_DURABILTY", "relaxed"), ("RESIT_LISTNE", "x"), ("RESIT_LISTE", "")];
    let told = with(&shell, &wrong, "status").with(0).err;
    assert!(told.contains("RESIT_DURABILTY is no setting; did you mean RESIT_DURABILITY?"), "{told}");
    assert!(told.contains("RESIT_LISTNE is no setting; did you mean RESIT_LISTEN?"), "{told}");
    assert!(!told.contains("RESIT_LISTE "), "an empty one says nothing: {told}");
    assert_eq!(with(&shell, &[], "status").with(0).err, "");
}

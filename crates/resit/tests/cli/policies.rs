//! A programme's policy: checked, published and shown, from a folder and from a server.

use std::fs;

use crate::shell::Shell;

/// A policy file beside the ledger.
fn policy(shell: &Shell, head: &str, days: u32) -> String {
    let file = shell.folder.with_extension(format!("{days}.toml"));
    let wait = format!("[{{ period = \"P{days}D\", counted = \"calendar-days\", limits = \"sit\" }}]");
    let text = format!(
        "programme = \"cert\"\n{head}[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\nwait = {wait}\n\
         caps = [{{ max = 3, window = \"none\" }}]\ncounts_over = \"since-last-pass\"\nladder_restarts = \"after-pass\"\n\
         lock_after_pass = \"none\"\nbeta_once = false\n"
    );
    fs::write(&file, text).unwrap();
    file.display().to_string()
}

#[test]
fn a_policy_file_is_explained_or_named_with_what_it_leaves_open() {
    let shell = Shell::nowhere();
    let file = policy(&shell, "last_day = 2026-12-31\n", 14);
    let told = shell.run(&format!("policy check {file}")).with(0).out;
    for part in [
        "policy of cert  (to 2026-12-31",
        "14 days after the day of the sitting",
        "3 attempts, and no more after them",
        "attempts since the last pass",
        "after a pass",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let told = shell.run(&format!("--output json policy check {file}")).with(0).json();
    assert_eq!((&told["programme"], &told["last_day"]), (&"cert".into(), &"2026-12-31".into()));
    let text = fs::read_to_string(&file).unwrap();
    for (from, to, says) in [
        ("counts_over = \"since-last-pass\"\n", "", "policy.counts_over (R19)"),
        ("beta_once = false", "beta_once = \"no\"", "line 12, policy.beta_once: write true or false"),
        ("programme = \"cert\"\n", "", "programme (R19)"),
        ("[policy]", "days = 3\n[policy]", "unknown field `days`"),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let told = shell.run(&format!("policy check {file}")).with(1).out;
        assert!(told.contains(says), "{says}: {told}");
        assert_eq!(shell.run(&format!("--output json policy check {file}")).with(1).json()["holds"], false);
    }
    shell.run("policy check no-such-file.toml").with(2);
}

#[test]
fn a_policy_is_published_and_shown_with_its_history() {
    let shell = Shell::shop();
    let (first, second) = (policy(&shell, "", 14), policy(&shell, "first_day = 2026-03-01\n", 1));
    shell.run("policy show cert").with(2);
    let before = shell.dump();
    let told = shell.at("2026-02-01", &format!("--dry-run policy publish {first}")).with(0).out;
    assert!(told.contains("new-version"), "{told}");
    assert_eq!(shell.dump(), before);
    shell.at("2026-02-01", &format!("policy publish {first}")).with(0);
    shell.at("2026-02-02", &format!("policy publish {first}")).with(1);
    shell.at("2026-02-02", &format!("policy publish {second}")).with(0);
    let shown = |at: &str| shell.json_at(at, "policy show cert").with(0).json();
    let check = |when: &str, in_force: u32| {
        let shown = shown(when);
        assert_eq!(shown["in_force"], in_force, "{shown}");
        assert_eq!(shown["versions"].as_array().unwrap().len(), 2);
        assert_eq!(shown["versions"][1]["first_day"], "2026-03-01");
    };
    check("2026-02-28T23:59:59Z", 1);
    check("2026-03-01", 2);
    let told = shell.at("2026-03-01", "policy show cert").with(0).out;
    let hash = shown("2026-03-01")["versions"][1]["policy"].as_str().unwrap().to_owned();
    for part in
        [&format!("version 2 is in force, from 2026-03-01, policy {hash}"), "on every day", "1 day after"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
    // A server says the same.
    let from_folder = shown("2026-03-01");
    let server = shell.serve();
    assert_eq!(shown("2026-03-01"), from_folder);
    shell.at("2026-03-01", "policy show nobody").with(2);
    server.stop();
}

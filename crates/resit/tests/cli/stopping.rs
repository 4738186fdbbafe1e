//! Whatever is under way, a process ends by itself in time when it is asked to, and goes on from there later.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;

use resit_tests::ended_within;
use serde_json::Value;

use crate::busy::{STOP_MAX, bought, is_under_way, is_up_to_date, status, under_way, until};
use crate::server::client;
use crate::serving::binary;
use crate::shell::Shell;

fn agenda_at(status: &Value) -> u64 {
    status["agenda"]["position"].as_u64().unwrap()
}

/// Serves a ledger, waits until the work is under way, and stops it then; returns what it said last.
#[track_caller]
fn stopped_in(shell: &Shell, is_there: impl Fn(&Value) -> bool) -> Value {
    let server = shell.serve();
    let last = until(&server.url, is_there);
    assert_eq!(server.stops_within(STOP_MAX), Some(0), "{last}");
    last
}

#[test]
fn a_server_says_what_is_made_again_from_the_log_and_stops_in_the_middle_of_it() {
    let shell = bought(15_000);
    // There is no agenda yet, and there are no read models.
    let is_in_the_middle = |status: &Value| {
        let (done, total) = under_way(status, "agenda").expect("it is said as soon as the server listens");
        assert!(status["agenda"]["lag"] != 0 && total > 30_000, "{status}");
        done > 0
    };
    let server = shell.serve();
    let last = until(&server.url, |status| under_way(status, "agenda").is_some());
    assert!(agenda_at(&last) < 30_000, "{last}");
    is_under_way(client(&server.url, None).verify(), "agenda:");
    is_under_way(client(&server.url, None).rebuild(), "agenda:");
    is_under_way(client(&server.url, None).due(), "agenda:");
    let last = until(&server.url, is_in_the_middle);
    assert_eq!(server.stops_within(STOP_MAX), Some(0), "{last}");

    let stopped = shell.run("--output json status").with(0).json();
    assert!(stopped["agenda"]["lag"].as_u64() > Some(0), "it was broken off: {stopped}");

    // What was taken in is kept, and the rest follows.
    let server = shell.serve();
    let first = status(&server.url);
    assert!(agenda_at(&first) >= agenda_at(&last), "{last}\n{first}");
    until(&server.url, is_up_to_date);
    thread::scope(|scope| {
        let asked = scope.spawn(|| shell.run("rebuild"));
        until(&server.url, |status| under_way(status, "read-models").is_some());
        assert_eq!(server.stops_within(STOP_MAX), Some(0));
        let told = asked.join().unwrap().with(3).err;
        assert!(told.contains("it was broken off"), "{told}");
    });
    stopped_in(&shell, is_up_to_date);
    shell.run("verify").with(0);
}

#[test]
fn a_server_stops_in_the_middle_of_a_verification() {
    let shell = bought(6_000);
    stopped_in(&shell, is_up_to_date);
    let server = shell.serve();
    thread::scope(|scope| {
        let asked = scope.spawn(|| shell.run("verify"));
        until(&server.url, |status| under_way(status, "verify").is_some());
        assert_eq!(server.stops_within(STOP_MAX), Some(0));
        let told = asked.join().unwrap().with(3).err;
        assert!(told.contains("it was broken off"), "{told}");
    });
    let left: Vec<_> = fs::read_dir(&shell.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("scratch")), "{left:?}");
    shell.run("verify").with(0);
}

/// Whether a process has taken over the signals that ask it to end.
fn hears_signals(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten();
    let names = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("comm")).ok());
    names.into_iter().any(|name| name.trim() == "signals")
}

/// Asks the binary to end as soon as it hears that, and returns its exit code and what it said.
fn interrupted(shell: &Shell, words: &str) -> (Option<i32>, String) {
    let mut command = Command::new(binary());
    command.args(words.split(' ')).env("RESIT_LEDGER", &shell.folder).env("RESIT_LOG", "info");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while !hears_signals(child.id()) {
        assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let ended = ended_within(&mut child, STOP_MAX).expect("it ends in time");
    let said = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
    (ended, said)
}

#[test]
fn a_command_on_a_stopped_ledger_ends_in_time_and_is_given_again() {
    let shell = bought(2_000);
    for words in ["rebuild", "verify", "--clock 2028-01-05 expire"] {
        let (code, said) = interrupted(&shell, words);
        assert_eq!(code, Some(130), "{words}: {said}");
        assert!(said.contains("a signal ended this before it was done"), "{words}: {said}");
    }
    shell.run("rebuild").with(0);
    shell.run("verify").with(0);
    shell.at("2028-01-05", "expire").with(0);
    assert_eq!(shell.dump().matches("\"Expired\"").count(), 2_000);
}

#[test]
fn a_server_that_is_asked_to_stop_before_it_listens_ends_at_once() {
    let shell = bought(3_000);
    let (code, said) = interrupted(&shell, "serve --listen 127.0.0.1:0");
    assert_eq!(code, Some(0), "{said}");
    shell.run("verify").with(0);
}

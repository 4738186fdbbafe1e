//! A server whose disk answers nothing any more ends in time all the same, and says that it did not end by itself.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use resit_tests::process::Process;

use crate::busy::{is_up_to_date, later, under_way, until};
use crate::server::{client, order};
use crate::serving::binary;
use crate::shell::Shell;

/// What docs/operating.md promises, and what this machine may take for it.
const STOP_MAX: Duration = Duration::from_secs(10 + 5);

/// How many vouchers there are: more than one segment holds.
const VOUCHERS: usize = 2_000;

/// `resit serve`, with what it logs in a file.
fn serve(shell: &Shell, log: &Path) -> Process {
    let mut command = Command::new(binary());
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("RESIT_LEDGER", &shell.folder);
    Process::begin(command, log.to_owned()).at_work()
}

/// Whoever opens this file from now on waits, as on a disk that hangs. What it held is kept beside it.
fn hang(file: &Path) {
    fs::rename(file, file.with_extension("away")).unwrap();
    assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
}

fn go_on(file: &Path) {
    fs::rename(file.with_extension("away"), file).unwrap();
}

#[test]
fn a_server_whose_disk_hangs_is_ended_in_time_and_says_so() {
    let shell = Shell::shop();
    fs::write(shell.folder.join("resit.toml"), "segment_bytes = 4096\n").unwrap();
    shell.at("2026-01-05", &format!("issue exam-replay --order W-1 --quantity {VOUCHERS}")).with(0);
    // What is made from the log is up to date: nothing is read for it at the next start.
    let server = shell.serve();
    until(&server.url, is_up_to_date);
    server.stop();

    let log = shell.folder.with_extension("log");
    let server = serve(&shell, &log);
    until(&server.url, is_up_to_date);
    let (id, body) = order("W-2");
    client(&server.url, None).handle(&id, &body).unwrap();
    let mut sealed = shell.segments();
    sealed.pop();
    assert!(sealed.len() > 3, "{sealed:?}");
    sealed.iter().for_each(|segment| hang(segment));

    // On a later day everything ends, and the scheduler reads what.
    let url = server.url.clone();
    let asked = thread::spawn(move || {
        let (id, body) = order("W-3");
        // Whether it is answered before the server ends is not what is asked here.
        drop(later(&url).handle(&id, &body));
    });
    until(&server.url, |status| under_way(status, "expire").is_some());
    assert_eq!(server.stops_within(STOP_MAX), Some(3));
    asked.join().unwrap();
    let logged = fs::read_to_string(log).unwrap();
    let told = "error: the server was told to stop and had not finished 9 seconds later";
    assert!(logged.contains(told), "{logged}");

    sealed.iter().for_each(|segment| go_on(segment));
    shell.run("verify").with(0);
    let server = shell.serve();
    later(&server.url).expire_due().unwrap();
    server.stop();
    assert_eq!(
        shell.dump().matches("\"Expired\"").count(),
        VOUCHERS + 1,
        "nothing that was acknowledged is lost"
    );
}

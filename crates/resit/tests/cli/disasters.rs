//! A server on a bad day: a disk without room, one that can't be written, a clock that jumps.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use resit_api::ProblemKind;
use resit_client::{Client, ClientError};

use crate::apart::{alone_on_a_disk, child_folder, leave_free, mount};
use crate::server::{client, order};
use crate::serving::binary;
use crate::shell::Shell;

#[test]
fn a_server_whose_disk_is_full_says_so_and_goes_on_when_there_is_room() {
    alone_on_a_disk("disasters::fills_the_disk_of_a_server");
}

const FULL: &str = "the command was not acknowledged: the log can't be written: the disk is full; make room, and the log goes on \
                    by itself: No space left on device (os error 28)";

#[test]
#[ignore = "a child of another test"]
fn fills_the_disk_of_a_server() {
    let disk = child_folder();
    mount(&disk, "size=24m");
    let (shell, ballast) = (Shell::shop_in(disk.join("ledger")), disk.join("ballast"));
    let server = shell.serve();
    let client = client(&server.url, None);
    let mut taken = 0;
    for _ in 0..3 {
        leave_free(&disk, &ballast, 300 << 10);
        taken += until_full(&client, taken);
        let (id, body) = order(&format!("W-{taken}"));
        // Who asks is answered; the command that was not taken is nowhere.
        assert_eq!(client.answer(&id).unwrap().map(|reply| reply.command), None);
        let health = ready(&server.url);
        assert!(health.starts_with("HTTP/1.1 503 ") && health.contains("could not be written"), "{health}");
        shell.run(&format!("why order-W-{}", taken - 1)).with(0);
        shell.run("status").with(0);
        let refused = shell.run(&format!("issue exam-replay --order W-{taken}")).with(3);
        assert!(refused.err.starts_with("error: the command got no answer; said again with --command-id "));
        assert!(refused.err.trim_end().ends_with(FULL), "{refused:?}");

        fs::remove_file(&ballast).unwrap();
        let reply = client.handle(&id, &body).unwrap();
        assert!(!reply.replayed, "it is taken now, for the first time");
        taken += 1;
        assert_eq!(sold(&shell), taken, "the read models have come up to it");
    }
    shell.run("verify").with(0);
    server.stop();
    shell.run("verify").with(0);
    assert_eq!(sold(&shell), taken, "all that was acknowledged is there, and nothing else");
}

/// Orders until one is not taken, and returns how many were.
fn until_full(client: &Client, before: usize) -> usize {
    for n in 0.. {
        let (id, body) = order(&format!("W-{}", before + n));
        let Err(error) = client.handle(&id, &body) else { continue };
        let ClientError::Problem(problem) = error else { panic!("{error}") };
        assert_eq!((problem.r#type, problem.status), (ProblemKind::Unavailable, 503));
        assert_eq!(problem.detail, FULL);
        assert!(problem.retry_after_s.is_some());
        return n;
    }
    unreachable!("the disk is small")
}

/// Whether the server is ready, as it says it.
pub(crate) fn ready(url: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn sold(shell: &Shell) -> usize {
    shell.run("--output json look-up --offer exam-replay").with(0).json().as_array().unwrap().len()
}

#[test]
fn a_disk_that_is_full_at_the_start_costs_no_read_model() {
    alone_on_a_disk("disasters::starts_on_a_full_disk");
}

#[test]
#[ignore = "a child of another test"]
fn starts_on_a_full_disk() {
    let disk = child_folder();
    mount(&disk, "size=24m");
    let (shell, ballast) = (Shell::shop_in(disk.join("ledger")), disk.join("ballast"));
    shell.issue("W-1");
    shell.at("2026-01-05", "expire").with(0);
    assert_eq!(sold(&shell), 1);
    leave_free(&disk, &ballast, 0);
    for words in ["status", "look-up --offer exam-replay", "verify"] {
        let answer = shell.run(words);
        assert!(!answer.err.contains("rebuil"), "{words}: {answer:?}");
        if answer.code != 0 {
            assert_eq!(answer.code, 3, "{words}: {answer:?}");
            assert!(answer.err.contains("the disk is full: make room"), "{words}: {answer:?}");
        }
    }
    fs::remove_file(&ballast).unwrap();
    let kept = shell.run("--output json status").with(0).json();
    assert_eq!(kept["read_models"]["lag"], 0, "{kept}");
    shell.run("verify").with(0);
}

#[test]
fn a_folder_that_can_not_be_written_is_not_served() {
    alone_on_a_disk("disasters::serves_a_folder_that_can_not_be_written");
}

#[test]
#[ignore = "a child of another test"]
fn serves_a_folder_that_can_not_be_written() {
    let disk = child_folder();
    mount(&disk, "size=24m");
    let shell = Shell::shop_in(disk.join("ledger"));
    let before = shell.dump();
    mount(&disk, "remount,ro");
    let answer = shell.run("serve --listen 127.0.0.1:0").with(3);
    let said = format!(
        "error: the ledger in {0} can't be opened\n  can't open {0}/lock; mount the file system for writing, or name another \
         folder\n  Read-only file system (os error 30)",
        shell.folder.display()
    );
    assert_eq!(answer.err.trim_end(), said);
    mount(&disk, "remount,rw");
    assert_eq!(shell.dump(), before);
    shell.serve().stop();
}

#[test]
fn a_second_server_and_a_newer_folder_are_told_in_so_many_words() {
    let shell = Shell::shop();
    let told = |lines: &str| {
        let answer = shell.run("serve --listen 127.0.0.1:0").with(3);
        let folder = shell.folder.display();
        assert_eq!(
            answer.err,
            format!("error: the ledger in {folder} can't be opened\n  {folder} {lines}\n")
        );
    };
    let server = shell.serve();
    told(&format!("is in use by process {}; stop it, or talk to it instead", server.pid()));
    server.stop();
    let line = "resit log format 4";
    let mark = format!("{line} {:08x}\n", crc32c::crc32c(line.as_bytes()));
    fs::write(shell.folder.join("FORMAT"), mark).unwrap();
    told("has format 4, this release knows 3; run the release that wrote it, or a newer one");
}

/// A server whose files are taken away while it runs: it stops, and says what it is.
#[track_caller]
pub(crate) fn stops_when(shell: &Shell, taken_away: impl FnOnce()) {
    let mut command = Command::new(binary());
    command.args(["serve", "--listen", "127.0.0.1:0"]).env("RESIT_LEDGER", &shell.folder);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("listening on"), "{line}");
    shell.issue("W-1");
    taken_away();
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3), "{told}");
    for words in ["was removed or replaced while it was served", "may not be on this disk"] {
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_server_whose_folder_is_taken_away_stops_and_says_so() {
    for replaced in [false, true] {
        let shell = Shell::shop();
        let (away, other) = (shell.folder.with_extension("away"), shell.folder.with_extension("other"));
        Shell::shop_in(other.clone());
        stops_when(&shell, || {
            fs::rename(&shell.folder, &away).unwrap();
            if replaced {
                fs::rename(&other, &shell.folder).unwrap();
                fs::write(shell.folder.join("serve.json"), "another's").unwrap();
            }
        });
        if replaced {
            assert!(shell.folder.join("serve.json").exists(), "it is not this server's");
            fs::remove_dir_all(&shell.folder).unwrap();
        }
        fs::rename(&away, &shell.folder).unwrap();
        shell.run("verify").with(0);
        assert!(shell.run("look-up --order W-1").with(0).out.contains("unused"));
    }
}

#[test]
fn a_segment_that_is_taken_away_is_missed_by_name() {
    let shell = Shell::shop();
    let segment = shell.segments().remove(0);
    let away = shell.folder.with_extension("away");
    stops_when(&shell, || fs::rename(&segment, &away).unwrap());
    let name = segment.file_name().unwrap().to_str().unwrap();
    for words in ["look-up --order W-1", "issue exam-replay --order W-2", "verify", "log check", "serve"] {
        let answer = shell.run(words).with(4);
        let told = answer.out + &answer.err;
        assert!(told.contains(name) && told.contains("is gone"), "{words}: {told}");
        assert!(told.contains("`resit log repair") || words == "log check", "{words}: {told}");
    }
    assert!(!segment.exists(), "nothing was begun in its place");
    fs::rename(&away, &segment).unwrap();
    shell.run("verify").with(0);
    assert!(shell.run("look-up --order W-1").with(0).out.contains("unused"));
}

#[test]
fn a_clock_that_jumps_back_takes_no_right_back_and_gives_none() {
    let shell = Shell::shop();
    let (voucher, code) = shell.issue("W-1");
    let server = shell.serve();
    let book = format!("schedule {code} --by anna --exam EX-1 --delivery online --sit 2027-01-05T23:50Z");
    // The right ends at midnight behind the fifth; the server has seen that instant.
    shell.at("2027-01-06", "expire").with(0);
    let late = shell.at("2027-01-06", &format!("--command-id late {book}")).with(1);
    let back = shell.at("2027-01-05T23:00Z", &format!("--command-id back {book}")).with(1);
    assert!(late.out.contains("register-by") && back.out.contains("register-by"), "{}{}", late.out, back.out);
    let noted = back.out + &back.err;
    assert!(
        noted.contains("the ledger's time, 2027-01-06T00:00:00") && noted.contains("is ahead of this clock"),
        "{noted}"
    );
    let issued = shell.at("2027-01-05T23:00Z", "issue exam-replay --order W-2").with(0);
    let noted = issued.out + &issued.err;
    assert!(noted.contains("is ahead of this clock"), "{noted}");
    let stands = || {
        for words in [format!("show {voucher}"), "look-up --order W-1".to_owned()] {
            let shown = shell.at("2027-01-05T23:00Z", &format!("--output json {words}")).with(0).json();
            assert_eq!(shown[0]["units"][0]["stands"], "ended", "{words}");
        }
    };
    stands();
    shell.at("2027-01-06T01:00Z", "expire").with(0);
    let ends = |dump: &str| dump.matches("\"Expired\"").count();
    assert_eq!(ends(&shell.dump()), 1, "{voucher} ended once");
    server.stop();
    stands();
    shell.run("verify").with(0);
    let mut times: Vec<String> = Vec::new();
    for line in shell.dump().lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        times.push(record["recorded_at"].as_str().unwrap().to_owned());
    }
    assert!(times.is_sorted(), "recorded time never runs back: {times:?}");
}

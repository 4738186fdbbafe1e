//! `resit serve`: how it begins, what it refuses, how it ends.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use resit_api::CommandBody;
use resit_client::{Caller, Client, ClientError};
use resit_domain::{CommandId, Issue};

use crate::busy::{is_up_to_date, until};
use crate::serving::{Server, binary, serve};
use crate::shell::{Answer, Shell};

pub(crate) fn client(url: &str, token: Option<&str>) -> Client {
    let actor = "test".parse().unwrap();
    Client::new(Caller { url: url.to_owned(), token: token.map(str::to_owned), actor, clock: None })
}

/// The first command for an order line of the showcase offer.
pub(crate) fn order(number: &str) -> (CommandId, CommandBody) {
    let order = serde_json::json!({ "order": { "shop": "web", "number": number, "line": 1 }, "offer": "exam-replay" });
    let issue: Issue = serde_json::from_value(order).unwrap();
    (format!("order-{number}").parse().unwrap(), CommandBody::Issue(issue))
}

/// `resit serve` where it can't begin.
fn refused(shell: &Shell, flags: &str) -> Answer {
    shell.run(&format!("serve --listen 127.0.0.1:0 {flags}"))
}

#[test]
fn a_second_process_is_told_who_has_the_folder_and_where_to_ask() {
    let shell = Shell::shop();
    let server = shell.serve();
    let answer = refused(&shell, "").with(3);
    assert!(answer.err.contains("in use by process") && answer.err.contains("talk to it"), "{}", answer.err);
    let posted = fs::read_to_string(shell.folder.join("serve.json")).unwrap();
    assert!(posted.contains(&server.url), "{posted}");
    for words in ["log check", "log repair", "init"] {
        let answer = shell.run(words).with(3);
        assert!(answer.err.contains("works on a stopped ledger alone"), "{words}: {}", answer.err);
        assert!(answer.err.contains(&server.url) && answer.err.contains("stop that first"), "{}", answer.err);
    }
    server.stop();
    assert!(!shell.folder.join("serve.json").exists());
    shell.run("log repair").with(0);
}

#[test]
fn the_log_is_copied_beside_a_running_server_and_the_copy_is_a_ledger() {
    let shell = Shell::shop();
    let server = shell.serve();
    let (voucher, _) = shell.issue("W-1");
    let copy = shell.folder.join("copy");
    let copied = shell.run(&format!("--output json log copy {}", copy.display())).with(0).json();
    shell.issue("W-2");
    let again = shell.run(&format!("log copy {}", copy.display())).with(3);
    assert!(again.err.starts_with("error: the log was not copied\n"), "{}", again.err);
    assert!(again.err.contains("something else stands there"), "{}", again.err);
    assert!(copy.join("REHEARSAL").exists(), "a copy of a rehearsal is one");
    server.stop();
    fs::copy(shell.folder.join("code.key"), copy.join("code.key")).unwrap();
    let checked = shell.run(&format!("--output json --ledger {} log check", copy.display())).with(0).json();
    assert_eq!((&checked["sound_up_to"], &checked["digest"]), (&copied["head"], &copied["digest"]));
    shell.run(&format!("--ledger {} show {voucher}", copy.display())).with(0);
    let later = shell.run(&format!("--ledger {} look-up --order W-2", copy.display()));
    assert!(!later.out.contains("W-2"), "it came after the copy: {}", later.out);
    shell.run(&format!("--ledger {} verify", copy.display())).with(0);
}

#[test]
fn an_address_that_a_dead_server_left_is_passed_over() {
    let shell = Shell::shop();
    let server = shell.serve();
    server.signal("-KILL");
    assert_eq!(server.ended(), None);
    assert!(shell.folder.join("serve.json").exists(), "it had no time to take it away");
    shell.issue("W-1");
    let server = shell.serve();
    shell.issue("W-2");
    server.stop();
}

#[test]
fn a_taken_port_is_named_with_the_way_out() {
    let shell = Shell::shop();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let answer = shell.run(&format!("serve --listen {address}")).with(3);
    assert!(
        answer.err.contains(&format!("{address} is taken")) && answer.err.contains("--listen"),
        "{}",
        answer.err
    );
    shell.issue("W-1");
}

#[test]
fn nobody_outside_is_believed_without_a_token() {
    let shell = Shell::shop();
    for flags in ["serve --listen 0.0.0.0:0", "serve --listen 0.0.0.0:0 --auth open"] {
        let answer = shell.run(flags).with(2);
        assert!(
            answer.err.contains("resit token make") && answer.err.contains("from --listen"),
            "{}",
            answer.err
        );
    }
    shell.run("token make --role operator --name chief").with(0);
    serve(&shell.folder, "").stop();
    let mut command = Command::new(binary());
    command
        .args(["serve", "--listen", "0.0.0.0:0"])
        .env("RESIT_LEDGER", &shell.folder)
        .stdout(Stdio::piped());
    let (mut child, mut said) = (command.spawn().unwrap(), String::new());
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        said.starts_with("listening on http://0.0.0.0:") && said.contains("(from here: http://127.0.0.1:"),
        "{said}"
    );
    let answer = shell.run("serve --listen 0.0.0.0:0 --auth open").with(2);
    assert!(answer.err.contains("from --auth"), "{}", answer.err);
}

#[test]
fn a_ledger_that_is_not_there_or_of_a_newer_release_is_not_served() {
    let nowhere = Shell::nowhere();
    assert!(refused(&nowhere, "").with(3).err.contains("resit init"));
    assert!(!nowhere.folder.exists());
    let shell = Shell::shop();
    let line = "resit log format 9";
    fs::write(shell.folder.join("FORMAT"), format!("{line} {:08x}\n", crc32c::crc32c(line.as_bytes())))
        .unwrap();
    let answer = refused(&shell, "").with(3);
    assert!(answer.err.contains("format 9") && answer.err.contains("release"), "{}", answer.err);
}

#[test]
fn a_signal_under_load_ends_it_and_loses_nothing() {
    for signal in ["-TERM", "-INT"] {
        let shell = Shell::shop();
        let server = shell.serve();
        let (url, ended) = (server.url.clone(), AtomicBool::new(false));
        let (acknowledged, code) = std::thread::scope(|scope| {
            let (url, ended) = (&url, &ended);
            let (first, begun) = std::sync::mpsc::channel();
            let callers: Vec<_> = (0..4)
                .map(|caller| {
                    let first = first.clone();
                    scope.spawn(move || {
                        let (client, mut acknowledged) = (client(url, None), Vec::new());
                        for number in 0.. {
                            let (id, body) = order(&format!("{caller}-{number}"));
                            match client.handle(&id, &body) {
                                Ok(_) => acknowledged.push(id),
                                Err(error) => {
                                    assert!(ended.load(Ordering::SeqCst), "before the signal: {error}");
                                    return acknowledged;
                                }
                            }
                            // Whoever waits for it may be gone by now.
                            let _ = first.send(());
                        }
                        unreachable!("the numbers do not end")
                    })
                })
                .collect();
            begun.iter().take(40).count();
            ended.store(true, Ordering::SeqCst);
            server.signal(signal);
            let code = server.ended();
            let acknowledged: Vec<_> =
                callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
            (acknowledged, code)
        });
        assert_eq!(code, Some(0), "{signal}");
        assert!(acknowledged.len() >= 40);
        let records = shell.run("log dump --limit 1000000").with(0).out;
        for id in acknowledged {
            let issued = format!("\"command\":\"{id}\"");
            assert!(records.contains(&issued), "{id} was acknowledged");
        }
        shell.run("verify").with(0);
    }
}

#[test]
fn a_check_finds_nothing_wrong_while_commands_come_in() {
    let shell = Shell::shop();
    let server = shell.serve();
    let (url, enough) = (&server.url, &AtomicBool::new(false));
    std::thread::scope(|scope| {
        let (first, begun) = std::sync::mpsc::channel();
        for caller in 0..2 {
            let first = first.clone();
            scope.spawn(move || {
                let client = client(url, None);
                for number in 0.. {
                    if enough.load(Ordering::SeqCst) {
                        return;
                    }
                    let (id, body) = order(&format!("{caller}-{number}"));
                    client.handle(&id, &body).unwrap();
                    let _ = first.send(());
                }
            });
        }
        begun.iter().take(10).count();
        for words in ["verify", "rebuild", "verify", "look-up --offer exam-replay"] {
            let answer = shell.run(words);
            if answer.code != 0 || words.starts_with("look-up") {
                enough.store(true, Ordering::SeqCst);
            }
            answer.with(0);
        }
    });
    server.stop();
    shell.run("verify").with(0);
}

#[test]
fn tokens_are_made_and_revoked_while_it_serves() {
    let shell = Shell::shop();
    let make = |words: &str| {
        let made = shell.run(&format!("--output json token make {words}")).with(0).json();
        made["token"].as_str().unwrap().to_owned()
    };
    let chief = make("--role operator --name chief");
    let server = shell.serve();
    let without = shell.run("look-up --order W-1").with(2);
    assert!(without.err.contains("RESIT_TOKEN"), "{}", without.err);
    let with = |token: &str, words: &str| shell.run(&format!("--token {token} {words}"));
    with(&chief, "--clock 2026-01-05 issue exam-replay --order W-1").with(0);
    let dumped = with(&chief, "log dump").with(0).out;
    assert!(dumped.contains("\"actor\":\"chief\""), "the token's name is the actor: {dumped}");

    shell.run("token make --role purchase --name chief").with(2);
    let desk = make("--role support --name desk");
    // The server looks at the file at most once a second of its clock, and a rehearsal's clock can be moved.
    let later = |clock: &str| with(&chief, &format!("--clock {clock} expire")).with(0);
    later("2026-01-06");
    with(&desk, "look-up --order W-1").with(0);
    let no = with(&desk, "issue exam-replay --order W-2").with(2);
    assert!(no.err.contains("purchase, operator"), "who may: {}", no.err);
    assert!(no.err.starts_with("error: this was turned down\n"), "it was answered: {}", no.err);
    with(&chief, "--command-id twice issue exam-replay --order W-3").with(0);
    let reused = with(&chief, "--command-id twice issue exam-replay --order W-4").with(5);
    assert!(reused.err.starts_with("error: this was turned down\n"), "{}", reused.err);
    let listed = shell.run("token list").with(0).out;
    assert!(listed.contains("desk") && !listed.contains(&desk), "{listed}");
    shell.run("token revoke desk").with(0);
    later("2026-01-07");
    with(&desk, "look-up --order W-1").with(2);
    shell.run("token revoke desk").with(2);
    let file = shell.folder.with_extension("token");
    fs::write(&file, format!("{chief}\n")).unwrap();
    shell.run(&format!("--token-file {} show 01ARZ3NDEKTSV4RRFFQ69G5FAV", file.display())).with(2);
    server.stop();
}

#[test]
fn its_status_and_that_of_a_stopped_ledger_are_told_alike() {
    let shell = Shell::shop();
    shell.issue("W-1");
    let server = shell.serve();
    until(&server.url, is_up_to_date);
    let running = shell.run("--output json --clock 2026-01-06 status").with(0).json();
    assert_eq!(running["roles"].as_array().unwrap().len(), 4);
    assert_eq!((&running["address"], &running["auth"]), (&server.url.as_str().into(), &"open".into()));
    assert_eq!(running["durability"], "fdatasync");
    server.stop();
    let stopped = shell.run("--output json --clock 2026-01-06 status").with(0).json();
    assert_eq!(stopped["roles"].as_array().unwrap().len(), 0);
    assert!(stopped["address"].is_null());
    for same in ["version", "rehearsal", "now", "log", "read_models", "agenda", "durability"] {
        assert_eq!(running[same], stopped[same], "{same}");
    }
    assert!(stopped["agenda"]["next_due_at"].is_string() && stopped["agenda"]["overdue"] == 0, "{stopped}");
    assert!(shell.run("status").with(0).out.contains("none: it is stopped"));
}

#[test]
fn a_real_ledger_is_asked_from_any_instant_and_acts_by_its_own_clock() {
    let shell = Shell::nowhere();
    shell.run("init").with(0);
    let server = shell.serve();
    shell.run("offer publish exam-replay").with(0);
    shell.run("issue exam-replay --order W-1").with(0);
    let stands = |words: &str| shell.run(&format!("{words} look-up --order W-1")).with(0).out;
    assert!(stands("").contains("unused") && stands("--clock 2099-01-01").contains("ended"));
    shell.at("2099-01-01", "--dry-run offer publish exam-replay").with(1);
    let answer = shell.at("2099-01-01", "issue exam-replay --order W-2").with(2);
    assert!(answer.err.contains("init --rehearsal"), "{}", answer.err);
    server.stop();
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let shell = Shell::shop();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = shell.run(&format!("--server http://{free} show 01ARZ3NDEKTSV4RRFFQ69G5FAV")).with(3);
    assert!(
        answer.err.contains(&free.to_string()) && answer.err.contains("is the server running?"),
        "{}",
        answer.err
    );
    let answer = shell.run("--server localhost show 01ARZ3NDEKTSV4RRFFQ69G5FAV").with(2);
    assert!(
        answer.err.contains("http://127.0.0.1:7480") && answer.err.contains("from --server"),
        "{}",
        answer.err
    );
}

#[test]
fn a_refusal_that_came_over_http_is_an_answer() {
    let shell = Shell::shop();
    let server = shell.serve();
    let (id, body) = order("W-1");
    let client = client(&server.url, None);
    let reply = client.handle(&id, &body).unwrap();
    assert!(!reply.replayed && client.handle(&id, &body).unwrap().replayed);
    let (_, other) = order("W-2");
    let taken = client.handle(&id, &other).unwrap_err();
    assert!(matches!(taken, ClientError::Problem(problem) if problem.status == 409));
    server.stop();
}

#[test]
fn a_rehearsal_plays_its_story_once_and_stays() {
    let shell = Shell::nowhere();
    let story = "--rehearse tests/stories/exam-replay.story";
    let server = serve(&shell.folder, story);
    let told = hinted(server);
    assert!(told.contains("all met"), "{told}");
    let before = shell.dump();
    let told = hinted(serve(&shell.folder, story));
    assert!(told.contains("was played") && !told.contains("all met"), "{told}");
    assert_eq!(shell.dump(), before);
    let real = Shell::nowhere();
    real.run("init").with(0);
    let answer = refused(&real, story).with(2);
    assert!(answer.err.contains("a real one"), "{}", answer.err);
}

/// Waits for the hints, stops the server, and returns all that it said.
fn hinted(mut server: Server) -> String {
    let mut told = String::new();
    while !told.ends_with(" status\n") {
        assert_ne!(server.out.read_line(&mut told).unwrap(), 0, "{told}");
    }
    server.stop();
    told
}

#[test]
fn every_story_holds_behind_a_door_too() {
    for entry in fs::read_dir(crate::shell::repository().join("tests/stories")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "story") {
            continue;
        }
        let shell = Shell::nowhere();
        shell.run("init --rehearsal").with(0);
        let server = shell.serve();
        let played = shell.run(&format!("--server {} story run {}", server.url, path.display()));
        assert_eq!(played.code, 0, "{}: {}{}", path.display(), played.out, played.err);
        server.stop();
    }
}

#[test]
fn a_process_tells_whether_it_is_ready_and_one_that_is_gone_tells_nothing() {
    let shell = Shell::shop();
    let server = shell.serve();
    let at = format!("health --listen {}", server.url.trim_start_matches("http://"));
    assert_eq!(shell.run(&at).with(0).out.trim(), "ready");
    assert_eq!(
        shell.run(&format!("--output json --server {} health", server.url)).with(0).json()["health"],
        "ready"
    );
    server.stop();
    shell.run(&at).with(3);
}

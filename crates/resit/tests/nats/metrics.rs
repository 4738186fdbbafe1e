//! What each process shows to Prometheus is what the documentation says that it shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use resit_tests::Server;
use resit_tests::process::get;

use crate::processes::{Ledger, alone, stopped};

/// The columns of the table, in their order.
const KINDS: [&str; 6] = ["serve", "command-handler", "projector", "expiry-scheduler", "intake", "gateway"];

fn page() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating.md");
    fs::read_to_string(page).unwrap()
}

/// The names that the table has for a kind of process.
fn documented(page: &str, kind: &str) -> BTreeSet<String> {
    let (_, table) = page.split_once("<!-- who shows which metric -->\n").expect("the page has the table");
    let mut rows = table.lines().map(|row| row.trim_matches('|').split('|').map(str::trim));
    let head: Vec<&str> = rows.next().unwrap().collect();
    let at = head.iter().position(|column| *column == kind).unwrap();
    let shown = rows.skip(1).take_while(|row| row.clone().count() == head.len()).filter_map(|row| {
        let row: Vec<&str> = row.collect();
        (row[at] == "yes").then(|| row[0].trim_matches('`').to_owned())
    });
    shown.collect()
}

/// The names on a page of metrics, as they are asked for.
fn shown(page: &str) -> BTreeSet<String> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let name = |line: &str| {
        let (name, kind) = line.split_once(' ').unwrap();
        if kind == "counter" { format!("{name}_total") } else { name.to_owned() }
    };
    lines.map(name).collect()
}

#[track_caller]
fn check(kind: &str, metrics: &str) {
    assert_eq!(shown(metrics), documented(&page(), kind), "{kind}");
}

fn metrics(url: &str) -> String {
    let (status, page) = get(url, "/metrics");
    assert_eq!(status, 200, "{page}");
    page
}

#[test]
fn each_process_shows_what_is_documented_and_nothing_else() {
    let ledger = Ledger::rehearsal();
    let mut processes = ledger.all();
    processes.push(ledger.start("intake", "handler"));
    let say = |words: &str| {
        ledger.run(&format!("--server {} --clock 2026-02-02 {words}", processes[3].url), "nowhere")
    };
    say("offer publish exam-replay").with(0);
    say("issue no-such-offer --order W-1").with(1);
    say("issue exam-replay --order W-2").with(0);
    say("look-up --offer exam-replay").with(0);
    say("expire").with(0);
    for (at, kind) in
        [(0, "command-handler"), (1, "projector"), (2, "expiry-scheduler"), (3, "gateway"), (4, "intake")]
    {
        check(kind, &metrics(&processes[at].url));
    }
    stopped(processes);
}

#[test]
fn a_server_shows_what_is_documented_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("shop");
    let call = |words: &str| alone().arg("--ledger").arg(&folder).args(words.split(' ')).output().unwrap();
    assert!(call("init").status.success());
    let server = Server::of(env!("CARGO_BIN_EXE_resit").as_ref(), &folder, "");
    assert_eq!(call("issue no-such-offer --order W-1").status.code(), Some(1));
    check("serve", &metrics(&server.url));
    server.stop();
}

#[test]
fn every_metric_that_is_shown_is_explained() {
    let page = page();
    let names: BTreeSet<String> = KINDS.iter().flat_map(|kind| documented(&page, kind)).collect();
    assert!(names.len() > 15, "{names:?}");
    let (explained, _) = page.split_once("<!-- who shows which metric -->").unwrap();
    for name in names {
        assert!(explained.contains(&name), "{name}");
    }
}

//! Stories play over HTTP through a gateway as they play in one process.

use std::fs;
use std::path::Path;

use crate::processes::Ledger;

/// Enough of them that every role has its part; all play embedded.
const STORIES: &[&str] =
    &["exam-replay", "second-shot-pack", "refund-of-a-pack", "notices", "scheduler-asleep", "idempotency"];

#[test]
fn stories_hold_over_processes() {
    for story in STORIES {
        let file = format!("tests/stories/{story}.story");
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(&file).exists(), "{file}");
        let ledger = Ledger::rehearsal();
        let processes = ledger.all();
        let gateway = &processes[3].url;
        let played = ledger.run(&format!("--server {gateway} story run {file}"), "nowhere").with(0);
        assert!(played.out.contains("all met"), "{}", played.out);
        let verified = ledger.run(&format!("--server {gateway} verify"), "nowhere").with(0);
        assert!(verified.out.contains("equal"), "{}", verified.out);
        crate::processes::stopped(processes);
    }
}

#[test]
fn a_key_that_did_not_make_the_ledgers_codes_is_refused() {
    let ledger = Ledger::rehearsal();
    let processes = ledger.all();
    let words = "story run tests/stories/exam-replay.story";
    ledger.run(&format!("--server {} {words}", processes[3].url), "nowhere").with(0);
    ledger.run("init", "other").with(0);
    let refused = ledger.run("command-handler", "other").with(3);
    assert!(
        refused.err.contains("made with another key") && refused.err.contains("--code-key-lost"),
        "{refused:?}"
    );
    let none = ledger.run("command-handler", "nowhere").with(3);
    assert!(none.err.contains("resit init"), "{none:?}");
    fs::create_dir(ledger.folder("second")).unwrap();
    fs::copy(ledger.folder("handler/code.key"), ledger.folder("second/code.key")).unwrap();
    ledger.start("command-handler", "second").stop();
}

#[test]
fn each_role_tells_how_it_is() {
    let ledger = Ledger::rehearsal();
    let processes = ledger.all();
    let words = "story run tests/stories/exam-replay.story";
    ledger.run(&format!("--server {} {words}", processes[3].url), "nowhere").with(0);
    for process in &processes {
        assert_eq!(process.get("/health/live").0, 200);
        let (status, ready) = process.get("/health/ready");
        assert_eq!(status, 200, "{ready}");
    }
    let of = |at: usize| {
        let (status, page) = processes[at].get("/metrics");
        assert_eq!(status, 200, "{page}");
        page
    };
    // Its states take in what others wrote, such as ends, a second later at most.
    let handler =
        std::iter::repeat_with(|| of(0)).find(|page| page.contains("resit_command_handler_lag_records 0"));
    let handler = handler.expect("it asks for as long as it takes");
    let (projector, scheduler, gateway) = (of(1), of(2), of(3));
    assert!(handler.contains("resit_commands_total{command=\"issue\",outcome=\"accepted\"}"), "{handler}");
    assert!(
        handler.contains("resit_command_latency_seconds_count") && handler.contains("resit_refusals_total{")
    );
    assert!(projector.contains("resit_projector_lag_seconds 0.0"), "{projector}");
    assert!(scheduler.contains("resit_expiry_scheduler_lag_records"), "{scheduler}");
    assert!(scheduler.contains("resit_expiry_lag_seconds"), "{scheduler}");
    assert!(gateway.contains("resit_http_requests_total{route=\"issue\",status=\"200\"}"), "{gateway}");
    crate::processes::stopped(processes);
}

//! Background tasks that fail while NATS is away are reasons in health, each by its name.

use resit_tests::process::Process;

use crate::processes::{Ledger, stopped};

/// Asks until all of these are among the reasons.
fn until_not_ready(process: &Process, reasons: &[&str]) {
    loop {
        let (status, health) = process.get("/health/ready");
        if status == 503 && reasons.iter().all(|reason| health.contains(reason)) {
            return;
        }
    }
}

#[test]
fn what_can_not_follow_announce_or_take_in_is_a_reason_until_it_can() {
    let mut ledger = Ledger::rehearsal();
    let mut processes = ledger.all();
    processes.push(ledger.start("intake", "handler"));
    for process in &processes {
        while process.get("/health/ready").0 != 200 {}
    }
    ledger.server.kill();
    until_not_ready(&processes[0], &["following fails"]);
    // It has nothing to read, and waits for more: the log itself is the reason.
    until_not_ready(&processes[1], &["the log"]);
    until_not_ready(&processes[2], &["following fails", "expiry-scheduler fails", "lease fails"]);
    until_not_ready(&processes[4], &["following fails", "intake fails", "intake-watch fails"]);
    let page = processes[2].get("/metrics").1;
    assert!(page.contains("resit_fault{about=\"lease\"} 1"), "{page}");
    ledger.server.start_again();
    for process in &processes {
        while process.get("/health/ready").0 != 200 {}
    }
    stopped(processes);
}

//! Damage in the log, as whoever runs the ledger sees it.

use std::path::Path;
use std::process::Command;

use crate::processes::{Ledger, stopped, waited};

#[test]
fn verify_names_a_record_that_somebody_put_on_another_stream() {
    let ledger = Ledger::rehearsal();
    let processes = ledger.all();
    let gateway = &processes[3].url;
    ledger.run(&format!("--server {gateway} story run tests/stories/exam-replay.story"), "nowhere").with(0);
    ledger.run(&format!("--server {gateway} verify"), "nowhere").with(0);
    let sequence = waited(async {
        let link = ledger.link().await;
        let stream = link.jetstream.get_stream(link.names.ledger_stream()).await.unwrap();
        // The last message of a commit is a record.
        let record = stream.get_raw_message(stream.cached_info().state.last_sequence).await.unwrap();
        let copied = link.jetstream.publish(link.names.record("candidate", "elsewhere"), record.payload);
        copied.await.unwrap().await.unwrap().sequence
    });
    let verified = ledger.run(&format!("--server {gateway} verify"), "nowhere").with(4);
    let place = format!("sequence {sequence} on rehearsal.ledger.r.candidate.elsewhere");
    assert!(verified.out.contains(&place) && verified.out.contains("restore that server"), "{verified:?}");
}

/// Puts a copy of a folder in another's place.
fn put_in_place(copy: &Path, of: &Path) {
    drop(std::fs::remove_dir_all(of));
    let copied = Command::new("cp").arg("-a").arg(copy).arg(of).status().unwrap();
    assert!(copied.success());
}

/// A server alone that lost the end of the log between two commits looks as if they had never been.
#[test]
fn a_projector_tells_that_the_log_ends_before_its_rows() {
    let mut ledger = Ledger::named("shop");
    let copies = tempfile::tempdir().unwrap();
    let earlier = copies.path().join("store");
    let say = |ledger: &Ledger, words: &str| {
        let processes = vec![ledger.start("command-handler", "handler"), ledger.start("gateway", "gateway")];
        let answer = ledger.run(&format!("--server {} {words}", processes[1].url), "nowhere").with(0);
        stopped(processes);
        answer
    };
    say(&ledger, "offer publish exam-replay");
    ledger.server.kill();
    put_in_place(&ledger.server.store(), &earlier);
    ledger.server.start_again();
    say(&ledger, "issue exam-replay --order W-1");
    let projected = |ledger: &Ledger| {
        let mut projector = ledger.start("projector", "projector");
        while !projector.get("/metrics").1.contains("resit_projector_lag_records 0\n") {}
        projector.stop();
        projector.logged()
    };
    let logged = projected(&ledger);
    assert!(!logged.contains("its end was lost"), "{logged}");
    ledger.server.kill();
    put_in_place(&earlier, &ledger.server.store());
    ledger.server.start_again();
    let logged = projected(&ledger);
    assert!(logged.contains("its end was lost") && logged.contains("is gone"), "{logged}");
    let logged = projected(&ledger);
    assert!(!logged.contains("its end was lost"), "it is told once: {logged}");
    // Another record may stand there by now.
    say(&ledger, "issue exam-replay --order W-2");
    projected(&ledger);
    ledger.server.kill();
    put_in_place(&earlier, &ledger.server.store());
    ledger.server.start_again();
    say(&ledger, "issue exam-replay --order W-3");
    let logged = projected(&ledger);
    assert!(logged.contains("its end was lost"), "{logged}");
}

//! Damage in the log, as whoever runs the ledger sees it.

use crate::processes::{Ledger, waited};

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

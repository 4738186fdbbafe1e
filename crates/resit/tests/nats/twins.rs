//! Projectors that know nothing of each other come to the same rows.

use std::sync::Arc;

use resit_derived_store::DerivedStore;
use resit_event_log::MemoryLog;
use resit_projector::Projector;

use crate::processes::Ledger;

#[test]
fn two_projectors_have_equal_read_models() {
    let ledger = Ledger::rehearsal();
    let processes = ledger.all();
    let (gateway, mut early) = (&processes[3].url, ledger.start("projector", "early"));
    let words = format!("--server {gateway} story run tests/stories/second-shot-pack.story");
    ledger.run(&words, "nowhere").with(0);
    let mut late = ledger.start("projector", "late");
    // Whoever asks for a list waits until it shows what was acknowledged; each projector gets there by itself.
    for projector in [&early, &late, &processes[1]] {
        while !projector.get("/metrics").1.contains("resit_projector_lag_records 0\n") {}
    }
    early.stop();
    late.stop();
    crate::processes::stopped(processes);
    let rows = |folder: &str| {
        let store = DerivedStore::open(&ledger.folder(folder).join("read-models")).unwrap().0;
        assert!(store.rows().count() > 10, "{folder} has rows");
        Projector::new(Arc::new(MemoryLog::new()), store)
    };
    let (one, two, three) = (rows("projector"), rows("early"), rows("late"));
    assert_eq!(one.differences(&two, 10).unwrap(), Vec::<Vec<u8>>::new());
    assert_eq!(one.differences(&three, 10).unwrap(), Vec::<Vec<u8>>::new());
}

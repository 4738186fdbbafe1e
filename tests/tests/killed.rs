//! A ledger that is killed at random moments under load loses nothing that it acknowledged.

use std::path::Path;

#[test]
fn twenty_kills_lose_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let counts =
        resit_tests::kill::rounds(20, 20, folder.path(), Path::new(env!("CARGO_BIN_EXE_ledger-load")));
    assert_eq!(counts.rounds, 20);
    assert!(counts.acknowledged > 1_000, "the ledger was loaded: {counts:?}");
}

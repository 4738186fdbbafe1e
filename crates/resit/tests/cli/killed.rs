//! A server that is killed at random moments under load loses nothing that it acknowledged.

use crate::serving::binary;

#[test]
fn ten_kills_of_a_server_lose_nothing_and_do_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let counts = resit_tests::kill::serve::rounds(10, 20, &folder.path().join("ledger"), binary());
    assert_eq!(counts.ledger.rounds, 10);
    assert!(counts.ledger.acknowledged > 500 && counts.expired > 50, "the server was loaded:\n{counts}");
}

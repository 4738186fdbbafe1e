//! A server that is killed at random moments under load loses nothing that it acknowledged.

use crate::apart::{alone_on_a_disk, child_folder};
use crate::serving::binary;

#[test]
fn ten_kills_of_a_server_lose_nothing_and_do_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let counts = resit_tests::kill::serve::rounds(10, 20, &folder.path().join("ledger"), binary());
    assert_eq!(counts.ledger.rounds, 10);
    assert!(counts.ledger.acknowledged > 500 && counts.expired > 50, "the server was loaded:\n{counts}");
}

#[test]
fn a_server_whose_device_fails_loses_nothing_that_it_acknowledged() {
    alone_on_a_disk("killed::plays_rounds_on_a_failing_device");
}

#[test]
#[ignore = "a child of another test"]
fn plays_rounds_on_a_failing_device() {
    let counts = resit_tests::kill::device::rounds(8, 6, &child_folder(), binary());
    assert!(counts.failed > 1 && counts.acknowledged > 100, "the device failed under load:\n{counts}");
}

//! Each disruption once; `tests/cluster-rounds` plays more.

use resit_tests::cluster::{Disruption, rounds};

#[test]
fn nothing_that_breaks_loses_or_doubles_anything() {
    let counts = rounds(Disruption::ALL.len() as u64, 7, env!("CARGO_BIN_EXE_resit").as_ref());
    assert_eq!(counts.replicas, 3);
    assert!(
        counts.played.len() == Disruption::ALL.len() && counts.expired > 0 && counts.rows > 0,
        "{counts}"
    );
}

//! Leaders that are cut off; `tests/partition-rounds` plays more.

use resit_tests::partition::rounds;

/// One of each kind of publication.
const ROUNDS: u64 = 4;

#[test]
fn nobody_is_judged_by_what_was_before_a_publication_though_the_leader_beside_is_cut_off() {
    let counts = rounds(ROUNDS, env!("CARGO_BIN_EXE_resit").as_ref());
    assert!(counts.stale.is_empty(), "{counts}\n{}", counts.stale.join("\n"));
    assert!(counts.beside > 0 && counts.elsewhere > 0, "{counts}");
}

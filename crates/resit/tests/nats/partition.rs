//! Leaders that are cut off; `tests/partition-rounds` plays more.

use resit_tests::partition::{Publication, rounds};

#[test]
fn nobody_is_judged_by_what_was_before_a_publication_though_the_leader_beside_is_cut_off() {
    let counts = rounds(Publication::ALL.len() as u64, env!("CARGO_BIN_EXE_resit").as_ref());
    assert!(counts.stale.is_empty(), "{counts}\n{}", counts.stale.join("\n"));
    assert!(counts.fresh > 0 && counts.fresh_beside > 0 && counts.unanswered_beside > 0, "{counts}");
}

//! One process of each judging role sees a clock that is wrong; `tests/clock-rounds` plays every case.

use std::time::Duration;

use resit_tests::wrong_clock::{Case, Wrong, on_nats};

const BINARY: &str = env!("CARGO_BIN_EXE_resit");

#[test]
fn one_bad_handler_of_three_ends_nothing_records_nothing_and_is_reported() {
    for (ahead_s, is_loaded) in [(3_600, false), (3_652 * 86_400, true)] {
        let case = Case { ahead_s, wrong: Wrong::For(Duration::from_secs(1)), is_loaded };
        println!("{case}: {:?}", on_nats(BINARY.as_ref(), case));
    }
}

#[test]
fn a_handler_that_starts_with_a_bad_clock_takes_no_part() {
    let case = Case { ahead_s: 86_400, wrong: Wrong::AcrossARestart, is_loaded: true };
    println!("{case}: {:?}", on_nats(BINARY.as_ref(), case));
}

//! 10,000 random lives of a ledger, each judged twice: by the ledger, and by a naive model of the law.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use resit_tests::dice::seed;
use resit_tests::naive::life::Life;
use resit_tests::naive::strategy::{Mostly, lives};
use resit_tests::naive::trial::live;

/// Half of them under the offer alone, half under a programme's policy too.
const LIVES: u32 = 2_500;

/// Tries lives from one seed.
fn all_agree(mostly: Mostly) {
    let seed = seed(20_261_120);
    for with_policy in [false, true] {
        agree(seed, &lives(mostly, with_policy));
    }
}

fn agree(seed: u64, lives: &impl Strategy<Value = Life>) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases: LIVES / 2, failure_persistence: None, ..Config::default() };
    let outcome =
        TestRunner::new_with_rng(config, rng).run(lives, |life| live(&life).map_err(TestCaseError::fail));
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(parting, _)) => panic!("again with RESIT_SEED={seed}\n{parting}"),
        Err(TestError::Abort(reason)) => panic!("given up: {reason}"),
    }
}

#[test]
fn ledger_and_model_agree_on_lives_of_retakes() {
    all_agree(Mostly::Retakes);
}

#[test]
fn ledger_and_model_agree_on_lives_of_corrections() {
    all_agree(Mostly::Corrections);
}

#[test]
fn ledger_and_model_agree_on_lives_of_favours() {
    all_agree(Mostly::Favours);
}

#[test]
fn ledger_and_model_agree_on_lives_of_changing_holders() {
    all_agree(Mostly::Holders);
}

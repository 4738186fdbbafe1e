//! `partition-rounds [ROUNDS]`: cuts the leader off in each round while handlers beside each server are asked, and prints what the
//! rounds came to.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = std::env::args().nth(1).map_or(Ok(50), |word| word.parse())?;
    let binary: PathBuf = std::env::current_exe()?.with_file_name("resit");
    let counts = resit_tests::partition::rounds(rounds, &binary);
    #[expect(clippy::print_stdout, reason = "it is a program that prints")]
    {
        println!("{counts}");
    }
    match counts.stale.first() {
        None => Ok(()),
        Some(first) => Err(format!("judged by what was before: {first}").into()),
    }
}

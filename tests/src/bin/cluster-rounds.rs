//! `cluster-rounds [ROUNDS] [SEED]`: breaks something in each round under load, and prints what the rounds came to.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let rounds = words.next().map_or(Ok(20), |word| word.parse())?;
    let seed = words.next().map_or(Ok(1), |word| word.parse())?;
    let binary: PathBuf = std::env::current_exe()?.with_file_name("resit");
    let counts = resit_tests::cluster::rounds(rounds, seed, &binary);
    #[expect(clippy::print_stdout, reason = "it is a program that prints")]
    {
        println!("{counts}");
    }
    Ok(())
}
